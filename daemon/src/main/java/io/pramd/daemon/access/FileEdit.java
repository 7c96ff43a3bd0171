package io.pramd.daemon.access;

import io.pramd.daemon.settings.TextFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Thread-safe. A change of a file that others read or change at the same time: readers find the
 * file before it or after it, whole, also after a power cut, and of two changes none is lost.
 */
final class FileEdit {
    /** A lock on a file is the process's: this one keeps its threads apart. */
    private static final Object ONE_AT_A_TIME = new Object();

    private static final String OWNER_ALONE = "rw-------";

    private FileEdit() {}

    /**
     * Replaces the file, or makes it for its owner alone.
     *
     * @param what for messages: "tokens file"
     * @param newLines called with the lock held; what it throws leaves the file as it was
     */
    static void change(Path file, String what, Supplier<List<String>> newLines) {
        try {
            synchronized (ONE_AT_A_TIME) {
                changeLocked(file, newLines);
            }
        } catch (IOException e) {
            throw TextFile.failed("cannot change the " + what, file, e);
        }
    }

    private static void changeLocked(Path file, Supplier<List<String>> newLines)
            throws IOException {
        // what a symbolic link leads to is replaced, and not the link
        Path target = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
        // never removed: somebody may be waiting for it
        try (FileChannel lockFile = open(beside(target, ".lock"), StandardOpenOption.CREATE)) {
            lockFile.lock(); // until it is closed
            if (Files.exists(target)) {
                copyRights(
                        target,
                        beside(target, ".lock")); // whoever may change the file, may lock it
            }
            String text = String.join("\n", newLines.get()) + "\n";
            Path next = beside(target, ".new");
            Files.deleteIfExists(next); // of a change that was killed
            try {
                write(next, text);
                if (Files.exists(target)) {
                    copyRights(target, next);
                }
                Files.move(next, target, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(next);
            }
            forceFolder(target);
        }
    }

    private static Path beside(Path file, String suffix) {
        return file.resolveSibling(file.getFileName() + suffix);
    }

    private static FileChannel open(Path file, StandardOpenOption ifMissing) throws IOException {
        return FileChannel.open(
                file,
                Set.of(StandardOpenOption.WRITE, ifMissing),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(OWNER_ALONE)));
    }

    private static void write(Path file, String text) throws IOException {
        try (FileChannel out = open(file, StandardOpenOption.CREATE_NEW)) {
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.force(true);
        }
    }

    /** The daemon may run as another user than the one who issues tokens. */
    private static void copyRights(Path from, Path to) throws IOException {
        PosixFileAttributes wanted = Files.readAttributes(from, PosixFileAttributes.class);
        PosixFileAttributeView view = Files.getFileAttributeView(to, PosixFileAttributeView.class);
        PosixFileAttributes actual = view.readAttributes();
        if (!actual.owner().equals(wanted.owner())) {
            view.setOwner(wanted.owner());
        }
        if (!actual.group().equals(wanted.group())) {
            view.setGroup(wanted.group());
        }
        view.setPermissions(wanted.permissions());
    }

    private static void forceFolder(Path file) throws IOException {
        try (FileChannel folder = FileChannel.open(file.getParent(), StandardOpenOption.READ)) {
            folder.force(true);
        }
    }
}
