package io.pramd.daemon.memory;

import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.Magic;
import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.layout.SuperBlockLayout;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Immutable. Both copies of the super block as read. They differ only when a growth was cut off:
 * one copy is stored and forced before the other, and only when the file has its new size, so the
 * one with more frames counts.
 */
public final class SuperBlockCopies {
    /** The copies, in the order in which a growth stores them. */
    private static final List<Long> PFNS =
            List.of(
                    FileLayout.SUPER_BLOCK_PFN,
                    FileLayout.SUPER_BLOCK_PFN + FileLayout.SECOND_COPY_DISTANCE);

    private final List<Copy> copies;

    /** One copy, and what is wrong with it: empty when it is whole. */
    private record Copy(long pfn, ByteBuffer page, Optional<String> fault) {
        boolean isWhole() {
            return fault.isEmpty();
        }

        long frameCount() {
            return SuperBlockLayout.frameCount(page);
        }
    }

    /** Stores a copy and forces it. */
    @FunctionalInterface
    public interface Writer {
        void storeAndForce(long pfn, ByteBuffer page);
    }

    private SuperBlockCopies(List<Copy> copies) {
        this.copies = copies;
    }

    public static SuperBlockCopies read(FrameReader frames) {
        return new SuperBlockCopies(PFNS.stream().map(pfn -> read(frames, pfn)).toList());
    }

    private static Copy read(FrameReader frames, long pfn) {
        ByteBuffer page = MetadataPage.allocate();
        try {
            frames.read(pfn, page);
        } catch (StoreException e) {
            String fault = "super block copy at frame " + pfn + ": " + e.getMessage();
            return new Copy(pfn, page, Optional.of(fault));
        }
        boolean isWhole =
                isSuperBlock(page)
                        && MetadataPage.csum(page) == new PageChecksum().ofSuperBlock(page);
        String fault = "super block copy at frame " + pfn + " does not verify";
        return new Copy(pfn, page, isWhole ? Optional.empty() : Optional.of(fault));
    }

    private static boolean isSuperBlock(ByteBuffer page) {
        return MetadataPage.magic(page) == Magic.SUPER_BLOCK.number();
    }

    /** Whether a copy looks like one, whole or not. */
    public boolean hasMagic() {
        return copies.stream().anyMatch(copy -> isSuperBlock(copy.page()));
    }

    /** What is wrong with copies that do not verify. */
    public List<String> damage() {
        return copies.stream().flatMap(copy -> copy.fault().stream()).toList();
    }

    /** The frames of copies that do not verify. */
    public List<Long> badPfns() {
        return copies.stream().filter(copy -> !copy.isWhole()).map(Copy::pfn).toList();
    }

    /** The copy that counts; empty when none verifies. */
    public Optional<ByteBuffer> newest() {
        return newestCopy().map(Copy::page);
    }

    private Optional<Copy> newestCopy() {
        Optional<Copy> newest = Optional.empty();
        for (Copy copy : copies) {
            boolean isNewer =
                    newest.isEmpty()
                            || isSameFile(newest.get(), copy)
                                    && copy.frameCount() > newest.get().frameCount();
            if (copy.isWhole() && isNewer) {
                newest = Optional.of(copy);
            }
        }
        return newest;
    }

    private static boolean isSameFile(Copy one, Copy other) {
        return Arrays.equals(
                SuperBlockLayout.uuid(one.page()), SuperBlockLayout.uuid(other.page()));
    }

    /** Whether both copies, as far as they verify, say the same size here and there. */
    public boolean hasSameFramesAs(SuperBlockCopies other) {
        return frameCounts().equals(other.frameCounts());
    }

    private List<Long> frameCounts() {
        return copies.stream().map(copy -> copy.isWhole() ? copy.frameCount() : 0).toList();
    }

    /** Whether both verify, and one says fewer frames than the other. */
    public boolean isGrowthCutOff() {
        return newestCopy()
                .filter(newest -> copies.stream().anyMatch(copy -> isOlder(copy, newest)))
                .isPresent();
    }

    private static boolean isOlder(Copy copy, Copy newest) {
        return copy.isWhole()
                && isSameFile(copy, newest)
                && copy.frameCount() < newest.frameCount();
    }

    /**
     * Whether what is wrong with the copies may be what a kill in the middle of a growth's store
     * leaves: a part of what the growth changes is there, the rest is not.
     *
     * @param fileFrames frames that the file has: more than the first copy said when it was stored
     */
    public boolean isTornByGrowth(long fileFrames) {
        Optional<Copy> whole = newestCopy();
        Optional<Copy> torn = copies.stream().filter(copy -> !copy.isWhole()).findFirst();
        if (whole.isEmpty() || torn.isEmpty()) {
            return false;
        }
        boolean isFirst = torn.get() == copies.getFirst();
        boolean mayHaveGrown = !isFirst || fileFrames > whole.get().frameCount();
        return mayHaveGrown
                && SuperBlockLayout.differOnlyInFrameCount(torn.get().page(), whole.get().page());
    }

    /**
     * Makes both copies the one that counts; it is not stored itself. Nothing where they are.
     *
     * @return whether anything was stored
     */
    public boolean repair(Writer writer) {
        Copy newest = newestCopy().orElseThrow();
        boolean isStored = false;
        for (Copy copy : copies) {
            if (!copy.isWhole() || isOlder(copy, newest)) {
                writer.storeAndForce(copy.pfn(), newest.page());
                isStored = true;
            }
        }
        return isStored;
    }

    /**
     * Stores a new frame count, into one copy and into the other when that one is forced. Both are
     * made equal before: one of them is whole at any time, and says as many frames as are in use.
     */
    public void grow(long frameCount, Writer writer) {
        Copy newest = newestCopy().orElseThrow();
        ByteBuffer page = MetadataPage.allocate().put(0, newest.page(), 0, FileLayout.FRAME_BYTES);
        SuperBlockLayout.frameCount(page, frameCount);
        MetadataPage.csum(page, new PageChecksum().ofSuperBlock(page));
        repair(writer);
        copies.forEach(copy -> writer.storeAndForce(copy.pfn(), page));
    }
}
