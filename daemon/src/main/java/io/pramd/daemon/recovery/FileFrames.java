package io.pramd.daemon.recovery;

import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.memory.FrameReader;
import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Immutable. Frames of a file that is only looked at: read by pread, never mapped. */
public final class FileFrames {
    private FileFrames() {}

    /** Reads frames of an open file, which the caller closes. */
    public static FrameReader of(FileChannel file) {
        return (pfn, page) -> read(file, pfn, page);
    }

    private static void read(FileChannel file, long pfn, ByteBuffer page) {
        ByteBuffer target = page.duplicate().clear();
        try {
            while (target.hasRemaining()) {
                if (file.read(target, FileLayout.fileOffset(pfn) + target.position()) < 0) {
                    throw StoreException.of(
                            Errno.EIO,
                            "file ends before frame: pfn=" + pfn + " size=" + file.size());
                }
            }
        } catch (IOException e) {
            throw StoreException.of(Errno.EIO, "cannot read frame: pfn=" + pfn + " " + e);
        }
    }
}
