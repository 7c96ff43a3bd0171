package io.pramd.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;

/**
 * One owner: a file that takes its name when it is whole and on the device, and never that of
 * another. It is its owner's alone, as a memory file is.
 */
final class BackupFile implements AutoCloseable {
    private static final int SUFFIX_BYTES = 6;

    private final Path target;
    private final Path temporary;
    private final FileChannel channel;

    private BackupFile(Path target, Path temporary, FileChannel channel) {
        this.target = target;
        this.temporary = temporary;
        this.channel = channel;
    }

    static BackupFile create(Path named) throws IOException {
        Path target = named.toAbsolutePath();
        if (isTaken(target)) {
            throw new FileAlreadyExistsException(named.toString());
        }
        Path folder = target.getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw new NoSuchFileException(String.valueOf(folder));
        }
        byte[] suffix = new byte[SUFFIX_BYTES];
        new SecureRandom().nextBytes(suffix);
        Path temporary = folder.resolve(".pram-" + HexFormat.of().formatHex(suffix) + ".tmp");
        deleteAtExit(temporary);
        FileChannel channel =
                FileChannel.open(
                        temporary,
                        Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
        return new BackupFile(target, temporary, channel);
    }

    /** Also by a link that leads nowhere: no other link gets that name. */
    private static boolean isTaken(Path target) {
        return Files.exists(target, LinkOption.NOFOLLOW_LINKS);
    }

    /** Where a signal ends the process, nobody closes it, and it may be as large as the memory. */
    private static void deleteAtExit(Path temporary) {
        try {
            temporary.toFile().deleteOnExit();
        } catch (IllegalStateException | UnsupportedOperationException e) {
            return; // the process is ending already, or it is no file of this system
        }
    }

    /** Its size is this, and all that is not written a hole. */
    void size(long bytes) throws IOException {
        channel.write(ByteBuffer.allocate(1), bytes - 1);
    }

    void write(long offset, ByteBuffer bytes) throws IOException {
        long at = offset;
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
        }
    }

    /** A link refuses a name that has come meanwhile, where a rename would replace the file. */
    void complete() throws IOException {
        channel.force(true);
        try {
            Files.createLink(target, temporary);
        } catch (FileAlreadyExistsException e) {
            throw e;
        } catch (FileSystemException | UnsupportedOperationException e) {
            move(e); // a file system without links
        }
        Files.deleteIfExists(temporary);
        try (FileChannel folder = FileChannel.open(target.getParent(), StandardOpenOption.READ)) {
            folder.force(true);
        }
    }

    private void move(Exception whyNoLink) throws IOException {
        if (isTaken(target)) {
            FileAlreadyExistsException exists = new FileAlreadyExistsException(target.toString());
            exists.addSuppressed(whyNoLink);
            throw exists;
        }
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Leaves nothing behind of a file that was not completed. */
    @Override
    public void close() throws IOException {
        channel.close();
        Files.deleteIfExists(temporary);
    }
}
