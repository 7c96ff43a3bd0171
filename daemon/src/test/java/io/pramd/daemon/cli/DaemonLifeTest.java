package io.pramd.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.ServePlans;
import io.pramd.daemon.life.EndStep;
import io.pramd.daemon.life.Serving;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a process that ends says of its end, and what is asked of one before it serves. */
class DaemonLifeTest {
    @TempDir Path folder;

    private Serving serve() {
        return Serving.start(ServePlans.of(folder.resolve("m")));
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
