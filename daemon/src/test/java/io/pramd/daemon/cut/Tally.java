package io.pramd.daemon.cut;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** Thread-safe. What has been looked at. */
public final class Tally {
    private final AtomicLong exhausted = new AtomicLong();
    private final AtomicLong lives = new AtomicLong();
    private final AtomicLong kills = new AtomicLong();
    private final AtomicLong cuts = new AtomicLong();
    private final AtomicLong distinct = new AtomicLong();

    void life() {
        lives.incrementAndGet();
    }

    void kill() {
        kills.incrementAndGet();
    }

    /** A power cut, and whether its image is another than all before it on this file. */
    void cut(boolean isNew) {
        cuts.incrementAndGet();
        if (isNew) {
            distinct.incrementAndGet();
        }
    }

    /** A moment of which all ways were looked at in which a cut leaves whole versions. */
    void exhausted() {
        exhausted.incrementAndGet();
    }

    long exhaustedMoments() {
        return exhausted.get();
    }

    long distinct() {
        return distinct.get();
    }

    /** By name, in the order in which they are told. */
    public Map<String, Long> figures() {
        Map<String, Long> figures = new LinkedHashMap<>();
        figures.put("lives", lives.get());
        figures.put("kills", kills.get());
        figures.put("cuts", cuts.get());
        figures.put("distinct", distinct.get());
        return figures;
    }

    @Override
    public String toString() {
        return figures().toString();
    }
}
