package io.pramd.client.cli;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Immutable: the names of an archive's members. A node's name becomes one component without a
 * slash, that never begins with a dot: whatever a node is called, nothing is extracted to another
 * place than the two folders. No two names become the same.
 */
final class MemberNames {
    /** The first member. */
    static final String HEAD = "pramd-archive";

    /** The last one. */
    static final String END = "pramd-archive-end";

    private static final String ABOUT = "about/";
    private static final String NODES = "nodes/";

    /** What a file system takes, less what is put behind it. */
    private static final int BYTES_MAX = 200;

    private static final int DIGEST_BYTES = 8;
    private static final HexFormat UPPER = HexFormat.of().withUpperCase();

    private MemberNames() {}

    /** The member that says what a node is. */
    static String about(String component) {
        return ABOUT + component;
    }

    /** The member with a node's bytes. */
    static String node(String component) {
        return NODES + component;
    }

    /** The component of a member that says what a node is; null where it is another member. */
    static String componentOf(String member) {
        return member.startsWith(ABOUT) ? member.substring(ABOUT.length()) : null;
    }

    /** A name that is too long for a file ends with a tilde and a digest, see there. */
    static String component(String name) {
        StringBuilder safe = new StringBuilder(name.length());
        int bytes = 0;
        int cut = 0;
        for (int at = 0; at < name.length(); ) {
            int c = name.codePointAt(at);
            at += Character.charCount(c);
            String next = isPlain(c, safe.isEmpty()) ? Character.toString(c) : escaped(c);
            bytes += next.getBytes(StandardCharsets.UTF_8).length;
            safe.append(next);
            if (bytes <= BYTES_MAX - 1 - 2 * DIGEST_BYTES) {
                cut = safe.length();
            }
        }
        return bytes <= BYTES_MAX ? safe.toString() : safe.substring(0, cut) + "~" + digest(name);
    }

    /** Of a quarantined node: others may have its name. */
    static String component(String name, long pfn) {
        return component(name) + "~q" + pfn;
    }

    /** Letters and digits of any script, and what no shell and no file system minds. */
    private static boolean isPlain(int c, boolean isFirst) {
        return Character.isLetterOrDigit(c)
                || c == '-' && !isFirst
                || c == '.' && !isFirst
                || c == '_'
                || c == '+'
                || c == ','
                || c == '='
                || c == '@';
    }

    private static String escaped(int c) {
        StringBuilder text = new StringBuilder();
        for (byte b : Character.toString(c).getBytes(StandardCharsets.UTF_8)) {
            text.append('%').append(UPPER.toHexDigits(b));
        }
        return text.toString();
    }

    private static String digest(String name) {
        try {
            byte[] all =
                    MessageDigest.getInstance("SHA-256")
                            .digest(name.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(all, 0, DIGEST_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }
}
