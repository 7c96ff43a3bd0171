package io.pramd.daemon.memory;

import io.pramd.daemon.layout.FileLayout;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Thread-safe. The memory file, mapped once. Whole metadata pages are copied in, on a device by
 * pwrite; page data is received into and sent from slices. Metadata is read back by pread, so that
 * a page without backing is an error and never a fault.
 *
 * <p>Every change of mapped bytes is announced to the {@link MemoryObserver}, also those that the
 * kernel writes while it reads a socket: those by {@link #announceWritten}.
 */
public final class MappedMemory implements FrameReader, AutoCloseable {
    /** Address space reserved, so that a file can grow this far without a new mapping: 1 TiB. */
    public static final long ADDRESS_BYTES_MIN = 1L << 40;

    /** Frames that one force of a growth covers, so that other forces come in between: 256 MiB. */
    private static final long GROWTH_FORCE_FRAMES = 1 << 16;

    /** So few frames are copied, guarded, and the question costs as much as that does. */
    private static final int UNASKED_FRAMES_MAX = 4;

    private final FileLock lock;
    private volatile String lostName = "";
    private final Mapping mapping;
    private final FileChannel channel;
    private final FileStores stores;
    private volatile long frameCount;
    private final FileSystem fileSystem;
    private final MemoryObserver observer;
    private final Forcer forcer;
    private final PopulatedFrames populated;

    private MappedMemory(
            FileLock lock, FileChannel channel, long frameCount, MemoryObserver observer)
            throws IOException {
        this.lock = lock;
        this.channel = channel;
        this.frameCount = frameCount;
        this.observer = observer;
        this.fileSystem = observer.fileSystem(FileSystem.of(lock.path()));
        this.mapping = Mapping.of(lock, addressBytes(frameCount));
        this.stores = new FileStores(lock.fd());
        WriteBack writeBack = WriteBack.of(mapping.segment(), lock.fd(), fileSystem);
        this.forcer = new Forcer(writeBack, frameCount, observer);
        this.populated = new PopulatedFrames(mapping.segment().byteSize());
    }

    /**
     * Maps a locked file of at least {@code frameCount} frames. The memory owns the lock from here
     * on.
     *
     * @throws StoreException EIO when the kernel refuses
     */
    public static MappedMemory open(FileLock lock, long frameCount, MemoryObserver observer) {
        try {
            FileChannel channel =
                    FileChannel.open(
                            lock.path(), StandardOpenOption.READ, StandardOpenOption.WRITE);
            return new MappedMemory(lock, channel, frameCount, observer);
        } catch (IOException | Native.NativeException e) {
            throw StoreException.of(
                    Errno.EIO, "cannot map the memory file: file=" + lock.path() + " " + e);
        }
    }

    private static long addressBytes(long frameCount) {
        long address = ADDRESS_BYTES_MIN;
        while (address < 2 * FileLayout.fileOffset(frameCount)) {
            address *= 2;
        }
        return address;
    }

    public Path path() {
        return lock.path();
    }

    /** What has become of the file's name, for people; empty: it is still its. Info has it too. */
    public String lookForName() {
        lostName = lock.lostName().orElse("");
        return lostName;
    }

    public long frameCount() {
        return frameCount;
    }

    /** Frames that the file can grow to without a new mapping. */
    public long frameCountMax() {
        return mapping.segment().byteSize() / FileLayout.FRAME_BYTES;
    }

    /**
     * Gives the file its blocks up to a new end, and forces them. Nothing uses them yet. Blocks;
     * long where the file system cannot preallocate.
     *
     * @param newFrameCount at most {@link #frameCountMax}
     * @param force runs a force, noted as one that is under way
     * @param extended called when the file is longer, and before that is forced
     * @throws StoreException as {@link MemoryFile#extend}, and what it had it has; EIO, outcome
     *     unknown, when the force fails
     */
    public void extend(long newFrameCount, Consumer<Runnable> force, Runnable extended) {
        long begin = frameCount;
        MemoryFile.extend(
                lock, FileLayout.fileOffset(begin), FileLayout.fileOffset(newFrameCount - begin));
        extended.run();
        for (long pfn = begin; pfn < newFrameCount; pfn += GROWTH_FORCE_FRAMES) {
            long from = pfn;
            long frames = Math.min(newFrameCount - from, GROWTH_FORCE_FRAMES);
            force.accept(() -> forcer.forceFrames(from, frames));
        }
    }

    /** The file has so many frames from here on. */
    public void grown(long newFrameCount) {
        forcer.grown(newFrameCount);
        frameCount = newFrameCount;
    }

    /** False on tmpfs, where a power cut leaves nothing and a force is nothing. */
    public boolean isOnDevice() {
        return fileSystem.isOnDevice();
    }

    /** Figures for people and monitoring. */
    public Map<String, Object> info() {
        Map<String, Object> info = new LinkedHashMap<>();
        long frames = frameCount; // once: the file may just be growing
        info.put("memory.file", path().toString());
        info.put("memory.fault", lostName);
        info.put("memory.bytes", FileLayout.fileOffset(frames));
        info.put("memory.bytesMax", FileLayout.fileOffset(frameCountMax()));
        info.put("memory.fileSystem", fileSystem.name());
        info.put("memory.onDevice", fileSystem.isOnDevice());
        info.put("memory.copyOnWrite", fileSystem.isCopyOnWrite());
        info.put("frames.total", frames);
        return info;
    }

    public FileSystem fileSystem() {
        return fileSystem;
    }

    public Forcer forcer() {
        return forcer;
    }

    /**
     * Stores a whole metadata page.
     *
     * @throws StoreException EIO when the frame has lost its backing
     */
    public void store(long pfn, ByteBuffer page) {
        ByteBuffer whole = page.duplicate().clear();
        if (isOnDevice()) {
            write(pfn, whole);
            return;
        }
        copy(MemorySegment.ofBuffer(whole), frames(pfn, 1));
        if (!populated.hasAll(pfn, 1)) {
            populated.add(pfn, 1);
        }
        announceWritten(FileLayout.fileOffset(pfn), FileLayout.FRAME_BYTES);
    }

    /**
     * Stores whole pages into adjacent frames by pwrite. On a device that is what single pages
     * want: a store through the mapping makes the kernel write back all of the folio around it, up
     * to 2 MiB, and takes a fault behind each write-back.
     *
     * @throws StoreException EIO when the file ends before them, or the kernel refuses
     */
    public void write(long pfn, ByteBuffer pages) {
        require(pfn, pages.remaining() / FileLayout.FRAME_BYTES);
        long offset = FileLayout.fileOffset(pfn);
        int bytes = pages.remaining();
        stores.store(offset, pages);
        announceWritten(offset, bytes);
    }

    /**
     * Copies bytes into mapped frames; the caller announces the change.
     *
     * @param target a part of {@link #frames}, as long as the source
     * @throws StoreException EIO when the frames have lost their backing
     */
    public void copy(MemorySegment source, MemorySegment target) {
        copyGuarded(source, target, target);
    }

    /**
     * Copies bytes out of mapped frames.
     *
     * @param source a part of {@link #frames}, as long as the target
     * @throws StoreException EIO when the frames have lost their backing
     */
    public void copyOut(MemorySegment source, MemorySegment target) {
        copyGuarded(source, target, source);
    }

    private void copyGuarded(MemorySegment source, MemorySegment target, MemorySegment mapped) {
        try {
            MemorySegment.copy(source, 0, target, 0, target.byteSize());
            CopyFault.raise();
        } catch (InternalError e) {
            long pfn = (mapped.address() - mapping.segment().address()) / FileLayout.FRAME_BYTES;
            throw StoreException.of(
                    Errno.EIO,
                    "frame is not backed by the file: pfn=" + pfn + " " + e.getMessage());
        }
    }

    /**
     * Says that bytes of the mapping were changed by somebody else than {@link #store}; called
     * after the change.
     */
    public void announceWritten(long fileOffset, long bytes) {
        observer.written(fileOffset, bytes);
    }

    /**
     * Reads a whole frame into a heap page: by pread, unless this process has stored it and nothing
     * but the end of its backing could take it out of the page table.
     *
     * @throws StoreException EIO when the file ends before it or the device cannot read it
     */
    @Override
    public void read(long pfn, ByteBuffer page) {
        require(pfn, 1);
        if (!populated.hasAll(pfn, 1) || !isCopied(pfn, page)) {
            pread(pfn, page.duplicate().clear());
        }
    }

    /**
     * A copy of what is present costs a fraction of a call; if that has gone, the call will say.
     */
    private boolean isCopied(long pfn, ByteBuffer page) {
        try {
            copyOut(frames(pfn, 1), MemorySegment.ofBuffer(page.duplicate().clear()));
            return true;
        } catch (StoreException e) {
            return false;
        }
    }

    @Override
    public void readRun(long pfn, ByteBuffer pages) {
        require(pfn, pages.remaining() / FileLayout.FRAME_BYTES);
        pread(pfn, pages.duplicate());
    }

    private void pread(long pfn, ByteBuffer target) {
        try {
            long offset = FileLayout.fileOffset(pfn) - target.position();
            while (target.hasRemaining()) {
                int bytes = channel.read(target, offset + target.position());
                if (bytes < 0) {
                    throw StoreException.of(
                            Errno.EIO,
                            "file ends before frame: pfn=" + pfn + " size=" + channel.size());
                }
            }
        } catch (IOException e) {
            throw StoreException.of(Errno.EIO, "cannot read frame: pfn=" + pfn + " " + e);
        }
    }

    /** The mapped bytes of adjacent frames, for page data. Valid until the memory is closed. */
    public MemorySegment frames(long pfn, long count) {
        require(pfn, count);
        return mapping.segment().asSlice(FileLayout.fileOffset(pfn), FileLayout.fileOffset(count));
    }

    /**
     * Makes frames present and writable, so that a store or a read of the kernel does not fault.
     * Blocks; never on an event loop.
     *
     * @throws StoreException EIO when they are not backed by the file
     */
    public void populateForWrite(long pfn, long count) {
        if (!isWritableAtOnce(pfn, count)) {
            populate(pfn, count, Native.MADV_POPULATE_WRITE);
            if (!isOnDevice()) {
                populated.add(pfn, count);
            }
        }
    }

    /**
     * Whether frames are known to be present and writable. Never blocks. Never true on a device:
     * there each write-back takes the writability from the pages it writes. Of few frames the
     * kernel is not asked whether they were swapped out or cut off meanwhile: a fault or an error
     * where they are filled is as good.
     */
    public boolean isWritableAtOnce(long pfn, long count) {
        return populated.hasAll(pfn, count)
                && (count <= UNASKED_FRAMES_MAX || isPresent(pfn, count));
    }

    /**
     * As {@link #populateForWrite}, for reading; a page in the kernel's cache is present enough.
     */
    public void populateForRead(long pfn, long count) {
        if (!isPresent(pfn, count)) {
            populate(pfn, count, Native.MADV_POPULATE_READ);
        }
    }

    /** Whether frames can be read without a device. Never blocks. Never true on a device. */
    public boolean isReadableAtOnce(long pfn, long count) {
        return !isOnDevice() && isPresent(pfn, count);
    }

    /**
     * Whether frames are so few, and known to be present, that {@link #copyOut} is cheaper than any
     * question of the kernel. Never blocks. Never true on a device.
     */
    public boolean isCopyableAtOnce(long pfn, long count) {
        return count <= UNASKED_FRAMES_MAX && populated.hasAll(pfn, count);
    }

    /** Keeps what is there from being populated again; a hole or a cut file shows. */
    private boolean isPresent(long pfn, long count) {
        try {
            return Native.isResident(frames(pfn, count));
        } catch (Native.NativeException e) {
            return false; // the advice will say why
        }
    }

    private void populate(long pfn, long count, int advice) {
        MemorySegment range = frames(pfn, count);
        try {
            Native.advise(range, advice);
        } catch (Native.NativeException e) {
            if (e.errno() != Native.EINVAL) {
                throw StoreException.of(
                        Errno.EIO,
                        "frames cannot be populated: pfn="
                                + pfn
                                + " frames="
                                + count
                                + " "
                                + e.getMessage());
            }
            // EINVAL: a kernel before 5.14 does not know the advice; the first access will fault
            // instead
        }
    }

    private void require(long pfn, long count) {
        if (pfn < 0 || count < 0 || pfn > frameCount - count) {
            throw StoreException.of(
                    Errno.EIO,
                    "pfn beyond the file: pfn="
                            + pfn
                            + " frames="
                            + count
                            + " frameCount="
                            + frameCount);
        }
    }

    /** Gives the address space back and keeps the lock: for an opening that failed. */
    public void unmap() {
        mapping.close();
    }

    /**
     * Unmaps and gives the lock back, leaving the pid file to whoever wrote it. Event loops must
     * have ended.
     */
    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw StoreException.of(
                    Errno.EIO, "cannot close the memory file: file=" + lock.path() + " " + e);
        } finally {
            mapping.close();
            lock.close();
        }
    }
}
