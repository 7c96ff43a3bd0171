package io.pramd.daemon.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.CommandProcess.Ended;
import io.pramd.daemon.fixture.Commands;
import io.pramd.daemon.fixture.InMemory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Somebody cuts the memory file short under a daemon that has it mapped. */
@Timeout(240)
class TruncatedFileIT {
    /** Of some two dozen commands, each a JVM, on a machine that has others to run. */
    private static final Duration LIMIT = Duration.ofMinutes(3);

    private static final String SCRIPT =
            """
            set -eu
            pid=; trap 'kill -9 $pid 2> /dev/null || true' EXIT
            export PRAM_SERVER=pram+unix://$PWD/socket
            start() { rm -f ready; pramd serve --memory memory "$@" --listen $PRAM_SERVER > ready 2>> log & pid=$!
                until grep -qs READY ready; do kill -0 $pid; sleep 0.1; done; }
            start --size 8M
            for i in 1 2 3; do
                head -c 1700000 /dev/urandom > f$i
                pram save n$i f$i
                head -c 4096 f$i > g$i
                pram save small$i g$i
            done
            truncate --size 4M memory
            whole=0
            lost=0
            for i in 1 2 3; do
                if pram load --peek n$i out 2> refused; then cmp out f$i; whole=$((whole + 1))
                else grep EIO refused; lost=$((lost + 1)); fi
                if pram load --peek small$i out 2> refused; then cmp out g$i; else grep EIO refused; fi
            done
            if pram save new f1 2> refused; then echo saved; else grep -E 'EIO|ENOMEM|EROFS' refused; fi
            kill -0 $pid
            pram info | grep nodes.quarantined
            kill $pid; wait $pid || echo ended with $?
            # where both copies of a directory page were behind the cut, only a repair finds nodes again
            pramd fsck memory > found || true
            if grep -q 'problem: ROOT' found; then pramd fsck memory --repair || echo repaired; fi
            start
            pram info | grep 'cut short'
            for i in 1 2 3; do
                if pram load --peek n$i out 2> refused; then cmp out f$i; else grep -E 'EIO|ENOENT' refused; fi
                if pram load --peek small$i out 2> refused; then cmp out g$i; else grep -E 'EIO|ENOENT' refused; fi
            done
            pram save new2 f1
            pram cat new2 | cmp - f1
            kill $pid; wait $pid
            echo whole=$whole lost=$lost
            """;

    @TempDir Path onDisk;

    @TempDir(factory = InMemory.class)
    Path inMemory;

    @Test
    void daemonSurvivesAnswersEioAndRecovers() {
        requireSurvival(onDisk);
    }

    @Test
    void alsoWhereItCopiesSmallNodesUnasked() {
        requireSurvival(inMemory);
    }

    private static void requireSurvival(Path folder) {
        Commands commands = Commands.in(folder);

        Ended ended = commands.run(List.of("bash", "-c", SCRIPT), LIMIT);

        String log = commands.shell("cat log").stdout();
        assertThat(ended.exitCode()).as(ended.stdout() + ended.stderr() + log).isZero();
        assertThat(ended.stdout()).contains("EIO", "cut short").containsPattern("lost=[1-3]");
        assertThat(ended.stdout()).containsPattern("nodes.quarantined: [1-6]");
    }
}
