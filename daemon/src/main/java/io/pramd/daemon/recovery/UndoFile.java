package io.pramd.daemon.recovery;

import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.memory.FrameReader;
import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * Immutable. What was in the frames that a repair stores into, so that it can be taken back, and
 * the checksum of what it stores, so that it is taken back from nothing else. Little-endian: magic
 * and version, the memory file's UUID, the number of frames; of each frame its pfn, the checksum of
 * the new contents and the old contents; and a CRC32C of all that.
 *
 * @param frames by pfn, in the order in which they are stored
 */
record UndoFile(byte[] uuid, Map<Long, Undone> frames) {
    private static final byte[] MAGIC = {'p', 'r', 'a', 'm', 'u', 'n', 'd', '1'};
    private static final int HEAD_BYTES = MAGIC.length + 16 + Integer.BYTES;
    private static final int FRAME_BYTES = Long.BYTES + Integer.BYTES + FileLayout.FRAME_BYTES;

    /** One frame. */
    record Undone(int csumAfter, ByteBuffer before) {}

    /** Of a plan that has not been carried out. */
    static UndoFile of(byte[] uuid, RepairPlan plan, FrameReader reader) {
        Map<Long, Undone> frames = new LinkedHashMap<>();
        plan.all()
                .forEach(
                        (pfn, after) -> {
                            ByteBuffer before = MetadataPage.allocate();
                            reader.read(pfn, before);
                            frames.put(pfn, new Undone(csum(after), before));
                        });
        return new UndoFile(uuid, frames);
    }

    static int csum(ByteBuffer page) {
        CRC32C crc = new CRC32C();
        crc.update(page.duplicate().clear());
        return (int) crc.getValue();
    }

    /**
     * Writes it, durably.
     *
     * @throws StoreException EEXIST when there is such a file, EIO when it cannot be written
     */
    void write(Path path) {
        ByteBuffer all =
                ByteBuffer.allocate(HEAD_BYTES + frames.size() * FRAME_BYTES + Integer.BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN);
        all.put(MAGIC).put(uuid).putInt(frames.size());
        frames.forEach(
                (pfn, undone) ->
                        all.putLong(pfn)
                                .putInt(undone.csumAfter())
                                .put(undone.before().duplicate().clear()));
        all.putInt(csumOf(all));
        try (FileChannel file =
                FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            all.flip();
            while (all.hasRemaining()) {
                file.write(all);
            }
            file.force(true);
        } catch (FileAlreadyExistsException e) {
            throw StoreException.of(
                    Errno.EEXIST, "there is an undo file already, move it away: file=" + path);
        } catch (IOException e) {
            throw StoreException.of(Errno.EIO, "cannot write the undo file: " + e);
        }
        forceFolder(path);
    }

    private static void forceFolder(Path path) {
        try (FileChannel folder =
                FileChannel.open(path.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            folder.force(true);
        } catch (IOException e) {
            throw StoreException.of(Errno.EIO, "cannot force the undo file's folder: " + e);
        }
    }

    private static int csumOf(ByteBuffer all) {
        CRC32C crc = new CRC32C();
        crc.update(all.duplicate().flip());
        return (int) crc.getValue();
    }

    /**
     * Reads one.
     *
     * @throws StoreException ENOENT, EIO, or EINVAL when it is no whole undo file
     */
    static UndoFile read(Path path) {
        ByteBuffer all;
        try {
            all = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
        } catch (NoSuchFileException e) {
            throw StoreException.of(Errno.ENOENT, "no such undo file: file=" + path);
        } catch (IOException e) {
            throw StoreException.of(Errno.EIO, "cannot read the undo file: " + e);
        }
        int body = all.capacity() - Integer.BYTES;
        boolean isWhole =
                body >= HEAD_BYTES
                        && (body - HEAD_BYTES) % FRAME_BYTES == 0
                        && all.getInt(body) == csumOf(all.duplicate().position(body));
        byte[] magic = new byte[MAGIC.length];
        byte[] uuid = new byte[16];
        if (isWhole) {
            all.get(magic).get(uuid);
        }
        if (!isWhole || !Arrays.equals(magic, MAGIC)) {
            throw StoreException.of(Errno.EINVAL, "not a whole undo file: file=" + path);
        }
        Map<Long, Undone> frames = new LinkedHashMap<>();
        for (int left = all.getInt(); left > 0 && all.position() < body; left--) {
            long pfn = all.getLong();
            int csumAfter = all.getInt();
            ByteBuffer before = MetadataPage.allocate();
            all.get(before.array());
            frames.put(pfn, new Undone(csumAfter, before));
        }
        return new UndoFile(uuid, frames);
    }
}
