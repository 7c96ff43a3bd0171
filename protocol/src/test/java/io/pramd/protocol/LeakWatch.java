package io.pramd.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Thread-safe: fails a test class, any of them, behind which a buffer is left unreleased.
 * Registered for all tests of the module.
 */
public final class LeakWatch implements AfterAllCallback {
    /** Netty reports what was collected when the next buffers are tracked. */
    private static final int ROUNDS = 2;

    @Override
    public void afterAll(ExtensionContext context) {
        for (int i = 0; i < ROUNDS; i++) {
            System.gc();
            ByteBuf tracked = PooledByteBufAllocator.DEFAULT.directBuffer(1);
            tracked.release();
        }
        List<String> leaks = List.copyOf(RecordingLeakDetector.leaks());
        RecordingLeakDetector.leaks().clear();
        if (!leaks.isEmpty()) {
            throw new AssertionError(
                    leaks.size() + " buffers were never released, first: " + leaks.get(0));
        }
    }
}
