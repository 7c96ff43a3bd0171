package io.pramd.daemon.admin;

import io.pramd.daemon.server.Administration;
import io.pramd.daemon.server.ServerTls;
import java.util.List;
import java.util.Optional;

/**
 * Immutable: how to serve administrators.
 *
 * @param tls of an address with TLS
 * @param routes the first with a path counts
 */
record AdminConfig(
        AdminAddress address,
        Optional<ServerTls> tls,
        Administration administration,
        List<Route> routes) {
    AdminConfig {
        routes = List.copyOf(routes);
    }
}
