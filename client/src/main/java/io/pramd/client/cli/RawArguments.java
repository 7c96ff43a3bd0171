package io.pramd.client.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Immutable: the arguments of this process, byte for byte. The JVM reads every byte that is no
 * letter of the charset as one and the same letter: two names would be one.
 *
 * @param arguments the last of the command line are those that {@code main} gets
 */
record RawArguments(List<byte[]> arguments, Charset charset) {
    private static final String REPLACEMENT = "\ufffd";
    private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");
    private static final int DELETE = 0x7f;

    /** What the JVM was given; nothing where the system does not say it. */
    static RawArguments ofProcess() {
        Charset charset = Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));
        try {
            return new RawArguments(split(Files.readAllBytes(COMMAND_LINE)), charset);
        } catch (IOException e) {
            return new RawArguments(List.of(), charset);
        }
    }

    /** Whether an argument is one that only the bytes tell: most never are. */
    static boolean areDoubtful(String... args) {
        return String.join("", args).contains(REPLACEMENT);
    }

    /** The first argument that is not what its bytes say, for people to read; null for none. */
    String firstWrong(String... args) {
        int first = arguments.size() - args.length;
        for (int i = 0; i < args.length && first >= 0; i++) {
            byte[] raw = arguments.get(first + i);
            if (args[i].contains(REPLACEMENT)
                    && args[i].equals(new String(raw, charset))
                    && !isText(raw)) {
                return "an argument is not " + charset + ": '" + printable(raw) + "'";
            }
        }
        return null;
    }

    private boolean isText(byte[] raw) {
        try {
            charset.newDecoder().decode(ByteBuffer.wrap(raw)); // as it is made, it reports
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    private static List<byte[]> split(byte[] line) {
        List<byte[]> parts = new ArrayList<>();
        int begin = 0;
        for (int i = 0; i < line.length; i++) {
            if (line[i] == 0) {
                parts.add(Arrays.copyOfRange(line, begin, i));
                begin = i + 1;
            }
        }
        return parts;
    }

    /** As a shell takes it in {@code $'...'}. */
    private static String printable(byte[] raw) {
        StringBuilder text = new StringBuilder();
        for (byte single : raw) {
            if (single >= ' ' && single < DELETE) {
                text.append((char) single);
            } else {
                text.append(String.format("\\x%02x", single & 0xff));
            }
        }
        return text.toString();
    }
}
