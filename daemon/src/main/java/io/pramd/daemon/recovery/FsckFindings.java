package io.pramd.daemon.recovery;

import io.pramd.daemon.recovery.FsckProblem.Kind;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** One owner. Collects what a check finds, a bounded number of it in words. */
final class FsckFindings {
    private static final int NOTES_MAX = 1000;

    private final List<FsckProblem> problems = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final BitSet damagedSlots = new BitSet();
    private long problemCount;

    void problem(Kind kind, String where, String expected, String actual) {
        problemCount++;
        if (problems.size() < FsckReport.PROBLEMS_MAX) {
            problems.add(new FsckProblem(kind, where, expected, actual));
        }
    }

    void note(String text) {
        if (notes.size() < NOTES_MAX) {
            notes.add(text);
        }
    }

    /** The node at this leaf slot of the chosen root has a problem. */
    void damagedNode(long slot) {
        damagedSlots.set(Math.toIntExact(slot));
    }

    boolean isDamagedNode(long slot) {
        return damagedSlots.get(Math.toIntExact(slot));
    }

    long damagedNodes() {
        return damagedSlots.cardinality();
    }

    List<FsckProblem> problems() {
        return List.copyOf(problems);
    }

    long problemCount() {
        return problemCount;
    }

    List<String> notes() {
        return List.copyOf(notes);
    }
}
