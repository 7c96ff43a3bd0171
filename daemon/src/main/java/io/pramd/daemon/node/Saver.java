package io.pramd.daemon.node;

import io.pramd.daemon.layout.NodeLayout;
import java.nio.charset.StandardCharsets;

/**
 * Immutable. Who saves.
 *
 * @param principal that will own the node, at most {@link NodeLayout#OWNER_BYTES_MAX} bytes of
 *     UTF-8; empty where nobody knows
 * @param mayUseReserve whether it may take the frames that are reserved for administrators
 */
public record Saver(String principal, boolean mayUseReserve) {
    /** Of a daemon that does not ask who its clients are. */
    public static final Saver NOBODY = new Saver("", true);

    public Saver {
        int bytes = principal.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > NodeLayout.OWNER_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "name of a principal is too long: bytes="
                            + bytes
                            + " max="
                            + NodeLayout.OWNER_BYTES_MAX);
        }
    }
}
