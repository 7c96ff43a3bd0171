package io.pramd.daemon.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.CommandProcess.Ended;
import io.pramd.daemon.fixture.Commands;
import io.pramd.daemon.fixture.DaemonProcess;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VirtualThreadsIT {
    @TempDir private Path folder;

    @Test
    void twoThousandShareOneClientOnOneCarrierAndLeaveNothingRunning() {
        try (DaemonProcess daemon = DaemonProcess.start(folder.resolve("memory"))) {
            Ended ended =
                    Commands.in(folder)
                            .java(
                                    "-Djdk.virtualThreadScheduler.parallelism=1",
                                    "-Djdk.virtualThreadScheduler.maxPoolSize=1",
                                    "--class-path",
                                    DaemonProcess.distribution().resolve("lib")
                                            + "/*:"
                                            + DaemonProcess.testClasses(),
                                    ManyVirtualThreads.class.getName(),
                                    daemon.uri());
            assertThat(ended.exitCode()).as(ended.stderr()).isZero();
            assertThat(ended.stdout()).contains("right=2000\n");
            long connections = Long.parseLong(ended.stdout().split("connections=")[1].strip());
            assertThat(connections).isBetween(3L, 9L);
        }
    }
}
