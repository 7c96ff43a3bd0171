/** Listens, speaks the wire protocol, and carries pages between sockets and frames. */
package io.pramd.daemon.server;
