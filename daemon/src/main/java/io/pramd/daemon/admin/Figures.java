package io.pramd.daemon.admin;

import io.pramd.daemon.server.Server;
import java.util.LinkedHashMap;
import java.util.Map;

/** Thread-safe: what {@code pram info} says, as JSON. */
final class Figures {
    private static final String SCRUB = "scrub.";

    private final Server server;
    private final String version;

    Figures(Server server, String version) {
        this.server = server;
        this.version = version;
    }

    /** Everything, by dotted key. */
    Answer info(Request request) {
        Map<String, Object> info = new LinkedHashMap<>(server.info());
        info.put("version", version);
        info.put("now", System.currentTimeMillis());
        info.put(
                "admin.changes",
                server.administration().asksWho()
                        ? "token"
                        : "off: no rules name an administrator, see --access");
        return Answer.json(info);
    }

    /** The last recovery, in lines to be read. */
    Answer recovery(Request request) {
        Map<String, Object> info = server.info();
        Map<String, Object> recovery = new LinkedHashMap<>();
        recovery.put("complete", info.get("recovery.complete"));
        recovery.put("progress", info.get("recovery.progress"));
        recovery.put("lines", info.get("recovery.report"));
        recovery.put("tookMillis", info.get("recovery.walkMillis"));
        return Answer.json(recovery);
    }

    /** The background verification. */
    Answer scrub(Request request) {
        Map<String, Object> scrub = new LinkedHashMap<>();
        server.info()
                .forEach(
                        (key, value) -> {
                            if (key.startsWith(SCRUB)) {
                                scrub.put(key.substring(SCRUB.length()), value);
                            }
                        });
        scrub.put("on", !Long.valueOf(0).equals(scrub.get("bytesPerSecond")));
        return Answer.json(scrub);
    }
}
