package io.pramd.daemon.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.LogLines;
import io.pramd.protocol.Errno;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RefusalLogTest {
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
    private final RefusalLog refusals = new RefusalLog(now::get);

    @Test
    void saysTenCausesASecondAndHowManyMoreThereWere() {
        try (LogLines log = new LogLines(RefusalLog.class.getName())) {
            for (int i = 0; i < 25; i++) {
                assertThat(refusals.refuse("cause " + i, 0).errno()).isEqualTo(Errno.EACCES);
            }
            assertThat(log.lines()).hasSize(10).last().isEqualTo("INFO not let in: cause=cause 9");

            now.addAndGet(TimeUnit.SECONDS.toNanos(1));
            refusals.endSecond();
            refusals.endSecond();
            assertThat(log.lines())
                    .hasSize(11)
                    .last()
                    .isEqualTo("INFO not let in: causes left out, count=15");

            refusals.refuse("next", 7);
            assertThat(log.lines())
                    .hasSize(12)
                    .last()
                    .isEqualTo("INFO connection=7 is not let in: cause=next");
        }
    }

    @Test
    void leavesNothingOutOfTen() {
        try (LogLines log = new LogLines(RefusalLog.class.getName())) {
            for (int i = 0; i < 10; i++) {
                refusals.refuse("cause", 0);
            }
            now.addAndGet(TimeUnit.SECONDS.toNanos(1));
            refusals.refuse("cause", 0);
            assertThat(log.lines()).hasSize(11).containsOnly("INFO not let in: cause=cause");
        }
    }
}
