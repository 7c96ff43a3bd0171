package io.pramd.daemon.recovery;

import io.pramd.daemon.layout.BootId;
import io.pramd.daemon.layout.Durability;
import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.RootSlotLayout;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.DirectoryTree;
import io.pramd.daemon.node.Root;
import io.pramd.daemon.recovery.FixedFrames.ValidSlot;
import io.pramd.protocol.Errno;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Immutable. The root rule. A current slot counts only under the boot id under which it was
 * written, and not beside a force-failed marker: the kernel may have written it to the device long
 * before the pages it reaches. A forced slot always counts. The newest that counts is the root; if
 * its tree cannot be read, the newest forced one.
 *
 * @param root as its slot says
 * @param tree read whole
 * @param isForced whether the newest forced slot holds it: a clean stop, or nothing came after the
 *     last force
 * @param current valid current slots, newest first
 * @param forced valid forced slots, newest first
 * @param findings what the report should say
 */
public record RootChoice(
        Root root,
        DirectoryTree tree,
        boolean isForced,
        List<ValidSlot> current,
        List<ValidSlot> forced,
        List<String> findings) {

    /** What the rule looks at besides the slots. */
    public record Circumstances(BootId bootId, boolean hasForceFailed) {}

    /**
     * Chooses the root and reads its tree.
     *
     * @throws StoreException EIO when no root that counts has a readable tree
     */
    public static RootChoice choose(FixedFrames fixed, TreeReader trees, Circumstances now) {
        List<ValidSlot> current = fixed.slots(RootSlotLayout.KIND_CURRENT);
        List<ValidSlot> forced = fixed.slots(RootSlotLayout.KIND_FORCED);
        List<String> findings = new ArrayList<>();
        Optional<ValidSlot> newestForced = forced.stream().findFirst();
        if (newestCounting(current, now).isEmpty()) {
            findings.add(whyNoCurrentCounts(current, now));
        }
        List<ValidSlot> candidates = candidates(current, forced, now);
        for (ValidSlot candidate : candidates) {
            Root root = Root.of(candidate.slot());
            try {
                DirectoryTree tree = trees.read(root);
                boolean isForced =
                        newestForced.isPresent() && sequence(newestForced.get()) == root.sequence();
                return new RootChoice(root, tree, isForced, current, forced, findings);
            } catch (StoreException e) {
                findings.add("root " + root.sequence() + " is not readable: " + e.getMessage());
            }
        }
        throw StoreException.of(
                Errno.EIO, "no root has a readable tree: " + findings + " " + fixed.damage());
    }

    private static String whyNoCurrentCounts(List<ValidSlot> current, Circumstances now) {
        String why =
                now.hasForceFailed()
                        ? "a force failed before"
                        : isNewestLost(current)
                                ? "both copies of a current slot are lost, perhaps the newest one's"
                                : "the machine has booted since the last commit";
        return why + ": only the last forced root is believed";
    }

    /**
     * Whether the newest current slot may be one of which no copy verifies. What the one before it
     * reaches was free from then on, and may be anything by now. A kill tears one copy at most; of
     * a new file the second slot was never written.
     */
    private static boolean isNewestLost(List<ValidSlot> current) {
        boolean isNew =
                current.size() == 1 && sequence(current.getFirst()) == FirstContents.ROOT_SEQUENCE;
        return current.size() < FileLayout.CURRENT_SLOT_PFNS.size() && !isNew;
    }

    private static Optional<ValidSlot> newestCounting(List<ValidSlot> current, Circumstances now) {
        if (isNewestLost(current)) {
            return Optional.empty();
        }
        return current.stream()
                .filter(found -> found.slot().bootId().equals(now.bootId()))
                .filter(found -> !now.hasForceFailed())
                .findFirst();
    }

    /** The slots that may hold the root, best first: at most one current and one forced. */
    static List<ValidSlot> candidates(
            List<ValidSlot> current, List<ValidSlot> forced, Circumstances now) {
        Optional<ValidSlot> newestCurrent = newestCounting(current, now);
        Optional<ValidSlot> newestForced = forced.stream().findFirst();
        boolean isCurrentNewer =
                newestCurrent.isPresent()
                        && (newestForced.isEmpty()
                                || sequence(newestCurrent.get()) >= sequence(newestForced.get()));
        List<ValidSlot> candidates = new ArrayList<>();
        if (isCurrentNewer) {
            candidates.add(newestCurrent.get());
        }
        newestForced.ifPresent(candidates::add);
        return candidates;
    }

    /**
     * Whether a newer root than the chosen one was stored, of another tree, or may have been: what
     * was answered since the chosen one is gone.
     */
    public boolean wentBack() {
        return isNewestLost(current)
                || Stream.concat(current.stream(), forced.stream())
                        .filter(found -> sequence(found) > root.sequence())
                        .anyMatch(found -> !Root.of(found.slot()).isSameTree(root));
    }

    /** Whether a forced slot holds the chosen tree. */
    public boolean isForcedTree() {
        return !forced.isEmpty() && Root.of(forced.getFirst().slot()).isSameTree(root);
    }

    /** Whether the newest current slot holds the chosen tree, whether it counts or not. */
    public boolean isNewestCurrentTree() {
        return !current.isEmpty() && Root.of(current.getFirst().slot()).isSameTree(root);
    }

    /** The strongest level that the slot of the chosen root says was asked of it. */
    public Durability promised() {
        return current.stream()
                .map(ValidSlot::slot)
                .filter(slot -> slot.sequence() == root.sequence())
                .findFirst()
                .flatMap(slot -> Durability.of(slot.durability()))
                .orElse(Durability.PROCESS);
    }

    private static long sequence(ValidSlot slot) {
        return slot.slot().sequence();
    }

    /** The largest sequence in any slot. */
    public long largestSequence() {
        return largestSequence(current, forced);
    }

    /** The largest sequence in any of these slots; 0 when there is none. */
    static long largestSequence(List<ValidSlot> current, List<ValidSlot> forced) {
        return Stream.concat(current.stream(), forced.stream())
                .mapToLong(RootChoice::sequence)
                .max()
                .orElse(0);
    }

    /**
     * Which of two slots holds the newest of these; 1 when there is none, so that 0 is written
     * first.
     */
    static int newestIndex(List<ValidSlot> slots) {
        return slots.isEmpty() ? 1 : slots.getFirst().index();
    }
}
