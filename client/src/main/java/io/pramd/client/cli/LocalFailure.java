package io.pramd.client.cli;

import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;

/** Immutable: something on this side failed: a file, a pipe, the terminal. The text says what. */
sealed class LocalFailure extends RuntimeException permits BadArchive {
    private static final long serialVersionUID = 1L;

    LocalFailure(String text, Throwable cause) {
        super(cause == null ? text : text + ": " + reason(cause), cause);
    }

    private static String reason(Throwable cause) {
        String text = cause.getMessage();
        String kind = cause.getClass().getSimpleName();
        if (cause instanceof NoSuchFileException) {
            return "no such file or folder";
        }
        if (cause instanceof AccessDeniedException) {
            return "access denied";
        }
        return text == null ? kind : text;
    }
}
