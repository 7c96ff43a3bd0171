package io.pramd.daemon.storm;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;

/**
 * Thread-safe: carries asynchronous calls out on virtual threads, and tells when each has really
 * ended, which of a cancelled one its future does not.
 */
final class StormExecutor implements Executor {
    private final ThreadLocal<CountDownLatch> last = new ThreadLocal<>();

    @Override
    public void execute(Runnable call) {
        CountDownLatch ended = new CountDownLatch(1);
        last.set(ended);
        Thread.ofVirtual()
                .start(
                        () -> {
                            try {
                                call.run();
                            } finally {
                                ended.countDown();
                            }
                        });
    }

    /** Opens when the last call that this thread has made has ended. */
    CountDownLatch lastOfThisThread() {
        return last.get();
    }
}
