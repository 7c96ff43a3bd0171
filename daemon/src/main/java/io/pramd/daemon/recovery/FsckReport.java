package io.pramd.daemon.recovery;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Immutable. What a check found.
 *
 * @param file the memory file
 * @param besideDaemon whether somebody had the file locked; the counts are then of different
 *     moments
 * @param root the root that the next start would take; empty when there is none
 * @param counts frames by role
 * @param problems what is wrong, at most {@link #PROBLEMS_MAX}
 * @param problemCount all of them, also those not listed
 * @param notes what is no damage but worth a line, such as a slot torn by a kill
 */
public record FsckReport(
        Path file,
        boolean besideDaemon,
        Optional<ChosenRoot> root,
        Counts counts,
        List<FsckProblem> problems,
        long problemCount,
        List<String> notes) {

    /** Problems listed at most. */
    public static final int PROBLEMS_MAX = 10_000;

    /**
     * The root that the next start would take.
     *
     * @param forced whether it is the newest forced one
     * @param level of its top page; 0 is a leaf
     * @param nodeCount as its slot says
     */
    public record ChosenRoot(long sequence, boolean forced, int level, long nodeCount) {}

    /**
     * Every frame once, but for {@code held}: frames of all roles that only a forced root reaches.
     *
     * @param link first links and others
     * @param unreached free at the next start
     * @param nodes leaf entries of the chosen root
     * @param quarantined those of them with a problem
     */
    public record Counts(
            long total,
            long fixed,
            long directory,
            long node,
            long link,
            long data,
            long unreached,
            long held,
            long nodes,
            long quarantined) {}

    public boolean isClean() {
        return problemCount == 0;
    }

    /** For the message of a test that expects a clean file. */
    @Override
    public String toString() {
        return file
                + (isClean() ? ": clean " : ": damaged ")
                + counts
                + problems.stream()
                        .map(FsckProblem::text)
                        .collect(Collectors.joining("\n  ", "\n  ", ""));
    }
}
