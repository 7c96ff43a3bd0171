package io.pramd.daemon.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pramd.daemon.fixture.CommandProcess.Ended;
import io.pramd.daemon.fixture.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A daemon whose memory file has holes that nothing can fill: on a tmpfs of its own, full. */
@Timeout(240)
class FullTmpfsIT {
    /** Of some twenty commands, each a JVM, on a machine that has others to run. */
    private static final Duration LIMIT = Duration.ofMinutes(3);

    /** A mount that nobody else sees, and that is gone with its processes. */
    private static final String OWN_MOUNTS = "unshare --mount --map-root-user --user";

    private static final String SCRIPT =
            """
            set -eu
            pid=; trap 'kill -9 $pid 2> /dev/null || true' EXIT
            mkdir full
            mount -t tmpfs -o size=14m tmpfs full
            pramd format whole --size 8M
            start() { rm -f ready; pramd serve --memory "$1" --listen pram+unix://$PWD/socket > ready 2>> log & pid=$!
                until grep -qs READY ready; do kill -0 $pid; sleep 0.1; done; }
            export PRAM_SERVER=pram+unix://$PWD/socket
            start whole
            head -c 1300000 /dev/urandom > first
            pram save first first
            kill $pid; wait $pid
            cp --sparse=always whole full/memory
            head -c 10M /dev/zero > full/filler || true
            start full/memory
            pram cat first | cmp - first
            saved=0
            for i in 1 2 3; do
                if pram save more$i first 2> refused; then saved=$((saved + 1)); else cat refused; fi
            done
            pram cat first | cmp - first
            for i in $(seq $saved); do pram cat more$i | cmp - first; done
            pram info | grep without.backing | head -1
            pram info --check
            pram rm first
            kill -0 $pid
            kill $pid; wait $pid
            pramd fsck full/memory
            rm full/filler
            start full/memory
            pram save all first
            pram info | grep -c without.backing || true
            kill $pid; wait $pid
            echo saved=$saved
            """;

    @TempDir Path folder;

    @Test
    void sparseFileServesWhatItHasAndSavesWhatFits() throws IOException {
        Commands commands = Commands.in(folder);
        String prefix = "";
        if (commands.shell("unshare --mount true").exitCode() == 0) {
            prefix = "unshare --mount";
        } else if (commands.shell(OWN_MOUNTS + " true").exitCode() == 0) {
            prefix = OWN_MOUNTS;
        }
        assumeTrue(
                !prefix.isEmpty(),
                "skipped: no own mounts here, which need root or user namespaces");

        Path script = Files.writeString(folder.resolve("script"), SCRIPT);
        Ended ended =
                commands.run(List.of("bash", "-c", "exec " + prefix + " bash " + script), LIMIT);

        String log = commands.shell("cat log").stdout();
        assertThat(ended.exitCode()).as(ended.stdout() + ended.stderr() + log).isZero();
        assertThat(ended.stdout())
                .contains("ENOMEM", "without backing", "clean")
                .containsPattern("saved=[1-9]");
    }
}
