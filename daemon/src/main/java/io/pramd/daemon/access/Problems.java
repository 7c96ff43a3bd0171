package io.pramd.daemon.access;

import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.Errno;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** One owner. What is wrong with a file, in the order of its lines. */
final class Problems {
    static final int LISTED_MAX = 10;

    private final Path file;
    private final String what;
    private final List<Problem> problems = new ArrayList<>();

    /** Immutable. */
    private record Problem(int line, String text) {}

    /**
     * @param what "rules file", "tokens file"
     */
    Problems(Path file, String what) {
        this.file = file;
        this.what = what;
    }

    /**
     * @param line counted from 1
     */
    void add(int line, String text) {
        problems.add(new Problem(line, text));
    }

    int count() {
        return problems.size();
    }

    /**
     * @throws StoreException EINVAL with all of them, or the first ten
     */
    void throwIfAny() {
        if (problems.isEmpty()) {
            return;
        }
        String listed =
                problems.stream()
                        .sorted(Comparator.comparingInt(Problem::line))
                        .limit(LISTED_MAX)
                        .map(problem -> file + ":" + problem.line() + ": " + problem.text())
                        .collect(Collectors.joining("; "));
        int left = problems.size() - LISTED_MAX;
        throw StoreException.of(
                Errno.EINVAL,
                "the " + what + " is wrong: " + listed + (left > 0 ? "; more=" + left : ""));
    }
}
