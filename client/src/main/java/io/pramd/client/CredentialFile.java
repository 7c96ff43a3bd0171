package io.pramd.client;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Immutable: a small file of the user's, read whole. Errors name the file and what it is for, and
 * never what is in it.
 *
 * @param what it is for, as in "token"
 * @param path of the file
 */
record CredentialFile(String what, Path path) {
    /**
     * All bytes.
     *
     * @throws IllegalArgumentException if there are more, or it cannot be read
     */
    byte[] read(int bytesMax) {
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(bytesMax + 1);
            if (bytes.length > bytesMax) {
                throw invalid("too long: bytesMax=" + bytesMax, null);
            }
            return bytes;
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    IllegalArgumentException unreadable(IOException e) {
        if (e instanceof NoSuchFileException) {
            return invalid("no such file", e);
        }
        return invalid(e instanceof AccessDeniedException ? "access denied" : e.getMessage(), e);
    }

    IllegalArgumentException invalid(String why, Throwable cause) {
        return new IllegalArgumentException(what + " file: " + why + ": file=" + path, cause);
    }
}
