package io.pramd.daemon.memory;

import io.pramd.protocol.Errno;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.List;

/**
 * Immutable. Why a file or socket cannot be opened or made: what whoever named the path can mend is
 * told from a device that fails.
 */
public final class PathFault {
    private static final int EISDIR = 21;

    /** Of those numbers that Linux has for the path, in the words that it has for them. */
    private record Known(int number, String words, Errno errno) {}

    private static final List<Known> KNOWN =
            List.of(
                    new Known(1, "Operation not permitted", Errno.EACCES),
                    new Known(2, "No such file or directory", Errno.ENOENT),
                    new Known(13, "Permission denied", Errno.EACCES),
                    new Known(20, "Not a directory", Errno.ENOENT),
                    new Known(EISDIR, "Is a directory", Errno.EINVAL),
                    new Known(24, "Too many open files", Errno.EINVAL),
                    new Known(30, "Read-only file system", Errno.EROFS),
                    new Known(36, "File name too long", Errno.ENAMETOOLONG),
                    new Known(40, "Too many levels of symbolic links", Errno.EINVAL),
                    new Known(98, "Address already in use", Errno.EBUSY),
                    new Known(99, "Cannot assign requested address", Errno.EINVAL));

    private PathFault() {}

    /** By Linux's number; EIO for one that is not about the path. */
    public static Errno errno(int number) {
        return KNOWN.stream()
                .filter(known -> known.number() == number)
                .findFirst()
                .map(Known::errno)
                .orElse(Errno.EIO);
    }

    /** By what Java says, which names some reasons in its text only. */
    public static Errno errno(IOException e) {
        if (e instanceof NoSuchFileException) {
            return Errno.ENOENT;
        }
        if (e instanceof AccessDeniedException) {
            return Errno.EACCES;
        }
        String text = String.valueOf(e.getMessage());
        return KNOWN.stream()
                .filter(known -> text.contains(known.words()))
                .findFirst()
                .map(Known::errno)
                .orElse(Errno.EIO);
    }

    /** What Linux calls it, for a message; the number where it is not about the path. */
    static String words(int number) {
        return KNOWN.stream()
                .filter(known -> known.number() == number)
                .findFirst()
                .map(Known::words)
                .orElse("errno=" + number);
    }
}
