package io.pramd.daemon.settings;

import io.pramd.daemon.memory.PathFault;
import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

/** Immutable. A short file of text that somebody has written, read with care. */
public final class TextFile {
    private TextFile() {}

    /**
     * The whole text.
     *
     * @param what for the message: "rules file", "tokens file"
     * @throws StoreException ENOENT, EACCES or EIO when it cannot be read; EINVAL when it is longer
     *     than {@code bytesMax} or not UTF-8
     */
    public static String read(Path file, int bytesMax, String what) {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(bytesMax + 1);
        } catch (IOException e) {
            throw failed("cannot read the " + what, file, e);
        }
        if (bytes.length > bytesMax) {
            throw StoreException.of(
                    Errno.EINVAL,
                    "the " + what + " is too long: file=" + file + " bytesMax=" + bytesMax);
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw StoreException.of(
                    Errno.EINVAL, "the " + what + " is not UTF-8: file=" + file + " cause=" + e);
        }
    }

    /** Who may do what with the file, or with what the symbolic link leads to. */
    public static Set<PosixFilePermission> permissions(Path file, String what) {
        try {
            return Files.getPosixFilePermissions(file);
        } catch (IOException e) {
            throw failed("cannot look at the " + what, file, e);
        }
    }

    /** A failure of the file system, with the errno that is nearest. */
    public static StoreException failed(String text, Path file, IOException e) {
        Errno errno = PathFault.errno(e);
        String cause = errno == Errno.ENOENT ? " cause=no such file" : " cause=" + e;
        return StoreException.of(errno, text + ": file=" + file + cause);
    }
}
