package io.pramd.client.cli;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;

/**
 * One owner: shows rate and time left on a terminal, once a transfer has taken over a second; else
 * nothing.
 */
final class ProgressMeter implements AutoCloseable {
    private static final long SILENT_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int UPDATE_MILLIS = 200;
    private static final long MIB = 1 << 20;

    private final CommandIo io;
    private final String task;
    private final long bytesTotal;
    private final long startNanos = System.nanoTime();
    private long bytes;
    private ProgressBar bar;

    /**
     * @param bytesTotal less than 0 when not known
     */
    ProgressMeter(CommandIo io, String task, long bytesTotal) {
        this.io = io;
        this.task = Printable.of(task);
        this.bytesTotal = bytesTotal;
    }

    void moved(long count) {
        bytes += count;
        if (bar == null) {
            if (!io.errIsTerminal() || System.nanoTime() - startNanos < SILENT_NANOS) {
                return;
            }
            bar = open();
        }
        bar.stepTo(bytes);
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }

    private ProgressBar open() {
        return new ProgressBarBuilder()
                .setTaskName(task)
                .setInitialMax(bytesTotal)
                .startsFrom(0, Duration.ofNanos(System.nanoTime() - startNanos))
                .setUnit(" MiB", MIB)
                .setUpdateIntervalMillis(UPDATE_MILLIS)
                .showSpeed()
                .setConsumer(new ConsoleProgressBarConsumer(System.err))
                .build();
    }
}
