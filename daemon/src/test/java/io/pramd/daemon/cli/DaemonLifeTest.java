package io.pramd.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.life.EndStep;
import io.pramd.daemon.life.ProtectionPlan;
import io.pramd.daemon.life.ServePlan;
import io.pramd.daemon.life.Serving;
import io.pramd.daemon.memory.MemoryObserver;
import io.pramd.daemon.server.ListenAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a process that ends says of its end, and what is asked of one before it serves. */
class DaemonLifeTest {
    @TempDir Path folder;

    private Serving serve() {
        return Serving.start(
                new ServePlan(
                        folder.resolve("m"),
                        16 << 20,
                        List.of(ListenAddress.parse("pram://127.0.0.1:0")),
                        ProtectionPlan.NONE,
                        Optional.empty(),
                        Duration.ZERO,
                        0,
                        Optional.empty(),
                        MemoryObserver.NONE));
    }

    @Test
    void anEndThatFailsInAnyWayIsNoSuccess() throws Exception {
        Serving serving = serve();
        serving.onEnd(
                step -> {
                    if (step == EndStep.FORCING) {
                        throw new IllegalStateException("before the root is forced");
                    }
                });

        assertThat(new DaemonLife(serving, Duration.ZERO).stop()).isEqualTo(Failures.LOCAL_ERROR);
        serving.release();
    }

    @Test
    void aCleanEndIsSuccess() {
        assertThat(new DaemonLife(serve(), Duration.ZERO).stop()).isZero();
    }

    @Test
    void aReloadBeforeThereIsSomethingToReloadComesLater() {
        AtomicInteger times = new AtomicInteger();
        EarlyReload reload = new EarlyReload();
        reload.run();
        reload.run();

        reload.begin(times::incrementAndGet);
        assertThat(times).hasValue(1);
        reload.run();
        assertThat(times).hasValue(2);
    }
}
