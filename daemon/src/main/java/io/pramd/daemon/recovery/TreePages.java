package io.pramd.daemon.recovery;

import io.pramd.daemon.layout.DirectoryLayout;
import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.Magic;
import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.memory.FrameReader;
import io.pramd.daemon.memory.PageChecksum;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.Root.PageRef;
import java.nio.ByteBuffer;
import java.util.Optional;

/** One owner. Reads single directory pages and says what is wrong with one. */
final class TreePages {
    private final FrameReader frames;
    private final byte[] uuid;
    private final long frameCount;
    private final PageChecksum checksum;

    TreePages(FrameReader frames, byte[] uuid, long frameCount, PageChecksum checksum) {
        this.frames = frames;
        this.uuid = uuid;
        this.frameCount = frameCount;
        this.checksum = checksum;
    }

    /** What is wrong with one copy; empty when it is whole, and in the page then. */
    Optional<String> fault(int level, PageRef ref, long pfn, ByteBuffer page) {
        if (pfn <= 0 || pfn >= frameCount || FileLayout.isFixed(pfn)) {
            return Optional.of("no usable frame: pfn=" + pfn + " frames=" + frameCount);
        }
        try {
            frames.read(pfn, page);
        } catch (StoreException e) {
            return Optional.of(e.getMessage());
        }
        int sum = checksum.ofDirectory(uuid, page);
        boolean isGood =
                MetadataPage.magic(page) == Magic.DIRECTORY.number()
                        && DirectoryLayout.level(page) == level
                        && MetadataPage.csum(page) == ref.csum()
                        && sum == ref.csum();
        return isGood
                ? Optional.empty()
                : Optional.of(
                        String.format(
                                "magic=%08x level=%d csum=%08x sum=%08x",
                                MetadataPage.magic(page),
                                DirectoryLayout.level(page),
                                MetadataPage.csum(page),
                                sum));
    }

    /** Reads the first whole copy; answers whether there is one. */
    boolean readGood(int level, PageRef ref, ByteBuffer page) {
        return fault(level, ref, ref.pfn1(), page).isEmpty()
                || fault(level, ref, ref.pfn2(), page).isEmpty();
    }

    static PageRef innerEntry(ByteBuffer page, int entry) {
        return new PageRef(
                DirectoryLayout.innerCsum(page, entry),
                DirectoryLayout.innerPfn1(page, entry),
                DirectoryLayout.innerPfn2(page, entry));
    }

    /** A leaf entry without its tag. */
    static PageRef leafEntry(ByteBuffer page, int entry) {
        return new PageRef(
                DirectoryLayout.leafCsum(page, entry), DirectoryLayout.leafPfn(page, entry), 0);
    }
}
