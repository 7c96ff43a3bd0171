package io.pramd.daemon.access;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Thread-safe. Notices that files have been changed, replaced, removed or made, also by a symbolic
 * link anywhere on their path that leads elsewhere now. Looks once a second, on a thread of its
 * own, since no notification tells all of this.
 */
public final class WatchedFiles implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WatchedFiles.class);
    private static final long LOOK_SECONDS = 1;

    /** The change time tells of new rights, and of new bytes behind an old modification time. */
    private static final String ATTRIBUTES = "unix:lastModifiedTime,ctime,size,fileKey";

    private final List<Watch> watches = new CopyOnWriteArrayList<>();
    private final List<Runnable> everyLook = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService thread;

    private WatchedFiles(String threadName) {
        thread =
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().daemon().name(threadName).factory());
    }

    /** Begins to look. */
    public static WatchedFiles start(String threadName) {
        WatchedFiles files = new WatchedFiles(threadName);
        files.thread.scheduleWithFixedDelay(
                files::look, LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS);
        return files;
    }

    /** Looks only when it is told to. */
    static WatchedFiles byHand() {
        return new WatchedFiles("watch-by-hand");
    }

    /**
     * Calls back, on this object's thread, when any of these files is not what it is now. So who
     * reads them calls this first, and misses no change.
     */
    public void watch(List<Path> files, Runnable onChange) {
        watches.add(new Watch(List.copyOf(files), onChange));
    }

    /** Calls back at every look, changed or not. */
    void onEveryLook(Runnable action) {
        everyLook.add(action);
    }

    /** Looks once. */
    synchronized void look() {
        watches.forEach(Watch::look);
        everyLook.forEach(WatchedFiles::run);
    }

    static void run(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException e) {
            // else nothing would ever be looked at again
            LOG.error("what follows a change of a file has failed", e);
        }
    }

    /** Looks no more; a callback that runs comes to its end. */
    @Override
    public void close() {
        thread.shutdown();
    }

    /** One owner. Some files, and what they were when last looked at. */
    private static final class Watch {
        private final List<Path> files;
        private final Runnable onChange;
        private List<Map<String, Object>> seen;

        Watch(List<Path> files, Runnable onChange) {
            this.files = files;
            this.onChange = onChange;
            seen = stamps();
        }

        private List<Map<String, Object>> stamps() {
            return files.stream().map(Watch::stamp).toList();
        }

        private static Map<String, Object> stamp(Path file) {
            try {
                return Files.readAttributes(file, ATTRIBUTES);
            } catch (IOException e) {
                return Map.of();
            }
        }

        void look() {
            List<Map<String, Object>> now = stamps();
            if (!now.equals(seen)) {
                seen = now;
                run(onChange);
            }
        }
    }
}
