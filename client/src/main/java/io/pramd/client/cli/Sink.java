package io.pramd.client.cli;

import io.pramd.client.LoadStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;

/**
 * One owner: where a load goes: stdout, a pipe or device, or a file that takes its name only when
 * it is whole and on the device.
 */
final class Sink implements AutoCloseable {
    /** Stands for stdout. */
    static final String STDOUT = "-";

    private static final Set<PosixFilePermission> OWN =
            PosixFilePermissions.fromString("rw-------");
    private static final int SUFFIX_BYTES = 6;

    /** As many as Linux follows. */
    private static final int LINKS_MAX = 40;

    private static final int ZEROS_BYTES = 64 << 10;

    private final String title;
    private final WritableByteChannel channel;
    private final Path file;
    private final Path temporary;

    private Sink(String title, WritableByteChannel channel, Path file, Path temporary) {
        this.title = title;
        this.channel = channel;
        this.file = file;
        this.temporary = temporary;
    }

    static Sink open(CommandIo io, String target) {
        return open(io, target, false);
    }

    /**
     * For what nobody else may read, from the first byte on; of a file that is there already its
     * permissions stay.
     */
    static Sink openPrivate(CommandIo io, String target) {
        return open(io, target, true);
    }

    private static Sink open(CommandIo io, String target, boolean isPrivate) {
        if (target.equals(STDOUT)) {
            return new Sink("stdout", io.out().channel(), null, null);
        }
        try {
            return openFile(target, isPrivate);
        } catch (IOException | InvalidPathException e) {
            throw new LocalFailure("cannot write " + target, e);
        }
    }

    /** Takes what has come; -1 at the end. */
    int take(LoadStream stream) {
        try {
            return stream.transferTo(channel);
        } catch (IOException e) {
            throw new LocalFailure("cannot write " + title, e);
        }
    }

    /** Takes what is left of a buffer. */
    void take(ByteBuffer bytes) {
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            throw new LocalFailure("cannot write " + title, e);
        }
    }

    /** Whether it can be gone back to what was written before. */
    boolean isFile() {
        return temporary != null;
    }

    /** Writes over what was written before; of a file. */
    void takeAt(ByteBuffer bytes, long position) {
        try {
            for (long at = position; bytes.hasRemaining(); ) {
                at += ((FileChannel) channel).write(bytes, at);
            }
        } catch (IOException e) {
            throw new LocalFailure("cannot write " + title, e);
        }
    }

    /** Takes back what was written behind that place; of a file. */
    void backTo(long position) {
        try {
            ((FileChannel) channel).truncate(position);
        } catch (IOException e) {
            throw new LocalFailure("cannot write " + title, e);
        }
    }

    /** Leaves so many bytes out: a hole in a file of our own, zeros elsewhere. */
    void leaveOut(long bytes) {
        if (temporary == null) {
            ByteBuffer zeros = ByteBuffer.allocate(ZEROS_BYTES);
            for (long left = bytes; left > 0; left -= zeros.limit()) {
                take(zeros.clear().limit((int) Math.min(left, ZEROS_BYTES)));
            }
            return;
        }
        try {
            FileChannel own = (FileChannel) channel;
            own.position(own.position() + bytes);
        } catch (IOException e) {
            throw new LocalFailure("cannot write " + title, e);
        }
    }

    /** A hole at the end is a part of the file as well. */
    private static void extend(FileChannel own) throws IOException {
        long end = own.position();
        if (end > own.size()) {
            own.write(ByteBuffer.allocate(1), end - 1);
        }
    }

    /** Forces a file and gives it its name. */
    void complete() {
        if (temporary == null) {
            return;
        }
        try {
            extend((FileChannel) channel);
            ((FileChannel) channel).force(true);
            channel.close();
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
            forceFolder();
        } catch (IOException e) {
            throw new LocalFailure("cannot write " + title, e);
        }
    }

    /** Leaves nothing behind of a file that was not completed. */
    @Override
    public void close() {
        if (channel instanceof FileChannel && file != null) {
            try {
                channel.close();
                if (temporary != null) {
                    Files.deleteIfExists(temporary);
                }
            } catch (IOException e) {
                throw new LocalFailure("cannot close " + title, e);
            }
        }
    }

    private static Sink openFile(String target, boolean isPrivate) throws IOException {
        Path named = Path.of(target);
        if (Files.isDirectory(named)) {
            throw new LocalFailure("cannot write " + target + ": it is a folder", null);
        }
        if (Files.exists(named) && !Files.isRegularFile(named)) {
            FileChannel pipe = FileChannel.open(named, StandardOpenOption.WRITE);
            return new Sink(target, pipe, named, null);
        }
        // Of a link the file behind it is replaced, not the link.
        Path file = Files.exists(named) ? named.toRealPath() : behindLinks(named.toAbsolutePath());
        byte[] suffix = new byte[SUFFIX_BYTES];
        new SecureRandom().nextBytes(suffix);
        Path temporary = file.resolveSibling(".pram-" + HexFormat.of().formatHex(suffix) + ".tmp");
        FileChannel channel =
                FileChannel.open(
                        temporary,
                        Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW),
                        attributes(isPrivate || Files.exists(file)));
        temporary.toFile().deleteOnExit(); // where a signal ends it
        copyPermissions(file, temporary);
        return new Sink(target, channel, file, temporary);
    }

    /** Of a link the file that it leads to, which is not there yet. */
    private static Path behindLinks(Path named) throws IOException {
        Path file = named;
        for (int links = 0; Files.isSymbolicLink(file); links++) {
            if (links == LINKS_MAX) {
                throw new IOException("too many links");
            }
            file = file.resolveSibling(Files.readSymbolicLink(file));
        }
        return file;
    }

    /** A file that somebody else has open already would be read in spite of its permissions. */
    private static FileAttribute<?>[] attributes(boolean isPrivate) {
        boolean hasPermissions =
                FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
        return isPrivate && hasPermissions
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWN)}
                : new FileAttribute<?>[0];
    }

    private static void copyPermissions(Path from, Path to) throws IOException {
        PosixFileAttributeView view =
                Files.getFileAttributeView(
                        from, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        if (view != null && Files.exists(from)) {
            Files.setPosixFilePermissions(to, view.readAttributes().permissions());
        }
    }

    /** So that the name survives a power cut, too: after this the node may go. */
    private void forceFolder() throws IOException {
        try (FileChannel folder = FileChannel.open(file.getParent(), StandardOpenOption.READ)) {
            folder.force(true);
        }
    }
}
