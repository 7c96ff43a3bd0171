package io.pramd.daemon.recovery;

import io.pramd.daemon.layout.DirectoryLayout;
import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.layout.RootSlotLayout;
import io.pramd.daemon.memory.FrameReader;
import io.pramd.daemon.memory.PageChecksum;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.Root;
import io.pramd.daemon.node.Root.PageRef;
import io.pramd.daemon.recovery.FixedFrames.ValidSlot;
import io.pramd.daemon.recovery.RootChoice.Circumstances;
import io.pramd.protocol.Errno;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * One owner. Lets a file be checked while a daemon changes it. What a root reaches is not
 * overwritten before a newer root is in its slot, so what fails to verify is damage only if it
 * still fails when it is read between two reads of the slots that show the same roots, and is still
 * a part of one of them. Without a daemon the first such try is conclusive.
 */
final class RootWatch {
    /** Tries to find two equal reads of the slots around a suspicion. */
    static final int ATTEMPTS_MAX = 200;

    /** Reads of the slots until one that does not verify counts as lost. */
    private static final int TORN_READS_MAX = 50;

    private final FrameReader frames;
    private final byte[] uuid;
    private final Circumstances now;
    private final TreePages pages;
    private final ByteBuffer page = MetadataPage.allocate();

    /** What became of a suspicion. */
    enum Verdict {
        /** It is damage. */
        CONFIRMED,
        /** It verifies now. */
        FINE,
        /** A newer root does not reach it any more. */
        GONE
    }

    /**
     * The slots at one moment.
     *
     * @param candidates that may hold the root, best first
     * @param forced valid forced slots, newest first
     */
    record Seen(List<ValidSlot> candidates, List<ValidSlot> forced) {
        boolean holds(long sequence) {
            return candidates.stream().anyMatch(slot -> slot.slot().sequence() == sequence)
                    || (!forced.isEmpty() && forced.getFirst().slot().sequence() == sequence);
        }
    }

    RootWatch(FrameReader frames, byte[] uuid, long frameCount, Circumstances now) {
        this.frames = frames;
        this.uuid = uuid;
        this.now = now;
        this.pages = new TreePages(frames, uuid, frameCount, new PageChecksum());
    }

    /**
     * Reads the slots. One of which no copy verifies may have been read while a daemon stored it,
     * and would be taken for the newest root, lost: only what stays so is believed.
     */
    Seen look() {
        for (int attempt = 1; ; attempt++) {
            FixedFrames fixed = new FixedFrames(frames, uuid);
            List<ValidSlot> current = fixed.slots(RootSlotLayout.KIND_CURRENT);
            List<ValidSlot> forced = fixed.slots(RootSlotLayout.KIND_FORCED);
            boolean areAllRead =
                    current.size() == FileLayout.CURRENT_SLOT_PFNS.size()
                            && forced.size() == FileLayout.FORCED_SLOT_PFNS.size();
            if (areAllRead || fixed.damage().isEmpty() || attempt == TORN_READS_MAX) {
                return new Seen(RootChoice.candidates(current, forced, now), forced);
            }
            Thread.yield();
        }
    }

    /** Whether the slot was written since the machine was booted. */
    boolean isOfThisBoot(RootSlotLayout.Slot slot) {
        return slot.bootId().equals(now.bootId());
    }

    /** Whether a force has failed, and no root was forced since. */
    boolean hasForceFailed() {
        return now.hasForceFailed();
    }

    /** The largest limit of a sequence record; 0 when none verifies. */
    long sequenceLimit() {
        return new FixedFrames(frames, uuid)
                .sequenceLimit()
                .map(FixedFrames.ValidLimit::limit)
                .orElse(0L);
    }

    /**
     * Tries a suspicion again under roots that stand still.
     *
     * @param owners what it concerns; when one of them is reached no more, it is gone
     * @param failsAgain reads again whatever looked wrong
     * @throws StoreException EAGAIN when the roots never stood still
     */
    Verdict confirm(List<Owner> owners, BooleanSupplier failsAgain) {
        for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
            Seen before = look();
            boolean isGone = owners.stream().anyMatch(owner -> !isReached(owner, before));
            boolean isFine = !isGone && !failsAgain.getAsBoolean();
            if (look().equals(before)) {
                return isGone ? Verdict.GONE : isFine ? Verdict.FINE : Verdict.CONFIRMED;
            }
            if (isFine) {
                return Verdict.FINE;
            }
        }
        throw StoreException.of(
                Errno.EAGAIN,
                "the file never stood still long enough to tell damage from change: attempts="
                        + ATTEMPTS_MAX);
    }

    /** Whether a page found earlier still has its place. */
    boolean isReached(Owner owner, Seen seen) {
        if (seen.holds(owner.root())) {
            return true;
        }
        if (owner.isForced() || seen.candidates().isEmpty()) {
            return false;
        }
        return find(Root.of(seen.candidates().getFirst().slot()), owner.level(), owner.index())
                .map(ref -> ref.csum() == owner.csum() && ref.pfn1() == owner.pfn())
                .orElse(false);
    }

    /**
     * What a tree has at a position now.
     *
     * @param level {@link Owner#NODE} for a leaf entry, whose second pfn is 0
     */
    Optional<PageRef> find(Root root, int level, long index) {
        if (level > root.level() || index >= entriesAt(root.level() - level)) {
            return Optional.empty();
        }
        PageRef ref = root.top();
        for (int at = root.level(); at > level; at--) {
            if (!pages.readGood(at, ref, page)) {
                return Optional.empty();
            }
            int entry = (int) (index / entriesAt(at - level - 1) % DirectoryLayout.ENTRIES);
            ref = at == 0 ? TreePages.leafEntry(page, entry) : TreePages.innerEntry(page, entry);
            if (!ref.exists()) {
                return Optional.empty();
            }
        }
        return Optional.of(ref);
    }

    /** Positions so many levels below one page. */
    private static long entriesAt(int levelsBelow) {
        long entries = 1;
        for (int level = 0; level < levelsBelow; level++) {
            entries *= DirectoryLayout.ENTRIES;
        }
        return entries;
    }
}
