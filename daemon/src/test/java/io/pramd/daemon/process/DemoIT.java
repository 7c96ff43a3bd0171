package io.pramd.daemon.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.CommandProcess.Ended;
import io.pramd.daemon.fixture.Commands;
import io.pramd.daemon.fixture.DaemonProcess;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first thing that a newcomer runs. */
class DemoIT {
    private static final long SECONDS_MAX = 60;

    @TempDir Path folder;

    @Test
    void losesNothing() {
        // daemon/target/pramd-VERSION, in the checkout
        Path checkout = DaemonProcess.distribution().getParent().getParent().getParent();
        long begin = System.nanoTime();

        Ended demo = Commands.in(folder).shell("exec '" + checkout.resolve("scripts/demo") + "'");

        assertThat(demo.exitCode()).as(demo.stdout() + demo.stderr()).isZero();
        assertThat(demo.stdout().lines().toList().getLast())
                .isEqualTo("== Nothing was lost, nothing differs.");
        assertThat(demo.stdout()).doesNotContain("DIFFERENT", ": NO\n").contains("clean\n");
        assertThat((System.nanoTime() - begin) / 1_000_000_000).isLessThan(SECONDS_MAX);
    }
}
