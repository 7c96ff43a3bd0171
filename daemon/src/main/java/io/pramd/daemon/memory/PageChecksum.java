package io.pramd.daemon.memory;

import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.MetadataPage;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * One owner. CRC32C of data pages and of metadata pages. No intrinsic ever reads mapped memory: on
 * a page that has lost its backing it would kill the JVM, where a {@link MemorySegment} copy throws
 * an InternalError. So a page is copied to a heap scratch first and summed there.
 */
public final class PageChecksum {
    private static final byte[] CSUM_AS_ZERO = new byte[Integer.BYTES];

    private final CRC32C crc = new CRC32C();
    private final byte[] scratch = new byte[FileLayout.FRAME_BYTES];
    private final MemorySegment scratchSegment = MemorySegment.ofArray(scratch);
    private final byte[] binding = new byte[Long.BYTES * 3];
    private final ByteBuffer bindingLongs = ByteBuffer.wrap(binding).order(ByteOrder.LITTLE_ENDIAN);

    /** CRC32C of a data page in mapped memory; InternalError when it has lost its backing. */
    public int ofPage(MemorySegment memory, long offset) {
        MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, offset, scratch, 0, scratch.length);
        CopyFault.raise();
        return ofScratch();
    }

    /** CRC32C of a data page in the heap. */
    public int ofPage(ByteBuffer page) {
        crc.reset();
        crc.update(page.array(), page.arrayOffset(), FileLayout.FRAME_BYTES);
        return (int) crc.getValue();
    }

    /**
     * Whether the page last summed by {@link #ofPage(MemorySegment, long)} holds only zeros from an
     * offset on.
     */
    public boolean isZeroFrom(int offset) {
        long tail = (long) scratch.length - offset;
        MemorySegment zeros = MemorySegment.ofArray(new byte[(int) tail]);
        return scratchSegment.asSlice(offset, tail).mismatch(zeros) == -1;
    }

    /**
     * Sum of a super block: its bytes with csum as zero, and nothing else, so that it can be read
     * without knowing.
     */
    public int ofSuperBlock(ByteBuffer page) {
        crc.reset();
        return finish(page);
    }

    /** Sum of a directory page: UUID, bytes. Twins are equal, so no pfn. */
    public int ofDirectory(byte[] uuid, ByteBuffer page) {
        return bound(uuid, page, 0);
    }

    /** Sum of a root slot or record: UUID, the first copy's pfn, bytes. Both copies are equal. */
    public int ofFixed(byte[] uuid, long firstCopyPfn, ByteBuffer page) {
        bindingLongs.putLong(0, firstCopyPfn);
        return bound(uuid, page, 1);
    }

    /** Sum of a node page: UUID, its pfn, its sequence, bytes. */
    public int ofNode(byte[] uuid, long pfn, long sequence, ByteBuffer page) {
        bindingLongs.putLong(0, pfn).putLong(Long.BYTES, sequence);
        return bound(uuid, page, 2);
    }

    /**
     * Sum of a link: UUID, its pfn, the stream's sequence, its position in the chain from 0, bytes.
     */
    public int ofLink(byte[] uuid, LinkPlace place, ByteBuffer page) {
        bindingLongs
                .putLong(0, place.pfn())
                .putLong(Long.BYTES, place.streamSequence())
                .putLong(2 * Long.BYTES, place.position());
        return bound(uuid, page, 3);
    }

    /** Where a link stands, so that no other link verifies in its place. */
    public record LinkPlace(long pfn, long streamSequence, long position) {}

    /** CRC32C of a name's UTF-8 bytes: the tag of its leaf entry. */
    public int ofName(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        crc.reset();
        crc.update(bytes, 0, bytes.length);
        return (int) crc.getValue();
    }

    private int bound(byte[] uuid, ByteBuffer page, int longs) {
        crc.reset();
        crc.update(uuid, 0, uuid.length);
        crc.update(binding, 0, longs * Long.BYTES);
        return finish(page);
    }

    private int finish(ByteBuffer page) {
        int behind = MetadataPage.CSUM_OFFSET + Integer.BYTES;
        crc.update(page.array(), page.arrayOffset(), MetadataPage.CSUM_OFFSET);
        crc.update(CSUM_AS_ZERO, 0, CSUM_AS_ZERO.length);
        crc.update(page.array(), page.arrayOffset() + behind, FileLayout.FRAME_BYTES - behind);
        return (int) crc.getValue();
    }

    private int ofScratch() {
        crc.reset();
        crc.update(scratch, 0, scratch.length);
        return (int) crc.getValue();
    }
}
