package io.pramd.protocol;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Immutable: the parts of docs/protocol.md that are printed from the code. */
final class ProtocolPage {
    private static final Pattern BLOCK =
            Pattern.compile("(<!-- printed: (\\S+) -->\n).*?(<!-- end -->)", Pattern.DOTALL);

    private ProtocolPage() {}

    /** The page with every printed part anew. */
    static String printed(String page) {
        Map<String, List<String>> blocks = blocks();
        StringBuilder result = new StringBuilder();
        Matcher matcher = BLOCK.matcher(page);
        while (matcher.find()) {
            List<String> lines = blocks.remove(matcher.group(2));
            if (lines == null) {
                throw new AssertionError("docs/protocol.md asks for " + matcher.group(2));
            }
            String text = matcher.group(1) + String.join("\n", lines) + "\n" + matcher.group(3);
            matcher.appendReplacement(result, Matcher.quoteReplacement(text));
        }
        matcher.appendTail(result);
        if (!blocks.isEmpty()) {
            throw new AssertionError("docs/protocol.md lacks " + blocks.keySet());
        }
        return result.toString();
    }

    private static Map<String, List<String>> blocks() {
        Map<String, List<String>> blocks = new LinkedHashMap<>();
        for (Message message : MessageSamples.ALL) {
            blocks.put(message.type().name(), PayloadFields.of(message));
        }
        blocks.put("NODE", PayloadFields.ofNodeRecord());
        blocks.put("DATES", PayloadFields.ofDates());
        blocks.put("types", types());
        blocks.put("errors", errors());
        blocks.put("limits", limits());
        blocks.put("pages", pages());
        blocks.put("checksums", Transcript.checksums());
        blocks.put("save", code(Transcript.save()));
        blocks.put("load", code(Transcript.load()));
        return blocks;
    }

    private static List<String> types() {
        List<String> table = new ArrayList<>();
        table.add("| number | message | sent by | |");
        table.add("| --- | --- | --- | --- |");
        Arrays.stream(MessageType.values())
                .filter(type -> type != MessageType.UNKNOWN)
                .sorted((a, b) -> Integer.compare(a.number(), b.number()))
                .forEach(type -> table.add(row(type)));
        return table;
    }

    private static String row(MessageType type) {
        String sender = type.isAnswer() ? "daemon" : "client";
        return String.format(
                "| 0x%02x | %s | %s | %s |",
                type.number(),
                type.name(),
                type == MessageType.PAGES ? "both" : sender,
                type.isReserved() ? "reserved" : "");
    }

    private static List<String> errors() {
        List<String> table = new ArrayList<>();
        table.add("| number | name | exit code of `pram` |");
        table.add("| --- | --- | --- |");
        for (Errno errno : Errno.values()) {
            table.add("| " + errno.number() + " | " + errno + " | " + errno.exitCode() + " |");
        }
        return table;
    }

    private static List<String> limits() {
        return List.of(
                "| limit | value |",
                "| --- | --- |",
                "| bytes of a page | " + WireLimits.PAGE_BYTES + " |",
                "| pages in one PAGES packet | " + WireLimits.PAGES_PER_PACKET_MAX + " |",
                "| payload of a packet | " + WireLimits.PACKET_BYTES_MAX + " |",
                "| payload of a packet that is neither PAGES nor LISTING | "
                        + WireLimits.MESSAGE_BYTES_MAX
                        + " |",
                "| smallest `packetBytesMax` of a client | "
                        + WireLimits.PACKET_BYTES_MAX_LEAST
                        + " |",
                "| bytes of a name or prefix | " + WireLimits.NAME_BYTES_MAX + " |",
                "| bytes of a metadata key | " + WireLimits.META_KEY_BYTES_MAX + " |",
                "| bytes of a node's metadata, each pair counting "
                        + WireLimits.META_PAIR_OVERHEAD_BYTES
                        + " more | "
                        + WireLimits.META_BYTES_MAX
                        + " |",
                "| streams open on a connection | " + WireLimits.STREAMS_MAX + " |",
                "| requests unanswered on a connection | " + WireLimits.REQUESTS_MAX + " |",
                "| milliseconds from connecting to a whole HELLO | "
                        + WireLimits.HANDSHAKE_MILLIS
                        + " |",
                "| milliseconds of silence | " + WireLimits.IDLE_MILLIS + " |",
                "| bytes of an error's text | " + WireLimits.ERROR_TEXT_BYTES_MAX + " |",
                "| bytes of an agent | " + WireLimits.AGENT_BYTES_MAX + " |",
                "| bytes of authentication data | " + WireLimits.AUTH_DATA_BYTES_MAX + " |",
                "| payload of HELLO | " + WireLimits.HELLO_BYTES_MAX + " |",
                "| milliseconds to live of a node | " + WireLimits.TTL_MILLIS_MAX + " |");
    }

    private static List<String> pages() {
        int entry = WireLimits.PAGE_ENTRY_BYTES;
        return List.of(
                "| offset | bytes | what |",
                "| --- | --- | --- |",
                "| 0 | n x " + entry + " | table: for each page its flags u32 and its csum u32 |",
                "| n x "
                        + entry
                        + " | n x "
                        + WireLimits.PAGE_BYTES
                        + " | the pages, whole, in the same order |");
    }

    private static List<String> code(List<String> lines) {
        List<String> block = new ArrayList<>();
        block.add("```");
        block.addAll(lines);
        block.add("```");
        return block;
    }
}
