package io.pramd.daemon.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.CommandProcess;
import io.pramd.daemon.fixture.CommandProcess.Ended;
import io.pramd.daemon.fixture.Commands;
import io.pramd.daemon.fixture.DaemonProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo of a service that is warm after a restart, over a few of the documents. */
class DemoServiceIT {
    @TempDir Path folder;

    @Test
    void isWarmWhateverWasKilledAndAnswersTheSame() {
        // daemon/target/pramd-VERSION, in the checkout
        Path checkout = DaemonProcess.distribution().getParent().getParent().getParent();

        Ended demo = run(checkout.resolve("scripts/demo-service"), checkout.resolve("daemon/src"));

        assertThat(demo.exitCode()).as(demo.stdout() + demo.stderr()).isZero();
        List<String> lines = demo.stdout().lines().toList();
        assertThat(lines).filteredOn(line -> line.matches(".* warm +\\d+ +\\d+  same")).hasSize(4);
        assertThat(lines).filteredOn(line -> line.matches(".* cold +\\d+ +\\d+  same")).hasSize(1);
        assertThat(lines).contains("clean").noneMatch(line -> line.contains("DIFFERENT"));
        assertThat(lines.getLast())
                .isEqualTo("== Every answer is the same, and only the cold starts were cold.");
    }

    private Ended run(Path script, Path corpus) {
        String line = "exec '%s' --documents 300 --corpus '%s'".formatted(script, corpus);
        Commands commands =
                Commands.in(folder).with("DEMO_OPTS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC");
        try (CommandProcess process = commands.startShell(line)) {
            return process.end(Duration.ofMinutes(3));
        }
    }
}
