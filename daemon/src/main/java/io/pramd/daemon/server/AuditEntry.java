package io.pramd.daemon.server;

import io.pramd.daemon.server.AuditLog.Deed;
import io.pramd.daemon.server.AuditLog.Doer;
import java.util.concurrent.TimeUnit;

/**
 * Event loop only: something that a client does, from its request to its end. Counted and written
 * once.
 */
final class AuditEntry {
    /** Its client has taken it back. */
    static final String ABORTED = RequestMeter.ABORTED;

    /** Its connection ended first. */
    static final String LOST = "connection lost";

    private final Metering metering;
    private final AuditLog log;
    private final Doer doer;
    private final String verb;
    private final String name;
    private final long began = System.nanoTime();
    private boolean hasEnded;

    AuditEntry(Metering metering, AuditLog log, Doer doer, String verb, String name) {
        this.metering = metering;
        this.log = log;
        this.doer = doer;
        this.verb = verb;
        this.name = name;
    }

    String name() {
        return name;
    }

    /** How long it has been under way. */
    long millis() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
    }

    void ok(long bytes) {
        ended(RequestMeter.OK, bytes);
    }

    /** Refused, or failed. */
    void failed(Throwable failure) {
        failed(failure, 0);
    }

    void failed(Throwable failure, long bytes) {
        ended(Metering.result(failure), bytes);
    }

    /**
     * @param how {@link #ABORTED} or {@link #LOST}
     */
    void ended(String how, long bytes) {
        if (!hasEnded) {
            long nanos = end(how);
            if (log.isOn()) {
                log.write(
                        doer,
                        new Deed(verb, name, how, bytes, TimeUnit.NANOSECONDS.toMillis(nanos)));
            }
        }
    }

    /** It went well, as so often that only a number is kept of it. */
    void okUnwritten() {
        if (!hasEnded) {
            end(RequestMeter.OK);
        }
    }

    private long end(String how) {
        hasEnded = true;
        long nanos = log.isOn() || metering.isMeasured() ? System.nanoTime() - began : 0;
        metering.took(verb, how.equals(LOST) ? RequestMeter.LOST : how, nanos);
        return nanos;
    }
}
