package io.pramd.daemon.fuzz;

import io.pramd.daemon.fixture.CraftedFile;
import io.pramd.daemon.flip.FlipScene;
import io.pramd.daemon.flip.FrameOwners;
import io.pramd.daemon.flip.FrameOwners.Owned;
import io.pramd.daemon.flip.FrameOwners.Role;
import io.pramd.daemon.layout.DirectoryLayout;
import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.layout.NodeLayout;
import io.pramd.daemon.layout.RootSlotLayout;
import io.pramd.daemon.layout.SuperBlockLayout;
import io.pramd.daemon.memory.PageChecksum;
import io.pramd.daemon.memory.PageChecksum.LinkPlace;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * One owner. The bytes of a memory file with changes of single fields, sealed where wanted: every
 * checksum from the changed page up to the root slots is right again, so that what stands behind
 * the checksums is reached.
 */
final class CraftedImage {
    private static final int CSUM_OF_ROOT = CraftedFile.offset(RootSlotLayout.FIELDS, "root_csum");
    private static final int FRAME_COUNT =
            CraftedFile.offset(SuperBlockLayout.FIELDS, "frame_count");

    /** Between these a file would really be made as large as its super block says. */
    private static final long FRAMES_HARMLESS = 2 * FileLayout.FRAMES_MIN;

    private static final long FRAMES_IMPOSSIBLE = 1L << 44;

    private final byte[] original;
    private final byte[] image;
    private final byte[] uuid;
    private final Map<Long, Owned> frames;
    private final PageChecksum checksum = new PageChecksum();
    private final TreeSet<Long> toSeal = new TreeSet<>();

    CraftedImage(FlipScene scene, FrameOwners owners) {
        original = scene.image();
        image = original.clone();
        frames = owners.byPfn();
        uuid = SuperBlockLayout.uuid(page(original, 0));
    }

    byte[] bytes() {
        return image;
    }

