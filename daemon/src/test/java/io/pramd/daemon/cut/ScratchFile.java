package io.pramd.daemon.cut;

import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.memory.FileSystem;
import io.pramd.daemon.memory.MemoryObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * One owner. A memory file that becomes one image after the other: only pages that differ are
 * written. Whoever opens it must let this observe what is stored.
 */
final class ScratchFile implements AutoCloseable {
    private final Path path;
    private final FileChannel channel;
    private final Page[] pages; // null: unknown

    /** An existing file, whatever is in it. */
    ScratchFile(Path path, int frames) {
        this.path = path;
        this.pages = new Page[frames];
        try {
            channel =
                    FileChannel.open(
                            path,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path path() {
        return path;
    }

    /** Makes it the image. */
    void become(Image image) {
        for (int pfn = 0; pfn < pages.length; pfn++) {
            Page wanted = image.page(pfn);
            if (pages[pfn] == null || pages[pfn].hash() != wanted.hash()) {
                write(pfn, wanted);
            }
        }
    }

    private void write(int pfn, Page page) {
        try {
            channel.write(ByteBuffer.wrap(page.bytes()), FileLayout.fileOffset(pfn));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        pages[pfn] = page;
    }

    /** The page as it is in the file now. */
    Page read(int pfn) {
        ByteBuffer bytes = ByteBuffer.allocate(FileLayout.FRAME_BYTES);
        try {
            channel.read(bytes, FileLayout.fileOffset(pfn));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        pages[pfn] = new Page(bytes.array());
        return pages[pfn];
    }

    /** Somebody has stored there. */
    void forget(int first, int end) {
        Arrays.fill(pages, first, end, null);
    }

    /** All of it as it is now. */
    Image image() {
        Page[] all = new Page[pages.length];
        for (int pfn = 0; pfn < all.length; pfn++) {
            all[pfn] = read(pfn);
        }
        return new Image(all);
    }

    /** Hears what an opening stores. */
    MemoryObserver observer() {
        return new OnDevice() {
            @Override
            public void written(long fileOffset, long bytes) {
                forget(
                        (int) (fileOffset / FileLayout.FRAME_BYTES),
                        (int) Math.ceilDiv(fileOffset + bytes, FileLayout.FRAME_BYTES));
            }
        };
    }

    /** Says of a file in memory that it is on a device. */
    interface OnDevice extends MemoryObserver {
        @Override
        default FileSystem fileSystem(FileSystem found) {
            return new FileSystem("ext4", FileSystem.Kind.IN_PLACE);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
