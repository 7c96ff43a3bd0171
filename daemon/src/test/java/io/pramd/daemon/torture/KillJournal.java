package io.pramd.daemon.torture;

import io.pramd.protocol.SaveId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * One owner. What each name of one worker may hold, given what the worker was told. A line goes
 * into the file before what it announces is begun, so that the worker may be killed at any moment
 * and another one knows all that it knew.
 */
final class KillJournal implements AutoCloseable {
    private static final String NOTHING = "-";
    private static final int SAVE_IDS_MAX = 200;

    private final FileChannel file;
    private final Map<String, Set<Optional<KillNode>>> possible = new TreeMap<>();

    /** The last saves whose fate is known, with what is known of each. */
    private final Map<SaveId, Fate> fates = new LinkedHashMap<>();

    private long newestSequence;

    /** What is known for ever of a save that is not there. */
    enum Fate {
        /** It was acknowledged, so it may be there, or gone. */
        SAVED,
        /** It is not done, and never will be. */
        NEVER,
        /** Its time is over, if it was done at all; the answer may still be of before. */
        EXPIRED
    }

    private KillJournal(FileChannel file) {
        this.file = file;
    }

    /** Goes on with a journal; begins it if there is none. */
    static KillJournal open(Path path) {
        try {
            FileChannel file =
                    FileChannel.open(
                            path,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE,
                            StandardOpenOption.READ);
            KillJournal journal = new KillJournal(file);
            String text = Files.readString(path);
            int whole = text.lastIndexOf('\n') + 1;
            text.substring(0, whole).lines().forEach(journal::replay);
            file.truncate(text.substring(0, whole).getBytes(StandardCharsets.UTF_8).length);
            file.position(file.size());
            return journal;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void replay(String line) {
        String[] words = line.split(" ");
        switch (words[0]) {
            case "may" -> possible(words[1]).add(state(words[2]));
            case "not" -> possible(words[1]).remove(state(words[2]));
            case "is" -> settle(words[1], state(words[2]));
            case "fate" -> remember(SaveId.parse(words[1]), Fate.valueOf(words[2]));
            default -> {
                // a note for people
            }
        }
    }

    private static Optional<KillNode> state(String word) {
        return word.equals(NOTHING) ? Optional.empty() : Optional.of(KillNode.parse(word));
    }

    private static String word(Optional<KillNode> state) {
        return state.map(KillNode::text).orElse(NOTHING);
    }

    private void settle(String name, Optional<KillNode> state) {
        Set<Optional<KillNode>> all = possible(name);
        all.clear();
        all.add(state);
        state.ifPresent(node -> newestSequence = Math.max(newestSequence, node.sequence()));
    }

    private void remember(SaveId saveId, Fate fate) {
        fates.remove(saveId);
        fates.put(saveId, fate);
        if (fates.size() > SAVE_IDS_MAX) {
            fates.remove(fates.keySet().iterator().next());
        }
    }

    private void append(String line) {
        ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
        try {
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All that a name may hold. */
    Set<Optional<KillNode>> possible(String name) {
        return possible.computeIfAbsent(name, key -> new LinkedHashSet<>(Set.of(Optional.empty())));
    }

    /** The node of a name that may have gone by itself by now. */
    Optional<KillNode> ending(String name) {
        return possible.getOrDefault(name, Set.of()).stream()
                .flatMap(Optional::stream)
                .filter(node -> node.life().mayBeOver())
                .findFirst();
    }

    List<String> names() {
        return new ArrayList<>(possible.keySet());
    }

    /** What a name holds, when that is known. */
    Optional<KillNode> sure(String name) {
        Set<Optional<KillNode>> all = possible(name);
        if (all.size() != 1) {
            throw new IllegalStateException("not settled: name=" + name + " possible=" + all);
        }
        return all.iterator().next();
    }

    Map<SaveId, Fate> fates() {
        return fates;
    }

    /** The largest sequence that this worker was ever told. */
    long newestSequence() {
        return newestSequence;
    }

    /** A change is about to be asked for. */
    void may(String name, Optional<KillNode> state) {
        append("may " + name + " " + word(state));
        possible(name).add(state);
    }

    /** It did not happen, and will not. */
    void not(String name, Optional<KillNode> state) {
        append("not " + name + " " + word(state));
        possible(name).remove(state);
    }

    /** The name holds this, for sure. */
    void is(String name, Optional<KillNode> state) {
        append("is " + name + " " + word(state));
        settle(name, state);
    }

    void fate(SaveId saveId, Fate fate) {
        append("fate " + saveId + " " + fate);
        remember(saveId, fate);
    }

    /** For people who look for what went wrong. */
    void note(String text) {
        append("# " + System.currentTimeMillis() + " " + text.replace('\n', ' '));
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
