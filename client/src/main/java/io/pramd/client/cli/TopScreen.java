package io.pramd.client.cli;

import io.pramd.client.PramException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One owner. {@code pram top} on a terminal. A thread of its own looks at the daemon, so that keys
 * work also while the daemon does not answer.
 */
final class TopScreen {
    private static final int KEY_WAIT_MILLIS = 50;

    /** So long a look may take before the picture says that it does. */
    private static final long SILENT_SECONDS = 3;

    private final TopSource source;
    private final Duration interval;
    private final Long looksMax;
    private final TopView view;
    private final AtomicReference<TopSample> newest = new AtomicReference<>();
    private volatile PramException refused;
    private volatile boolean isOver;
    private volatile long lookBeginNanos;
    private volatile boolean isLooking;

    private final TopKeys keys;
    private TopSample shown;
    private long shownSilentSeconds;

    private TopScreen(
            TopSource source, String server, Duration interval, Long looksMax, TopSort sort) {
        this.source = source;
        this.view = new TopView(server);
        this.interval = interval;
        this.looksMax = looksMax;
        this.keys = new TopKeys(sort);
    }

    /**
     * Until a key or a signal ends it.
     *
     * @param looksMax how many looks at most; null for no end
     */
    static int run(TopSource source, Pram pram, Duration interval, Long looksMax, TopSort sort) {
        TopScreen screen = new TopScreen(source, pram.server(), interval, looksMax, sort);
        Thread looking = new Thread(screen::lookAgainAndAgain, "pram-top");
        looking.setDaemon(true);
        looking.start();
        try (TopTerminal terminal = TopTerminal.open(pram.variable("NO_COLOR") == null)) {
            screen.show(terminal);
        } catch (IOException e) {
            throw new LocalFailure("cannot use the terminal", new UncheckedIOException(e));
        } finally {
            looking.interrupt();
        }
        if (screen.refused != null) {
            throw screen.refused;
        }
        TopSample last = screen.newest.get();
        return last == null ? 0 : TopCommand.exitCode(last);
    }

    private void lookAgainAndAgain() {
        try {
            for (long looks = 1; ; looks++) {
                lookBeginNanos = System.nanoTime();
                isLooking = true;
                newest.set(source.look());
                isLooking = false;
                if (looksMax != null && looks >= looksMax) {
                    break;
                }
                Thread.sleep(interval.toMillis());
            }
        } catch (PramException e) {
            refused = e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            isOver = true;
        }
    }

    private void show(TopTerminal terminal) throws IOException {
        boolean isStale = true;
        while (!isOver && !keys.isQuit() && !terminal.isEnded()) {
            TopSample sample = newest.get();
            if (keys.state() != TopLook.KeyState.PAUSED && sample != shown) {
                shown = sample;
                isStale = true;
            }
            long silent = silentSeconds();
            if (keys.state() != TopLook.KeyState.PAUSED && silent != shownSilentSeconds) {
                shownSilentSeconds = silent;
                isStale = true;
            }
            if (terminal.hasChanged() || isStale) {
                draw(terminal);
                isStale = false;
            }
            isStale |= keys.press(terminal.awaitKey(KEY_WAIT_MILLIS));
        }
    }

    /** How long the daemon has not answered; 0: not long enough to say it, or it is said. */
    private long silentSeconds() {
        if (!isLooking || shown == null || shown.failure() != null) {
            return 0;
        }
        long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - lookBeginNanos);
        return seconds < SILENT_SECONDS ? 0 : seconds;
    }

    private void draw(TopTerminal terminal) {
        if (shown != null) {
            terminal.draw(
                    view.lines(
                            shownSilentSeconds == 0
                                    ? shown
                                    : shown.silent(System.currentTimeMillis(), shownSilentSeconds),
                            TopLook.live(
                                    terminal.columns(),
                                    terminal.rows(),
                                    keys.sort(),
                                    keys.state())));
        }
    }
}
