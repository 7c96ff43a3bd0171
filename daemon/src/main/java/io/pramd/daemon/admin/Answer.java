package io.pramd.daemon.admin;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.pramd.daemon.memory.StoreException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Immutable: what is sent back.
 *
 * @param body not to be changed
 * @param version opaque, of what the body says; empty: it changes always
 * @param headers besides those that all answers have
 */
record Answer(
        HttpResponseStatus status,
        String contentType,
        byte[] body,
        Optional<String> version,
        Map<String, String> headers) {
    static final String TEXT = "text/plain; charset=utf-8";
    private static final String JSON = "application/json; charset=utf-8";

    /** A line of text. */
    static Answer text(HttpResponseStatus status, String line) {
        return of(status, TEXT, (line + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** What is made of maps, lists, records, numbers, booleans and texts. */
    static Answer json(Object value) {
        return of(HttpResponseStatus.OK, JSON, Json.bytes(value));
    }

    /** An error as clients find it everywhere: the name of its errno, and what is wrong. */
    static Answer error(StoreException why) {
        return error(Statuses.of(why.errno()), why.errno().name(), why.getMessage());
    }

    static Answer error(HttpResponseStatus status, String name, String message) {
        Map<String, String> error = new LinkedHashMap<>();
        error.put("error", name);
        error.put("message", message);
        return of(status, JSON, Json.bytes(error));
    }

    static Answer of(HttpResponseStatus status, String contentType, byte[] body) {
        return new Answer(status, contentType, body, Optional.empty(), Map.of());
    }

    /** The same, which who has this version need not be sent again. */
    Answer withVersion(String of) {
        return new Answer(status, contentType, body, Optional.of(of), headers);
    }

    /**
     * Nothing has changed since who asks has taken this version: there is no need to make it again.
     */
    static Answer unchanged(String version) {
        return of(HttpResponseStatus.OK, JSON, new byte[0]).withVersion(version);
    }

    /**
     * @param knownVersions as a request's header has them
     * @param version opaque
     */
    static boolean isKnown(String knownVersions, String version) {
        return knownVersions.contains("\"" + version + "\"");
    }

    /** The same with these headers too. */
    Answer withHeaders(Map<String, String> more) {
        return new Answer(status, contentType, body, version, Map.copyOf(more));
    }
}
