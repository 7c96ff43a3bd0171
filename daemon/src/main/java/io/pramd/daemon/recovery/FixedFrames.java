package io.pramd.daemon.recovery;

import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.Magic;
import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.layout.RootSlotLayout;
import io.pramd.daemon.layout.RootSlotLayout.Slot;
import io.pramd.daemon.layout.RunRecordLayout;
import io.pramd.daemon.layout.SequenceRecordLayout;
import io.pramd.daemon.memory.FrameReader;
import io.pramd.daemon.memory.PageChecksum;
import io.pramd.daemon.memory.StoreException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** One owner. Reads root slots and records, each from whichever of its two copies verifies. */
public final class FixedFrames {
    private final FrameReader frames;
    private final byte[] uuid;
    private final PageChecksum checksum = new PageChecksum();
    private final List<String> damage = new ArrayList<>();

    public FixedFrames(FrameReader frames, byte[] uuid) {
        this.frames = frames;
        this.uuid = uuid;
    }

    /**
     * A root slot of which a copy verifies.
     *
     * @param index 0 or 1: which of the two of its kind
     */
    public record ValidSlot(int index, Slot slot) {}

    /** Valid slots of a kind, newest first. */
    public List<ValidSlot> slots(int kind) {
        List<Long> pfns =
                kind == RootSlotLayout.KIND_CURRENT
                        ? FileLayout.CURRENT_SLOT_PFNS
                        : FileLayout.FORCED_SLOT_PFNS;
        List<ValidSlot> valid = new ArrayList<>();
        for (int index = 0; index < pfns.size(); index++) {
            newestCopy(pfns.get(index), kind, index).ifPresent(valid::add);
        }
        valid.sort(
                Comparator.comparingLong((ValidSlot found) -> found.slot().sequence()).reversed());
        return valid;
    }

    private Optional<ValidSlot> newestCopy(long pfn, int kind, int index) {
        Optional<ValidSlot> newest = Optional.empty();
        for (ByteBuffer page : validCopies(pfn, Magic.ROOT_SLOT)) {
            Slot slot = RootSlotLayout.read(page);
            boolean isNewer = newest.isEmpty() || newest.get().slot().sequence() < slot.sequence();
            if (RootSlotLayout.kind(page) == kind && isNewer) {
                newest = Optional.of(new ValidSlot(index, slot));
            }
        }
        return newest;
    }

    /**
     * A valid sequence record.
     *
     * @param index 0 or 1: which of the two
     */
    public record ValidLimit(int index, long limit) {}

    /** The sequence record with the largest limit. */
    public Optional<ValidLimit> sequenceLimit() {
        Optional<ValidLimit> largest = Optional.empty();
        for (int index = 0; index < FileLayout.SEQUENCE_RECORD_PFNS.size(); index++) {
            for (ByteBuffer page :
                    validCopies(
                            FileLayout.SEQUENCE_RECORD_PFNS.get(index), Magic.SEQUENCE_RECORD)) {
                long limit = SequenceRecordLayout.limit(page);
                if (largest.isEmpty() || largest.get().limit() < limit) {
                    largest = Optional.of(new ValidLimit(index, limit));
                }
            }
        }
        return largest;
    }

    /**
     * Whether a sequence record was written and no copy of it verifies: the largest limit may have
     * been in it.
     */
    public boolean hasLostSequenceRecord() {
        return FileLayout.SEQUENCE_RECORD_PFNS.stream()
                .anyMatch(pfn -> isLost(pfn, Magic.SEQUENCE_RECORD));
    }

    private boolean isLost(long pfn, Magic magic) {
        int damageBefore = damage.size();
        return validCopies(pfn, magic).isEmpty() && damage.size() > damageBefore;
    }

    /** Whether a forced slot was written and no copy of it verifies. */
    public boolean hasLostForcedSlot() {
        List<ValidSlot> valid = slots(RootSlotLayout.KIND_FORCED);
        boolean isNew =
                valid.size() == 1
                        && valid.getFirst().slot().sequence() == FirstContents.ROOT_SEQUENCE;
        return valid.size() < FileLayout.FORCED_SLOT_PFNS.size()
                && (!isNew
                        || FileLayout.FORCED_SLOT_PFNS.stream()
                                .anyMatch(pfn -> isLost(pfn, Magic.ROOT_SLOT)));
    }

    /**
     * The note of a force that had not succeeded when the last process ended; 0: none. A record of
     * which no copy can be read may have had one.
     */
    public long interruptedForce() {
        List<ByteBuffer> copies = validCopies(FileLayout.RUN_RECORD_PFN, Magic.RUN_RECORD);
        if (copies.isEmpty()) {
            return isLost(FileLayout.RUN_RECORD_PFN, Magic.RUN_RECORD) ? 1 : 0;
        }
        return RunRecordLayout.read(copies.getFirst()).forceInProgress();
    }

    private List<ByteBuffer> validCopies(long pfn, Magic magic) {
        List<ByteBuffer> valid = new ArrayList<>();
        for (long copy : List.of(pfn, pfn + FileLayout.SECOND_COPY_DISTANCE)) {
            ByteBuffer page = MetadataPage.allocate();
            try {
                frames.read(copy, page);
            } catch (StoreException e) {
                damage.add("frame " + copy + ": " + e.getMessage());
                continue;
            }
            if (MetadataPage.magic(page) == magic.number()
                    && MetadataPage.csum(page) == checksum.ofFixed(uuid, pfn, page)) {
                if (isPossible(magic, page)) {
                    valid.add(page);
                } else {
                    damage.add("frame " + copy + ": " + magic + " with a sequence nobody draws");
                }
            } else if (MetadataPage.magic(page) != 0 || MetadataPage.csum(page) != 0) {
                damage.add("frame " + copy + ": " + magic + " does not verify");
            }
        }
        return valid;
    }

    /** A sequence near the largest number would leave none for what comes after it. */
    private static boolean isPossible(Magic magic, ByteBuffer page) {
        return switch (magic) {
            case ROOT_SLOT -> isDrawn(RootSlotLayout.read(page).sequence());
            case SEQUENCE_RECORD -> isDrawn(SequenceRecordLayout.limit(page) - 1);
            default -> true;
        };
    }

    private static boolean isDrawn(long sequence) {
        return sequence > 0 && sequence < SequenceRecordLayout.SEQUENCE_MAX;
    }

    /** What did not verify, in words. A slot torn by a kill is in here too. */
    public List<String> damage() {
        return damage;
    }
}