    private static ByteBuffer page(byte[] bytes, long pfn) {
        int at = (int) FileLayout.fileOffset(pfn);
        return ByteBuffer.wrap(bytes, at, FileLayout.FRAME_BYTES)
                .slice()
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    private ByteBuffer page(long pfn) {
        return page(image, pfn);
    }

    /** A page of its own, as the checksums want it. */
    private ByteBuffer copy(long pfn) {
        ByteBuffer copy = MetadataPage.allocate();
        copy.put(0, page(pfn), 0, FileLayout.FRAME_BYTES);
        return copy;
    }

    /**
     * Puts a number into a page, and into the other copy of a directory page.
     *
     * @param bytes 1, 2, 4 or 8
     */
    void put(long pfn, int offset, int bytes, long number, boolean isSealed) {
        for (long copy : copies(pfn)) {
            ByteBuffer page = page(copy);
            for (int i = 0; i < bytes && offset + i < FileLayout.FRAME_BYTES; i++) {
                page.put(offset + i, (byte) (number >>> (i * Byte.SIZE)));
            }
            if (isSealed) {
                toSeal.add(copy);
            }
        }
    }

    private List<Long> copies(long pfn) {
        if (frames.get(pfn).role() != Role.DIRECTORY) {
            return List.of(pfn);
        }
        List<Long> copies = new ArrayList<>();
        frames.forEach(
                (other, owned) -> {
                    boolean isTwin =
                            owned.role() == Role.DIRECTORY
                                    && page(original, other).equals(page(original, pfn));
                    if (isTwin) {
                        copies.add(other);
                    }
                });
        return copies;
    }

    /** Makes the checksums right, from the links to the slots. */
    void seal() {
        keepSmallOrImpossible();
        for (Role role : List.of(Role.LINK, Role.NODE)) {
            changed(role).forEach(this::sealPage);
        }
        for (int level = 0; level <= DirectoryLayout.LEVEL_MAX; level++) {
            for (long pfn : changed(Role.DIRECTORY)) {
                if (DirectoryLayout.level(page(original, pfn)) == level) {
                    sealPage(pfn);
                }
            }
        }
        changed(Role.FIXED).forEach(this::sealPage);
    }

    private List<Long> changed(Role role) {
        return toSeal.stream().filter(pfn -> frames.get(pfn).role() == role).toList();
    }

    private void sealPage(long pfn) {
        int sum = sum(pfn, copy(pfn));
        MetadataPage.csum(page(pfn), sum);
        frames.forEach((above, owned) -> nameIn(above, owned, pfn, sum));
    }

    private int sum(long pfn, ByteBuffer page) {
        return switch (frames.get(pfn).role()) {
            case LINK -> checksum.ofLink(uuid, place(pfn), page);
            case NODE -> checksum.ofNode(uuid, pfn, NodeLayout.sequence(page), page);
            case DIRECTORY -> checksum.ofDirectory(uuid, page);
            default ->
                    pfn % FileLayout.SECOND_COPY_DISTANCE == 0
                            ? checksum.ofSuperBlock(page)
                            : checksum.ofFixed(uuid, pfn % FileLayout.SECOND_COPY_DISTANCE, page);
        };
    }

    /** Where a link was: at the beginning, since no stream here has two. */
    private LinkPlace place(long link) {
        for (long pfn : frames.keySet()) {
            ByteBuffer node = page(original, pfn);
            if (frames.get(pfn).role() == Role.NODE && NodeLayout.linkPfn(node) == link) {
                return new LinkPlace(link, NodeLayout.streamSequence(node), 0);
            }
        }
        throw new AssertionError("a link of no node: pfn=" + link);
    }

    /** Writes the checksum into whatever names the page. */
    private void nameIn(long above, Owned owned, long pfn, int sum) {
        ByteBuffer page = page(above);
        if (owned.role() == Role.DIRECTORY) {
            boolean isLeaf = DirectoryLayout.level(page) == 0;
            for (int entry = 0; entry < DirectoryLayout.ENTRIES; entry++) {
                if (isLeaf && DirectoryLayout.leafPfn(page, entry) == pfn) {
                    int tag = DirectoryLayout.leafTag(page, entry);
                    DirectoryLayout.leafEntry(page, entry, tag, sum, pfn);
                    toSeal.add(above);
                } else if (!isLeaf
                        && pfn != 0
                        && (DirectoryLayout.innerPfn1(page, entry) == pfn
                                || DirectoryLayout.innerPfn2(page, entry) == pfn)) {
                    DirectoryLayout.innerEntry(
                            page,
                            entry,
                            sum,
                            DirectoryLayout.innerPfn1(page, entry),
                            DirectoryLayout.innerPfn2(page, entry));
                    toSeal.add(above);
                }
            }
        } else if (owned.role() == Role.FIXED && isSlot(above)) {
            RootSlotLayout.Slot slot = RootSlotLayout.read(page);
            if (pfn != 0 && (slot.rootPfn1() == pfn || slot.rootPfn2() == pfn)) {
                page.putInt(CSUM_OF_ROOT, sum);
                toSeal.add(above);
            }
        }
    }

    private static boolean isSlot(long pfn) {
        long first = pfn % FileLayout.SECOND_COPY_DISTANCE;
        return FileLayout.CURRENT_SLOT_PFNS.contains(first)
                || FileLayout.FORCED_SLOT_PFNS.contains(first);
    }

    private void keepSmallOrImpossible() {
        for (long pfn : List.of(0L, (long) FileLayout.SECOND_COPY_DISTANCE)) {
            long count = page(pfn).getLong(FRAME_COUNT);
            if (count > FRAMES_HARMLESS && count < FRAMES_IMPOSSIBLE) {
                page(pfn).putLong(FRAME_COUNT, count | FRAMES_IMPOSSIBLE);
            }
        }
    }

    /**
     * Frames whose fields are worth changing: metadata, as the newest or the forced root has it.
     */
    static List<Long> metadata(FrameOwners owners) {
        return owners.byPfn().entrySet().stream()
                .filter(frame -> frame.getValue().role() != Role.DATA)
                .filter(frame -> frame.getValue().role() != Role.RESERVED)
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Whether nothing was changed. */
    boolean isOriginal() {
        return Arrays.equals(image, original);
    }
}
