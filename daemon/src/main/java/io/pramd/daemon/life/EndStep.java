package io.pramd.daemon.life;

import java.util.Locale;

/** Immutable. What a serving that ends has come to, in this order. */
public enum EndStep {
    /** Nothing new is accepted, running streams may end. */
    DRAINING,
    /** No connection is left; a root is being forced. */
    FORCING,
    /** The root is forced; threads end, the memory file is unmapped. */
    RELEASING,
    /** The lock of the memory file is given back. */
    RELEASED;

    /** As one process says it to another. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
