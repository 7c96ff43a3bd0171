package io.pramd.client;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Immutable: how to load or peek. */
public final class LoadOptions {
    /** To the end of the node. */
    public static final long TO_THE_END = Long.MAX_VALUE;

    private static final LoadOptions DEFAULTS = new LoadOptions();

    private Map<String, String> expectMeta = Map.of();
    private Duration waitFor = Duration.ZERO;
    private Duration deadline;
    private long rangeOffset;
    private long rangeLength = TO_THE_END;

    private LoadOptions() {}

    private LoadOptions(LoadOptions other) {
        expectMeta = other.expectMeta;
        waitFor = other.waitFor;
        deadline = other.deadline;
        rangeOffset = other.rangeOffset;
        rangeLength = other.rangeLength;
    }

    /** Expects nothing, does not wait, takes all, has no deadline. */
    public static LoadOptions defaults() {
        return DEFAULTS;
    }

    /** Pairs that the node's metadata must have, else EPERM. */
    public Map<String, String> expectMeta() {
        return expectMeta;
    }

    public LoadOptions withExpectMeta(Map<String, String> expectMeta) {
        LoadOptions changed = new LoadOptions(this);
        changed.expectMeta = Collections.unmodifiableMap(new LinkedHashMap<>(expectMeta));
        return changed;
    }

    /** How long to wait for the node to become READY, else ETIMEDOUT; zero does not wait. */
    public Duration waitFor() {
        return waitFor;
    }

    /** The wait also covers a name that does not exist yet. */
    public LoadOptions withWaitFor(Duration waitFor) {
        LoadOptions changed = new LoadOptions(this);
        changed.waitFor = PramConfig.notNegative("waitFor", waitFor);
        return changed;
    }

    /** How long the whole load may take, from its beginning; null: as long as it progresses. */
    public Duration deadline() {
        return deadline;
    }

    /** After this time nothing is tried again or waited for: the load fails, the node stays. */
    public LoadOptions withDeadline(Duration deadline) {
        LoadOptions changed = new LoadOptions(this);
        changed.deadline = deadline == null ? null : PramConfig.notNegative("deadline", deadline);
        return changed;
    }

    /** The first byte wanted. */
    public long rangeOffset() {
        return rangeOffset;
    }

    /** How many bytes are wanted; {@link #TO_THE_END} for all. */
    public long rangeLength() {
        return rangeLength;
    }

    /**
     * Only these bytes, as far as the node has them; only for peeks, else EINVAL. Only their pages
     * travel. Of a page by page peek both are multiples of 4096, or the length is {@link
     * #TO_THE_END}.
     */
    public LoadOptions withRange(long offset, long length) {
        if (offset < 0 || length < 0) {
            throw new IllegalArgumentException(
                    "a range has no negative numbers: offset=" + offset + " length=" + length);
        }
        LoadOptions changed = new LoadOptions(this);
        changed.rangeOffset = offset;
        changed.rangeLength = length;
        return changed;
    }

    boolean hasRange() {
        return rangeOffset != 0 || rangeLength != TO_THE_END;
    }
}
