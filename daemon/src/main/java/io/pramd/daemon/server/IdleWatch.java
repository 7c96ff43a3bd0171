package io.pramd.daemon.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Event loop only: notices a connection on which nothing has moved for as long as the idle limit,
 * within a quarter of it.
 */
final class IdleWatch {
    private static final int TICKS = 4;

    private final Channel channel;
    private final BooleanSupplier isExcused;
    private final Runnable onIdle;
    private boolean received;
    private long lastProgress;
    private int quietTicks;
    private Future<?> ticking;

    /**
     * @param isExcused whether the silence is of our making
     */
    IdleWatch(Channel channel, BooleanSupplier isExcused, Runnable onIdle) {
        this.channel = channel;
        this.isExcused = isExcused;
        this.onIdle = onIdle;
    }

    void start(long idleMillis) {
        long nanos = Math.max(1, TimeUnit.MILLISECONDS.toNanos(idleMillis) / TICKS);
        // not at a rate: a loop that stood still would make up for its ticks at once, and cut off
        // everybody who has not sent something between them
        ticking =
                channel.eventLoop()
                        .scheduleWithFixedDelay(this::tick, nanos, nanos, TimeUnit.NANOSECONDS);
    }

    /** Bytes have come. */
    void received() {
        received = true;
    }

    void stop() {
        if (ticking != null) {
            ticking.cancel(false);
        }
    }

    private void tick() {
        long progress = writeProgress();
        boolean moved = received || progress != lastProgress || isExcused.getAsBoolean();
        received = false;
        lastProgress = progress;
        quietTicks = moved ? 0 : quietTicks + 1;
        if (quietTicks >= TICKS) {
            stop();
            onIdle.run();
        }
    }

    /** Changes with every byte that the kernel takes, and every message that is added. */
    private long writeProgress() {
        ChannelOutboundBuffer unsent = channel.unsafe().outboundBuffer();
        return unsent == null
                ? 0
                : unsent.totalPendingWriteBytes() * 31
                        + unsent.size()
                        + unsent.currentProgress() * 17;
    }
}
