package io.pramd.daemon.recovery;

import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.memory.FileLock;
import io.pramd.daemon.memory.ForceMarker;
import io.pramd.daemon.memory.MemoryFile;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.memory.SuperBlockCopies;
import io.pramd.daemon.node.CrashPoint;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * One owner. Makes a memory file larger that nobody serves, in the order in which a daemon does:
 * the blocks, a force, then the new frame count, one copy of the super block behind the other.
 */
public final class OfflineGrowth {
    private final FileLock lock;
    private final ForceMarker marker;
    private final CrashPoint.Listener crashPoints;

    private OfflineGrowth(FileLock lock, CrashPoint.Listener crashPoints) {
        this.lock = lock;
        this.marker = new ForceMarker(lock.path());
        this.crashPoints = crashPoints;
    }

    /**
     * Grows a file to a size, rounded down to whole pages.
     *
     * @return the bytes that it had before; as many as asked for: nothing was done
     * @throws StoreException EBUSY naming the pid of whoever has the file, EINVAL for a smaller
     *     size or for what is no memory file of this version, EROFS behind a failed force, ENOMEM
     *     or EDQUOT when there is no room, and the file is as it was; EIO when the device fails
     */
    public static long grow(Path file, long bytes) {
        return grow(file, bytes, CrashPoint.Listener.NONE);
    }

    /** The same; a test hears of each step. */
    static long grow(Path file, long bytes, CrashPoint.Listener crashPoints) {
        try (FileLock lock = FileLock.acquire(file)) {
            return new OfflineGrowth(lock, crashPoints).growTo(bytes / FileLayout.FRAME_BYTES);
        }
    }

    private long growTo(long frameCount) {
        if (marker.exists()) {
            throw StoreException.of(
                    Errno.EROFS,
                    "a force failed, and what the file holds is not known before a daemon has"
                            + " started on it: file="
                            + lock.path());
        }
        try (FileChannel channel =
                FileChannel.open(lock.path(), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long before = Identity.read(FileFrames.of(channel)).frameCount();
            require(before, frameCount);
            if (frameCount > before) {
                if (channel.size() > FileLayout.fileOffset(before)) {
                    force(); // no super block on the device says more than is left of the file
                }
                extend(before, frameCount);
                record(channel, frameCount);
            }
            return FileLayout.fileOffset(before);
        } catch (IOException e) {
            throw StoreException.of(
                    Errno.EIO, "cannot grow the memory file: file=" + lock.path() + " " + e);
        }
    }

    private void require(long before, long frameCount) {
        if (frameCount < before || frameCount > FileLayout.FRAMES_MAX) {
            throw StoreException.of(
                    Errno.EINVAL,
                    (frameCount < before
                                    ? "a memory file cannot shrink: size="
                                    : "size of a memory file is out of range: size=")
                            + FileLayout.fileOffset(frameCount)
                            + " now="
                            + FileLayout.fileOffset(before)
                            + " max="
                            + FileLayout.fileOffset(FileLayout.FRAMES_MAX));
        }
    }

    private void extend(long before, long frameCount) {
        MemoryFile.extend(
                lock, FileLayout.fileOffset(before), FileLayout.fileOffset(frameCount - before));
        crashPoints.reached(CrashPoint.FILE_EXTENDED);
    }

    private void record(FileChannel channel, long frameCount) {
        force();
        crashPoints.reached(CrashPoint.EXTENSION_FORCED);
        SuperBlockCopies.read(FileFrames.of(channel))
                .grow(frameCount, (pfn, page) -> storeAndForce(channel, pfn, page));
    }

    private void force() {
        try {
            MemoryFile.force(lock);
        } catch (StoreException e) {
            // what looks clean now may not be on the device
            marker.create(e.getMessage());
            throw e;
        }
    }

    private void storeAndForce(FileChannel channel, long pfn, ByteBuffer page) {
        ByteBuffer source = page.duplicate().clear();
        try {
            while (source.hasRemaining()) {
                channel.write(source, FileLayout.fileOffset(pfn) + source.position());
            }
        } catch (IOException e) {
            throw StoreException.of(
                    Errno.EIO, "cannot write the super block: pfn=" + pfn + " " + e);
        }
        crashPoints.reached(CrashPoint.SUPER_BLOCK_STORED);
        force();
        crashPoints.reached(CrashPoint.SUPER_BLOCK_FORCED);
    }
}
