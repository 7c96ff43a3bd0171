package io.pramd.daemon.admin;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.pramd.daemon.server.Server;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Thread-safe: whether the daemon lives, and whether it is ready for everything. A daemon that is
 * read-only lives: loads are served, and a restart would lose what no root on the device reaches.
 */
final class Health {
    /** How long an event loop may need until it answers. */
    private static final int PULSE_SECONDS = 5;

    private final Server server;
    private final Executor worker;

    /**
     * @param worker makes the answer when the loops have answered, which go on at once
     */
    Health(Server server, Executor worker) {
        this.server = server;
        this.worker = worker;
    }

    /** 200 while all event loops answer. */
    CompletionStage<Answer> live(Request request) {
        return pulse().orTimeout(PULSE_SECONDS, TimeUnit.SECONDS)
                .handleAsync(
                        (done, failure) ->
                                failure == null
                                        ? Answer.text(HttpResponseStatus.OK, liveText())
                                        : Answer.text(
                                                HttpResponseStatus.SERVICE_UNAVAILABLE,
                                                "event loops do not answer: seconds="
                                                        + PULSE_SECONDS),
                        worker);
    }

    private CompletableFuture<Void> pulse() {
        try {
            return server.pulse();
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(e); // they have ended, in a stop
        }
    }

    private String liveText() {
        Map<String, Object> info = server.info();
        return isReadOnly(info) ? "ok, " + readOnly(info) : "ok";
    }

    /** 200 when loads and changes are served, else 503 and why. */
    Answer ready(Request request) {
        Map<String, Object> info = server.info();
        String lack = "";
        if (info.get("server.draining").equals(true)) {
            lack = "draining: the daemon is about to stop";
        } else if (isReadOnly(info)) {
            lack = readOnly(info);
        } else if (!String.valueOf(info.getOrDefault("memory.fault", "")).isEmpty()) {
            lack = "memory file: " + info.get("memory.fault");
        } else if (!info.get("recovery.complete").equals(true)) {
            lack = "recovering: " + info.get("recovery.progress");
        }
        return lack.isEmpty()
                ? Answer.text(HttpResponseStatus.OK, "ready")
                : Answer.text(HttpResponseStatus.SERVICE_UNAVAILABLE, lack);
    }

    private static boolean isReadOnly(Map<String, Object> info) {
        return info.get("store.readOnly").equals(true);
    }

    private static String readOnly(Map<String, Object> info) {
        return "read-only: " + info.get("store.readOnlyReason");
    }
}
