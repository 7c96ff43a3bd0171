package io.pramd.daemon.recovery;

import io.pramd.daemon.layout.MetadataPage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One owner. What a repair would store: first pages that nothing whole reaches, then fixed frames
 * that put them in force, and in words why.
 */
final class RepairPlan {
    private final Map<Long, ByteBuffer> pages = new LinkedHashMap<>();
    private final Map<Long, ByteBuffer> fixed = new LinkedHashMap<>();
    private final List<String> steps = new ArrayList<>();

    /** Stores a copy of the page into a frame that nothing whole reaches. */
    void page(long pfn, ByteBuffer page) {
        pages.put(pfn, copy(page));
    }

    /** Stores a copy of the page into a fixed frame, behind all others. */
    void fixed(long pfn, ByteBuffer page) {
        fixed.put(pfn, copy(page));
    }

    private static ByteBuffer copy(ByteBuffer page) {
        return MetadataPage.allocate().put(page.duplicate().clear()).clear();
    }

    void step(String what) {
        steps.add(what);
    }

    Map<Long, ByteBuffer> pages() {
        return pages;
    }

    Map<Long, ByteBuffer> fixed() {
        return fixed;
    }

    /** All frames and what is to be in them, in the order in which they are stored. */
    Map<Long, ByteBuffer> all() {
        Map<Long, ByteBuffer> all = new LinkedHashMap<>(pages);
        all.putAll(fixed);
        return all;
    }

    /** What is done, a line each. */
    List<String> steps() {
        return steps;
    }

    boolean isEmpty() {
        return pages.isEmpty() && fixed.isEmpty();
    }
}
