package io.pramd.daemon.life;

import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Thread-safe. Looks now and then whether the memory file still has its name: one that was deleted
 * serves on as if nothing were, and is gone with the process.
 */
final class NameWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NameWatch.class);
    private static final long BETWEEN_LOOKS_MILLIS = TimeUnit.SECONDS.toMillis(2);

    private final Supplier<String> lostName;
    private final Thread thread = new Thread(this::lookAgainAndAgain, "pramd-name");
    private String fault = "";

    /**
     * One that has not begun.
     *
     * @param lostName looks what has become of the name; empty: nothing has
     */
    NameWatch(Supplier<String> lostName) {
        this.lostName = lostName;
    }

    void start() {
        thread.setDaemon(true);
        thread.start();
    }

    private void lookAgainAndAgain() {
        try {
            while (true) {
                Thread.sleep(BETWEEN_LOOKS_MILLIS);
                look();
            }
        } catch (InterruptedException e) {
            LOG.debug("nobody looks for the name any more");
        }
    }

    /** What is wrong as of now; empty: nothing is. */
    synchronized String look() {
        String now = lostName.get();
        if (!now.isEmpty() && fault.isEmpty()) {
            LOG.warn(
                    "{}: no start finds what is stored in it. While this process lives 'pram"
                            + " backup FILE' makes a copy",
                    now);
        } else if (now.isEmpty() && !fault.isEmpty()) {
            LOG.info("the memory file has its name again");
        }
        fault = now;
        return now;
    }

    /** Nothing looks at the file any more on return. */
    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
