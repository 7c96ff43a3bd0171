package io.pramd.daemon.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.Certificates;
import io.pramd.daemon.fixture.CommandProcess.Ended;
import io.pramd.daemon.fixture.Commands;
import io.pramd.daemon.fixture.DaemonProcess;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** pramd-client-all goes into programs that have another Netty. */
class BesideNetty41IT {
    private static final Path PROGRAM = Path.of("src/test/programs/BesideNetty41.java");
    private static final Path JARS = Path.of(System.getProperty("pramd.netty41.jars"));

    @TempDir Path folder;

    @Test
    void savesAndLoadsBesideAnotherNettyInOneJvm() {
        Certificates certificates = Certificates.in(folder.resolve("certificates"));
        Certificates.Issued own = certificates.server();
        try (DaemonProcess daemon =
                DaemonProcess.start(
                        folder.resolve("m"),
                        "--listen",
                        "pram://127.0.0.1:0",
                        "--listen",
                        "prams://127.0.0.1:0",
                        "--tls-cert",
                        own.certificates().toString(),
                        "--tls-key",
                        own.key().toString())) {
            String insideTls = daemon.ready().replaceFirst(".* ", "");
            // From source, so that it is compiled with what it runs with.
            Ended program =
                    Commands.in(folder)
                            .java(
                                    "--enable-native-access=ALL-UNNAMED",
                                    "--sun-misc-unsafe-memory-access=allow",
                                    "--class-path",
                                    JARS + "/*",
                                    PROGRAM.toAbsolutePath().toString(),
                                    daemon.uri(),
                                    insideTls,
                                    certificates.authority().toString());

            assertThat(program.exitCode()).as(program.stderr()).isZero();
            assertThat(program.stdout().lines())
                    .containsExactly(
                            "echo true",
                            "load true",
                            "left 0",
                            "tls true",
                            "netty " + System.getProperty("pramd.netty41.version"),
                            "own epoll true");
            assertThat(daemon.stop()).isZero();
        }
    }
}
