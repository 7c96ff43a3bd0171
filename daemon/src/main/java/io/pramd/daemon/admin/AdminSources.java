package io.pramd.daemon.admin;

import io.pramd.daemon.recovery.OpenStore;
import io.pramd.daemon.server.Protection;
import io.pramd.daemon.server.Server;

/**
 * Immutable: what administrators look at. All of it stays its owner's, and open until the listener
 * is closed.
 *
 * @param protection of the server; the listener shows the same certificate, and asks for the same
 *     tokens
 * @param meters that store and server tell
 * @param version of the daemon
 */
public record AdminSources(
        OpenStore open, Server server, Protection protection, Meters meters, String version) {}
