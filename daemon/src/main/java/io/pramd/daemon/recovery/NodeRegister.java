package io.pramd.daemon.recovery;

import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.recovery.FsckProblem.Kind;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** One owner. The nodes of the chosen root: no two have a name or a sequence in common. */
final class NodeRegister {
    private final FrameRoles roles;
    private final FsckFindings findings;
    // the tag, or a sequence's low half, above the owner's number: sorting brings equal ones
    // together, at 16 bytes a node
    private long[] byTag = new long[256];
    private long[] bySequence = new long[256];
    private int count;

    NodeRegister(FrameRoles roles, FsckFindings findings) {
        this.roles = roles;
        this.findings = findings;
    }

    /** A node with this owner number; sequence 0 when its page does not verify. */
    void add(int owner, int tag, long sequence) {
        if (count == byTag.length) {
            byTag = Arrays.copyOf(byTag, count * 2);
            bySequence = Arrays.copyOf(bySequence, count * 2);
        }
        byTag[count] = (long) tag << Integer.SIZE | owner;
        bySequence[count] = sequence == 0 ? -1 - count : sequence;
        count++;
    }

    FsckReport.Counts counts() {
        return roles.counts(count, findings.damagedNodes());
    }

    void checkUnique(Suspicions suspicions, Function<Owner, String> nameOf) {
        Arrays.sort(byTag, 0, count);
        for (int i = 1; i < count; i++) {
            for (int j = i - 1;
                    j >= 0 && byTag[j] >> Integer.SIZE == byTag[i] >> Integer.SIZE;
                    j--) {
                Owner one = roles.owner((int) byTag[j]);
                Owner other = roles.owner((int) byTag[i]);
                sharedName(one, other, nameOf)
                        .ifPresent(name -> reportName(suspicions, one, other, name));
            }
        }
        Arrays.sort(bySequence, 0, count);
        for (int i = 1; i < count; i++) {
            if (bySequence[i] == bySequence[i - 1]) {
                findings.problem(
                        Kind.SEQUENCE, "nodes", "one node a sequence", "two of " + bySequence[i]);
            }
        }
    }

    private static Optional<String> sharedName(
            Owner one, Owner other, Function<Owner, String> nameOf) {
        try {
            String name = nameOf.apply(one);
            return name.equals(nameOf.apply(other)) ? Optional.of(name) : Optional.empty();
        } catch (StoreException e) {
            return Optional.empty();
        }
    }

    private void reportName(Suspicions suspicions, Owner one, Owner other, String name) {
        String where = one.text() + " and " + other.text();
        if (findings.isDamagedNode(one.index()) || findings.isDamagedNode(other.index())) {
            findings.note("name of a damaged node was saved anew: name=" + name + " " + where);
            return;
        }
        suspicions.report(
                List.of(one, other),
                new FsckProblem(Kind.NAME, where, "different names", "both " + name),
                () -> true);
    }
}
