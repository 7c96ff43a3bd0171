package io.pramd.daemon.storm;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * One owner: what each name of a worker can hold, given what its calls have said: one thing where
 * all of them were acknowledged or refused, several where an outcome was unknown.
 */
final class StormJournal {
    private static final int HISTORY_MAX = 20;

    private final Map<String, Set<Optional<StormContents>>> possible = new TreeMap<>();

    private String last;

    /** What was said lately, for whoever looks for what went wrong. */
    private final Map<String, Deque<String>> history = new TreeMap<>();

    /** Names that the daemon may still hold for a call that did not wait for its end. */
    private final Set<String> held = new LinkedHashSet<>();

    /**
     * Names that a load is still for, for all that is known, which nobody waits for any more: it
     * may take what is saved there later.
     */
    private final Set<String> lingering = new LinkedHashSet<>();

    /** Of the name that was spoken of last. */
    String historyOfLast() {
        return last == null ? "" : describe(last);
    }

    /** Remembers a call and what it has said. */
    void heard(String name, Object call, Object said) {
        Deque<String> lines = history.computeIfAbsent(name, key -> new ArrayDeque<>());
        last = name;
        lines.add(Instant.now() + " " + call + " -> " + said);
        if (lines.size() > HISTORY_MAX) {
            lines.remove();
        }
    }

    Set<Optional<StormContents>> possible(String name) {
        return possible.computeIfAbsent(name, key -> new LinkedHashSet<>(Set.of(Optional.empty())));
    }

    Set<String> names() {
        return possible.keySet();
    }

    boolean mayBeAbsent(String name) {
        return possible(name).contains(Optional.<StormContents>empty());
    }

    boolean mayBePresent(String name) {
        return possible(name).stream().anyMatch(Optional::isPresent);
    }

    /** The contents, if there is no doubt. */
    Optional<StormContents> sure(String name) {
        Set<Optional<StormContents>> all = possible(name);
        return all.size() == 1 ? all.iterator().next() : Optional.empty();
    }

    /** Acknowledged. */
    void becomes(String name, Optional<StormContents> contents) {
        held.remove(name);
        Set<Optional<StormContents>> all = possible(name);
        all.clear();
        all.add(contents);
    }

    /** The outcome is unknown. */
    void mayBecome(String name, Optional<StormContents> contents) {
        held.add(name);
        possible(name).add(contents);
    }

    void mayBeHeld(String name) {
        held.add(name);
    }

    boolean isPerhapsHeld(String name) {
        return held.contains(name) || lingering.contains(name);
    }

    void mayLinger(String name) {
        lingering.add(name);
    }

    /** All that was sent has been carried out, and nothing is open. */
    void rests() {
        held.clear();
        lingering.clear();
    }

    /** It was read whole: that is what it holds. */
    StormContents read(String name, byte[] bytes) {
        for (Optional<StormContents> each : possible(name)) {
            if (each.isPresent() && each.get().isEqualTo(bytes)) {
                possible(name).retainAll(Set.of(each));
                return each.get();
            }
        }
        throw new AssertionError(
                "wrong contents: " + describe(name) + " read=" + bytes.length + " bytes");
    }

    void isAbsent(String name) {
        if (!mayBeAbsent(name)) {
            throw new AssertionError("lost: " + describe(name));
        }
        possible(name).retainAll(Set.of(Optional.<StormContents>empty()));
    }

    /** Somebody was told that there is a node, of that length. */
    void isPresent(String name, long length) {
        Set<Optional<StormContents>> before = Set.copyOf(possible(name));
        possible(name)
                .removeIf(each -> each.map(contents -> contents.length() != length).orElse(true));
        if (possible(name).isEmpty()) {
            possible(name).addAll(before);
            throw new AssertionError(
                    "came back, or wrong: length=" + length + " " + describe(name));
        }
    }

    String describe(String name) {
        return "name="
                + name
                + " possible="
                + possible(name)
                + "\n  "
                + String.join("\n  ", history.getOrDefault(name, new ArrayDeque<>()));
    }
}
