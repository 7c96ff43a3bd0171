package io.pramd.daemon.server;

import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.server.AuditLog.Deed;
import io.pramd.daemon.server.AuditLog.Doer;
import java.util.concurrent.TimeUnit;

/** Event loop only: something that a client does, from its request to its end. Written once. */
final class AuditEntry {
    /** Its client has taken it back. */
    static final String ABORTED = "aborted";

    /** Its connection ended first. */
    static final String LOST = "connection lost";

    private static final String OK = "ok";

    private final AuditLog log;
    private final Doer doer;
    private final String verb;
    private final String name;
    private final long began = System.nanoTime();
    private boolean isWritten;

    AuditEntry(AuditLog log, Doer doer, String verb, String name) {
        this.log = log;
        this.doer = doer;
        this.verb = verb;
        this.name = name;
    }

    void ok(long bytes) {
        ended(OK, bytes);
    }

    /** Refused, or failed. */
    void failed(Throwable failure) {
        failed(failure, 0);
    }

    void failed(Throwable failure, long bytes) {
        Throwable cause = Answers.unwrapped(failure);
        ended(cause instanceof StoreException e ? e.errno().name() : "EIO", bytes);
    }

    /**
     * @param how {@link #ABORTED} or {@link #LOST}
     */
    void ended(String how, long bytes) {
        if (!isWritten) {
            isWritten = true;
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
            log.write(doer, new Deed(verb, name, how, bytes, millis));
        }
    }
}
