package io.pramd.client;

import io.pramd.protocol.WireLimits;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Immutable: where a client has its token from. Nothing that this class makes, text or exception,
 * has the token in it.
 */
final class Token {
    /** A newline behind the token is not part of it. */
    private static final int FILE_BYTES_MAX = WireLimits.AUTH_DATA_BYTES_MAX + 2;

    private final byte[] fixed; // null: in the file
    private final CredentialFile file;

    private Token(byte[] fixed, CredentialFile file) {
        this.fixed = fixed;
        this.file = file;
    }

    /**
     * @throws IllegalArgumentException if it cannot be one
     */
    static Token of(String token) {
        byte[] bytes = token.getBytes(StandardCharsets.UTF_8);
        String fault = fault(bytes);
        if (fault != null) {
            throw new IllegalArgumentException("token: " + fault);
        }
        return new Token(bytes, null);
    }

    /** Read anew at each connection. */
    static Token in(Path path) {
        return new Token(null, new CredentialFile("token", path));
    }

    /**
     * For the next connection.
     *
     * @throws IllegalArgumentException that names the file, and what is wrong with it
     */
    byte[] bytes() {
        if (fixed != null) {
            return fixed;
        }
        byte[] bytes = withoutNewline(file.read(FILE_BYTES_MAX));
        String fault = fault(bytes);
        if (fault != null) {
            throw file.invalid(fault, null);
        }
        return bytes;
    }

    @Override
    public String toString() {
        return file == null ? "Token[...]" : "Token[file=" + file.path() + "]";
    }

    private static byte[] withoutNewline(byte[] bytes) {
        int length = bytes.length;
        if (length > 0 && bytes[length - 1] == '\n') {
            length--;
            if (length > 0 && bytes[length - 1] == '\r') {
                length--;
            }
        }
        return Arrays.copyOf(bytes, length);
    }

    /** Null: there is none. */
    private static String fault(byte[] bytes) {
        if (bytes.length == 0) {
            return "it is empty";
        }
        if (bytes.length > WireLimits.AUTH_DATA_BYTES_MAX) {
            return "too long: bytesMax=" + WireLimits.AUTH_DATA_BYTES_MAX;
        }
        try {
            String text =
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            return text.codePoints().allMatch(Token::isPrintable)
                    ? null
                    : "not all characters are printable";
        } catch (CharacterCodingException e) {
            return "it is not UTF-8";
        }
    }

    private static boolean isPrintable(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.PRIVATE_USE,
                    Character.SURROGATE,
                    Character.UNASSIGNED ->
                    false;
            default -> true;
        };
    }
}
