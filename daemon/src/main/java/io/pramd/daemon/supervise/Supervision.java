package io.pramd.daemon.supervise;

import io.pramd.daemon.life.EndStep;
import io.pramd.daemon.life.Serving;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Thread-safe. Keeps the supervisor of this process told how it is: that it serves, what it is
 * about, that it lives, and that a long start or end is no hang. One thread does all of it.
 */
final class Supervision {
    /** How often there may be something new to say. */
    private static final long LOOK_MILLIS = 1_000;

    /** What a start or an end asks for anew with each look, beyond the supervisor's own limit. */
    private static final Duration EXTENSION = Duration.ofSeconds(30);

    /** No start and no end asks for more than this in all: then the supervisor's limit counts. */
    private static final Duration EXTENSIONS_MAX = Duration.ofMinutes(30);

    private final Notifier notifier;
    private final long watchdogMicros; // 0: nobody waits for a sign of life
    private final ScheduledThreadPoolExecutor timer;
    private Supplier<String> status = () -> "starting";
    private String lastStatus = "";
    private boolean isExtending;
    private long extendingSinceNanos;
    private CompletableFuture<Void> pulse = CompletableFuture.completedFuture(null);

    private Supervision(Notifier notifier, long watchdogMicros) {
        this.notifier = notifier;
        this.watchdogMicros = watchdogMicros;
        timer =
                new ScheduledThreadPoolExecutor(
                        1,
                        task -> {
                            Thread thread = new Thread(task, "pramd-notify");
                            thread.setDaemon(true);
                            return thread;
                        });
    }

    /** Of a process that has a supervisor who listens; it is starting now. */
    static Optional<Supervision> of(Map<String, String> environment) {
        Optional<Supervision> found =
                Notifier.of(environment)
                        .map(notifier -> new Supervision(notifier, watchdogMicros(environment)));
        found.ifPresent(Supervision::begin);
        return found;
    }

    private static long watchdogMicros(Map<String, String> environment) {
        String own = String.valueOf(ProcessHandle.current().pid());
        String micros = environment.getOrDefault("WATCHDOG_USEC", "");
        boolean isForUs = environment.getOrDefault("WATCHDOG_PID", own).equals(own);
        return isForUs && micros.matches("[0-9]{1,18}") ? Long.parseLong(micros) : 0;
    }

    private void begin() {
        extend();
        timer.scheduleWithFixedDelay(this::look, 0, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private synchronized void extend() {
        isExtending = true;
        extendingSinceNanos = System.nanoTime();
    }

    /** What it is about, from now on. */
    synchronized void status(Supplier<String> text) {
        status = text;
        timer.execute(this::look);
    }

    private synchronized void look() {
        String text = "STATUS=" + status.get().replace('\n', ' ');
        if (isExtending && System.nanoTime() - extendingSinceNanos < EXTENSIONS_MAX.toNanos()) {
            notifier.send(text, "EXTEND_TIMEOUT_USEC=" + EXTENSION.toMillis() * 1_000);
        } else if (!text.equals(lastStatus)) {
            notifier.send(text);
        }
        lastStatus = text;
    }

    /** It serves from now on, and gives signs of life while it does. */
    void serving(Serving serving) {
        String where =
                serving.addresses().stream().map(Object::toString).collect(Collectors.joining(" "));
        synchronized (this) {
            isExtending = false;
            status = () -> status(where, serving.info());
        }
        notifier.send("READY=1", "STATUS=" + status(where, serving.info()));
        serving.onEnd(this::ending);
        beginSigns(serving::pulse);
    }

    private static String status(String where, Map<String, Object> info) {
        if (info.get("store.readOnly").equals(true)) {
            return "read-only: " + info.get("store.readOnlyReason");
        }
        if (!String.valueOf(info.getOrDefault("memory.fault", "")).isEmpty()) {
            return "what is saved will be lost: " + info.get("memory.fault");
        }
        return info.get("recovery.complete").equals(true)
                ? "serving " + where
                : "serving " + where + ", changes wait: " + info.get("recovery.progress");
    }

    /**
     * @param alive asked twice in the time in which a sign must come; done when all answer that
     *     must
     */
    void beginSigns(Supplier<CompletableFuture<Void>> alive) {
        if (watchdogMicros > 0) {
            long period = Math.max(1, watchdogMicros / 2);
            timer.scheduleAtFixedRate(() -> sign(alive), 0, period, TimeUnit.MICROSECONDS);
        }
    }

    /** None while what was asked last has not been answered. */
    private synchronized void sign(Supplier<CompletableFuture<Void>> alive) {
        if (isExtending) {
            notifier.send("WATCHDOG=1"); // of an end: its loops are gone, and it has its own limit
        } else if (pulse.isDone()) {
            pulse = alive.get();
            // not by a thread that answers: a supervisor that is behind is waited for
            pulse.thenRunAsync(() -> notifier.send("WATCHDOG=1"), timer);
        }
    }

    private void ending(EndStep step) {
        switch (step) {
            case DRAINING -> {
                notifier.send("STOPPING=1");
                extend();
                status(() -> "stopping: running streams may end");
            }
            case FORCING -> status(() -> "stopping: forcing a root");
            case RELEASING -> status(() -> "stopping: the root is forced");
            case RELEASED -> {
                timer.shutdownNow();
                notifier.send("STATUS=stopped");
            }
        }
    }

    /** The same task, before and behind which the supervisor hears that it is under way. */
    Runnable reloading(Runnable reload) {
        return () -> {
            long micros = TimeUnit.NANOSECONDS.toMicros(System.nanoTime()); // CLOCK_MONOTONIC
            notifier.send("RELOADING=1", "MONOTONIC_USEC=" + micros);
            try {
                reload.run();
            } finally {
                notifier.send("READY=1");
            }
        };
    }
}
