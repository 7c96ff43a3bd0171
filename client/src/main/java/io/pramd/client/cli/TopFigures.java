package io.pramd.client.cli;

import io.pramd.protocol.InfoValue;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * Immutable: what a daemon's INFO says, for who looks at it again and again. Any figure may be
 * missing: an older daemon does not have it, and who is no administrator does not get it.
 */
record TopFigures(Map<String, InfoValue> values, List<OpenStream> streams) {
    static final TopFigures NONE = new TopFigures(Map.of(), List.of());

    private static final String STREAMS = "streams.list";
    private static final String PRINCIPAL = "principal.name";

    TopFigures {
        values = Map.copyOf(values);
        streams = List.copyOf(streams);
    }

    static TopFigures of(Map<String, InfoValue> values) {
        List<OpenStream> streams =
                values.get(STREAMS) instanceof InfoValue.Texts lines
                        ? lines.values().stream()
                                .map(OpenStream::parse)
                                .filter(Objects::nonNull)
                                .collect(Collectors.toList())
                        : List.of();
        return new TopFigures(values, streams);
    }

    OptionalLong count(String key) {
        return values.get(key) instanceof InfoValue.Count count
                ? OptionalLong.of(count.value())
                : OptionalLong.empty();
    }

    /** False where it is missing. */
    boolean flag(String key) {
        return values.get(key) instanceof InfoValue.Flag flag && flag.value();
    }

    /** Empty where it is missing. */
    String text(String key) {
        return values.get(key) instanceof InfoValue.Text text ? text.value() : "";
    }

    /** Whether the daemon says which streams are open. */
    boolean hasStreams() {
        return values.containsKey(STREAMS);
    }

    /** Whether these are the figures of one principal, who is no administrator. */
    boolean areOwn() {
        return values.containsKey(PRINCIPAL);
    }

    /** Whose they are; empty unless {@link #areOwn}. */
    String principal() {
        return text(PRINCIPAL);
    }

    /** The walk of a start goes on; frames are not counted yet. */
    boolean isWalking() {
        return values.get("recovery.complete") instanceof InfoValue.Flag flag && !flag.value();
    }
}
