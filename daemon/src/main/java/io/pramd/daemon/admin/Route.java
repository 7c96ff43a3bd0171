package io.pramd.daemon.admin;

import io.netty.handler.codec.http.HttpMethod;

/**
 * Immutable: who answers what.
 *
 * @param path whole, or up to its last part where that is a parameter: {@code /api/v1/frames/*}
 * @param needs who may ask
 */
record Route(HttpMethod method, String path, Needs needs, Resource resource) {
    private static final String ANY_PART = "/*";

    /** Who may ask. */
    enum Needs {
        /** Everybody, always: it tells nothing about what is stored. */
        NOTHING,
        /** An administrator where it is asked who somebody is, else everybody. */
        RULES,
        /** An administrator, always: it changes something. */
        ADMINISTRATOR
    }

    static Route get(String path, Needs needs, Resource resource) {
        return new Route(HttpMethod.GET, path, needs, resource);
    }

    boolean hasPath(String asked) {
        if (!path.endsWith(ANY_PART)) {
            return path.equals(asked);
        }
        int last = asked.lastIndexOf('/');
        return last == path.length() - ANY_PART.length()
                && asked.startsWith(path.substring(0, last));
    }
}
