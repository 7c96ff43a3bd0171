package io.pramd.daemon.server;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Thread-safe: the record of who did what, a line for each. Nobody waits for it, and nothing
 * depends on it: a line that cannot be written is lost, and counted by who writes it.
 */
public final class AuditLog {
    /** Keeps nothing. */
    public static final AuditLog OFF = new AuditLog(null);

    private final Pace refusals = new Pace();
    private final AtomicLong refusalsLeftOut = new AtomicLong();
    private final Sink sink;

    /** Thread-safe: where lines go. */
    public interface Sink {
        /**
         * Lines may come from now on. Where a daemon follows another one that writes to the same
         * place, that one has ended now.
         *
         * @throws io.pramd.daemon.memory.StoreException EIO when nothing can be written
         */
        default void begin() {}

        /** Takes a line; returns at once. */
        void write(Doer doer, Deed deed);

        /** For the operator: how it is, by dotted key. */
        Map<String, Object> info();
    }

    private AuditLog(Sink sink) {
        this.sink = sink;
    }

    public static AuditLog to(Sink sink) {
        return new AuditLog(sink);
    }

    /** Before the first line. */
    public void begin() {
        if (isOn()) {
            sink.begin();
        }
    }

    boolean isOn() {
        return sink != null;
    }

    Map<String, Object> info() {
        if (!isOn()) {
            return Map.of();
        }
        Map<String, Object> info = new LinkedHashMap<>(sink.info());
        info.put("audit.refusalsLeftOut", refusalsLeftOut.get());
        return info;
    }

    /**
     * Immutable: what was done.
     *
     * @param verb in small letters
     * @param name of the node, or the prefix; may be empty
     * @param result ok, or an errno, or how else it ended
     * @param bytes of page data that were moved
     */
    public record Deed(String verb, String name, String result, long bytes, long millis) {}

    /**
     * Whether one more stranger who is not let in may have a line. Whoever can connect could push
     * out all others, so only a few a second have one; the rest is counted.
     */
    boolean mayWriteRefusal() {
        boolean passes = refusals.passes(System.nanoTime());
        if (!passes) {
            refusalsLeftOut.incrementAndGet();
        }
        return passes;
    }

    void write(Doer doer, Deed deed) {
        if (isOn()) {
            sink.write(doer, deed);
        }
    }

    /**
     * Immutable: who did it.
     *
     * @param connection its number
     * @param from address of the peer; of a Unix socket the listener's
     * @param principal empty where the daemon does not want to know
     * @param by what it is known; may be empty
     */
    public record Doer(long connection, String from, String principal, String by) {}
}
