package io.pramd.daemon.access;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Immutable. Verbs that a principal may do with all names that begin with one of the prefixes. */
record Grant(Set<Verb> verbs, List<String> prefixes) {
    Grant {
        verbs = Set.copyOf(verbs);
        prefixes = List.copyOf(prefixes);
    }

    /** For people: the verbs, and the names with a star for what follows the prefix. */
    String text() {
        return verbs.stream().sorted().map(Verb::word).collect(Collectors.joining(" "))
                + ": "
                + prefixes.stream().map(prefix -> prefix + "*").collect(Collectors.joining(", "));
    }
}
