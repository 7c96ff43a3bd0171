package io.pramd.daemon.settings;

import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.Errno;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** One owner. What is wrong with a file, in the order of its lines. */
public final class Problems {
    private static final int LISTED_MAX = 10;

    private final Path file;
    private final String what;
    private final List<Problem> problems = new ArrayList<>();

    /** Immutable. */
    private record Problem(int line, String text) {}

    /**
     * @param what "rules file", "tokens file"
     */
    public Problems(Path file, String what) {
        this.file = file;
        this.what = what;
    }

    /**
     * @param line counted from 1
     */
    public void add(int line, String text) {
        problems.add(new Problem(line, text));
    }

    public int count() {
        return problems.size();
    }

    /** All of them, each with file and line. */
    List<String> lines() {
        return problems.stream()
                .sorted(Comparator.comparingInt(Problem::line))
                .map(problem -> file + ":" + problem.line() + ": " + problem.text())
                .toList();
    }

    /**
     * @throws StoreException EINVAL with all of them, or the first ten
     */
    public void throwIfAny() {
        if (problems.isEmpty()) {
            return;
        }
        String listed = lines().stream().limit(LISTED_MAX).collect(Collectors.joining("; "));
        int left = problems.size() - LISTED_MAX;
        throw StoreException.of(
                Errno.EINVAL,
                "the " + what + " is wrong: " + listed + (left > 0 ? "; more=" + left : ""));
    }
}
