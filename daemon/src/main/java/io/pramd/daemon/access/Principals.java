package io.pramd.daemon.access;

import java.util.regex.Pattern;

/** Immutable. How principals may be called: so that a name fits into the owner of a node. */
final class Principals {
    static final String EXPECTED = "1 to 64 of A-Z a-z 0-9 . _ -";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    private Principals() {}

    static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }
}
