package io.pramd.daemon.access;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;

/**
 * Immutable. All names that begin with one of some prefixes. Kept are only prefixes that no other
 * one covers, in order: then the one before a name, or the name itself, is the only one that it can
 * begin with.
 */
final class PrefixSet {
    static final PrefixSet EMPTY = new PrefixSet(List.of());

    private final List<String> prefixes;

    private PrefixSet(List<String> prefixes) {
        this.prefixes = prefixes;
    }

    static PrefixSet of(Collection<String> prefixes) {
        List<String> needed = new ArrayList<>();
        for (String prefix : new TreeSet<>(prefixes)) {
            if (needed.isEmpty() || !prefix.startsWith(needed.getLast())) {
                needed.add(prefix);
            }
        }
        return new PrefixSet(List.copyOf(needed));
    }

    boolean contains(String name) {
        int at = lastNotAfter(name);
        return at >= 0 && name.startsWith(prefixes.get(at));
    }

    /** Whether some name that begins with {@code prefix} is in the set. */
    boolean meets(String prefix) {
        int at = lastNotAfter(prefix);
        if (at >= 0 && prefix.startsWith(prefixes.get(at))) {
            return true;
        }
        return at + 1 < prefixes.size() && prefixes.get(at + 1).startsWith(prefix);
    }

    boolean isEveryName() {
        return !prefixes.isEmpty() && prefixes.getFirst().isEmpty();
    }

    private int lastNotAfter(String text) {
        int found = Collections.binarySearch(prefixes, text);
        return found >= 0 ? found : -found - 2;
    }
}
