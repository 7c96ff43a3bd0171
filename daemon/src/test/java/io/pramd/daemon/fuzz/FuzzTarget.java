package io.pramd.daemon.fuzz;

import io.pramd.daemon.access.AccessFuzz;
import io.pramd.daemon.server.SessionFuzz;
import io.pramd.daemon.server.StrangerFuzz;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** Immutable. What is fuzzed. */
public enum FuzzTarget {
    /** The reader of packets. */
    PACKETS(PacketsFuzz.class, PacketsFuzz::fuzzerTestOneInput),
    /** The payload of every message. */
    MESSAGES(MessagesFuzz.class, MessagesFuzz::fuzzerTestOneInput),
    /** Whole conversations with a real store. */
    SESSIONS(SessionFuzz.class, SessionFuzz::fuzzerTestOneInput),
    /** Whoever has not been let in. */
    STRANGERS(StrangerFuzz.class, StrangerFuzz::fuzzerTestOneInput),
    /** The opening, check and dump of files. */
    FILES(FilesFuzz.class, FilesFuzz::fuzzerTestOneInput),
    /** Rules files, tokens files and tokens. */
    ACCESS(AccessFuzz.class, AccessFuzz::fuzzerTestOneInput);

    private final Class<?> entry;
    private final Entry run;

    @FunctionalInterface
    private interface Entry {
        void run(byte[] input) throws IOException;
    }

    FuzzTarget(Class<?> entry, Entry run) {
        this.entry = entry;
        this.run = run;
    }

    /** The class with the method that the fuzzer calls. */
    public Class<?> entry() {
        return entry;
    }

    /** Runs one input; throws whatever it finds. */
    void run(byte[] input) throws IOException {
        run.run(input);
    }

    /** Where to begin, and what was found before: lines of hex, with what each is above it. */
    public List<byte[]> seeds() {
        String name = name().toLowerCase(Locale.ROOT) + ".hex";
        try (var in = Objects.requireNonNull(FuzzTarget.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(line -> HexFormat.of().parseHex(line.replace(" ", "")))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
