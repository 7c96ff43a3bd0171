package io.pramd.daemon.memory;

import java.lang.foreign.MemorySegment;

/**
 * One owner. The address space over the memory file, larger than the file so that growing needs no
 * new mapping. Closing unmaps at once: no event loop may still hold an address inside.
 */
final class Mapping implements AutoCloseable {
    private final MemorySegment segment;

    private Mapping(MemorySegment segment) {
        this.segment = segment;
    }

    static Mapping of(FileLock lock, long addressBytes) {
        return new Mapping(Native.map(lock.fd(), addressBytes));
    }

    MemorySegment segment() {
        return segment;
    }

    @Override
    public void close() {
        Native.unmap(segment);
    }
}
