package io.pramd.daemon.memory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Immutable. What the file system that holds a file means for it, by the magic number that
 * statfs(2) names.
 *
 * @param name for people; of others the number
 * @param kind what follows from it
 */
public record FileSystem(String name, Kind kind) {
    private static final Map<Long, FileSystem> KNOWN =
            Map.of(
                    0x0102_1994L, new FileSystem("tmpfs", Kind.VOLATILE),
                    0x8584_58f6L, new FileSystem("ramfs", Kind.VOLATILE),
                    0x9123_683eL, new FileSystem("btrfs", Kind.COPY_ON_WRITE),
                    0x2fc1_2fc1L, new FileSystem("zfs", Kind.COPY_ON_WRITE),
                    0xca45_1a4eL, new FileSystem("bcachefs", Kind.COPY_ON_WRITE),
                    0x3434L, new FileSystem("nilfs2", Kind.COPY_ON_WRITE),
                    0xef53L, new FileSystem("ext4", Kind.IN_PLACE),
                    0x5846_5342L, new FileSystem("xfs", Kind.IN_PLACE));
    private static final Set<String> FLUSHING_ONCE = Set.of("ext4", "xfs");
    private static final long UNSIGNED_INT = 0xffff_ffffL;

    /** What a file system does with what is stored. */
    public enum Kind {
        /** In memory only: a power cut leaves nothing, and a force is nothing. */
        VOLATILE,
        /**
         * Writes each page to another place: preallocated blocks are no promise of room, so that a
         * full device may fail a force.
         */
        COPY_ON_WRITE,
        /** Writes in place, or is not known to do otherwise. */
        IN_PLACE
    }

    /**
     * The file system of an existing file or folder.
     *
     * @throws IOException when there is none of that name, or it cannot be told
     */
    public static FileSystem of(Path path) throws IOException {
        try {
            FileSystem found = ofType(Native.fileSystemType(path.toString()));
            boolean isInPlace =
                    found.kind() == Kind.COPY_ON_WRITE && Native.isWrittenInPlace(path.toString());
            return isInPlace ? new FileSystem(found.name(), Kind.IN_PLACE) : found;
        } catch (Native.NativeException e) {
            if (e.errno() == Native.ENOENT || Files.notExists(path)) {
                throw new NoSuchFileException(path.toString());
            }
            throw new IOException("cannot tell the file system: path=" + path + " " + e, e);
        }
    }

    /** By the number that statfs names, of which 32 bits count. */
    static FileSystem ofType(long type) {
        long magic = type & UNSIGNED_INT;
        FileSystem known = KNOWN.get(magic);
        if (known != null) {
            return known;
        }
        return new FileSystem(String.format(Locale.ROOT, "0x%x", magic), Kind.IN_PLACE);
    }

    public boolean isOnDevice() {
        return kind != Kind.VOLATILE;
    }

    /** Whether a force of a part flushes all that write-back has finished: {@link WriteBack}. */
    boolean flushesOnce() {
        return FLUSHING_ONCE.contains(name);
    }

    public boolean isCopyOnWrite() {
        return kind == Kind.COPY_ON_WRITE;
    }

    /** What an operator should know before a memory file is kept here. */
    public Optional<String> warning() {
        return isCopyOnWrite()
                ? Optional.of(
                        name
                                + " writes each page to another place: a device without room fails"
                                + " a force, and the store turns read-only; keep room, or have the"
                                + " file written in place (btrfs: chattr +C on its folder before"
                                + " it is created)")
                : Optional.empty();
    }
}
