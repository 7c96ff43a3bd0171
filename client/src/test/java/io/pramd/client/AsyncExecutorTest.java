package io.pramd.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AsyncExecutorTest {
    private static final int CALLS = 200; // more than there are threads

    @Test
    void noCallIsLeftWaitingWhenItEnds() throws Exception {
        AsyncExecutor executor = new AsyncExecutor(null, AsyncExecutor::threads);
        CountDownLatch never = new CountDownLatch(1);
        List<AsyncCall<Void>> calls = new ArrayList<>();
        for (int i = 0; i < CALLS; i++) {
            calls.add(
                    new AsyncCall<>(
                            () -> {
                                never.await();
                                return null;
                            }));
        }
        calls.forEach(executor::execute);
        executor.close();
        for (AsyncCall<Void> call : calls) {
            assertThatThrownBy(() -> call.get(10, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class);
        }
        long refused = calls.stream().filter(AsyncExecutorTest::isNotSent).count();
        assertThat(refused).isGreaterThanOrEqualTo(CALLS - 64);

        AsyncCall<Void> late = new AsyncCall<>(() -> null);
        executor.execute(late);
        assertThat(isNotSent(late)).isTrue();
    }

    @Test
    void aCallMayBeCarriedOutWhereItIsMade() {
        AsyncExecutor executor = new AsyncExecutor(Runnable::run);
        AsyncCall<String> call = new AsyncCall<>(() -> Thread.currentThread().getName());
        executor.execute(call);
        assertThat(call).isCompletedWithValue(Thread.currentThread().getName());
    }

    private static boolean isNotSent(AsyncCall<?> call) {
        try {
            call.getNow(null);
            return false;
        } catch (RuntimeException e) {
            return e.getCause() instanceof NotSentException;
        }
    }
}
