package io.pramd.daemon.bench;

import java.util.Locale;

/** Immutable. What is measured of a store. An alternative that cannot consume reads instead. */
enum Verb {
    SAVE,
    PEEK,
    LOAD;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
