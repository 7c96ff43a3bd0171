package io.pramd.daemon.recovery;

import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.memory.FileHoles;
import io.pramd.daemon.memory.FileLock;
import io.pramd.daemon.memory.ForceMarker;
import io.pramd.daemon.memory.FrameReader;
import io.pramd.daemon.memory.FrameWriter;
import io.pramd.daemon.memory.MemoryFile;
import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** One owner. A memory file that nobody serves, to be changed: stored by single frames. */
interface RestingFile extends FrameReader, FrameWriter {

    /**
     * All that was stored is on the device.
     *
     * @throws StoreException EIO, and a marker is left that makes the next start look at what the
     *     device has
     */
    void force();

    /**
     * The first frame from {@code pfn} on that may have been stored, negative when there is none:
     * those between hold zeros. Any that has been read lately may be said to have been stored.
     */
    default long nextStored(long pfn) {
        return pfn < frameCount() ? pfn : -1;
    }

    /** How many frames it has, whatever its super block says. */
    long frameCount();

    /** The file ends behind so many frames. */
    void truncate(long frameCount);

    /** The real one, under its lock. */
    static RestingFile of(FileLock lock, FileChannel channel) {
        FrameReader reader = FileFrames.of(channel);
        return new RestingFile() {
            @Override
            public void read(long pfn, ByteBuffer page) {
                reader.read(pfn, page);
            }

            @Override
            public void readRun(long pfn, ByteBuffer pages) {
                reader.readRun(pfn, pages);
            }

            @Override
            public long nextStored(long pfn) {
                return FileHoles.nextStored(lock, pfn);
            }

            @Override
            public void store(long pfn, ByteBuffer page) {
                write(channel, pfn, page.duplicate().clear());
            }

            @Override
            public void force() {
                try {
                    MemoryFile.force(lock);
                } catch (StoreException e) {
                    // what looks clean now may not be on the device
                    new ForceMarker(lock.path()).create(e.getMessage());
                    throw e;
                }
            }

            @Override
            public long frameCount() {
                try {
                    return channel.size() / FileLayout.FRAME_BYTES;
                } catch (IOException e) {
                    throw StoreException.of(Errno.EIO, "cannot ask for the file's size: " + e);
                }
            }

            @Override
            public void truncate(long frameCount) {
                MemoryFile.truncate(lock, FileLayout.fileOffset(frameCount));
            }
        };
    }

    private static void write(FileChannel channel, long pfn, ByteBuffer source) {
        try {
            while (source.hasRemaining()) {
                channel.write(source, FileLayout.fileOffset(pfn) + source.position());
            }
        } catch (IOException e) {
            throw StoreException.of(Errno.EIO, "cannot store a frame: pfn=" + pfn + " " + e);
        }
    }
}
