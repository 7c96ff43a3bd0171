package io.pramd.daemon.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code scripts/demo-upgrade}: no call fails because of an upgrade. */
@Timeout(300)
class UpgradeIT {
    @TempDir Path folder;

    @Test
    void noCallFailsWhenADaemonIsHandedOver() throws Exception {
        assertGood(run(2, 2, false), 2);
    }

    @Test
    void noCallFailsWhenADaemonIsRestarted() throws Exception {
        assertGood(run(2, 1, true), 1);
    }

    @Tag("full")
    @Test
    void noCallOfEightBusyClientsFailsInTenUpgrades() throws Exception {
        assertGood(run(8, 10, false), 10);
    }

    private UpgradeReport run(int clients, int upgrades, boolean isRestart) throws Exception {
        PrintWriter out = new PrintWriter(System.err);
        try (UpgradeRun run = new UpgradeRun(folder, isRestart, System.nanoTime(), out)) {
            UpgradeReport report = run.upgrade(clients, upgrades);
            report.print(out);
            return report;
        }
    }

    private static void assertGood(UpgradeReport report, int upgrades) {
        assertThat(report.faults()).isEmpty();
        assertThat(report.failed()).isZero();
        assertThat(report.wrong()).isZero();
        assertThat(report.isClean()).isTrue();
        assertThat(report.upgrades()).hasSize(upgrades);
        assertThat(report.calls()).isPositive();
    }
}
