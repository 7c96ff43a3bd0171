package io.pramd.client;

import io.pramd.protocol.Durability;
import io.pramd.protocol.NodeDates;
import io.pramd.protocol.PrepareSave;
import io.pramd.protocol.SaveId;
import io.pramd.protocol.WireLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Immutable: how to save. May be used for any number of saves, unless it has a save id. */
public final class SaveOptions {
    /** The length is not known beforehand. */
    public static final long BYTES_UNKNOWN = PrepareSave.BYTES_UNKNOWN;

    private static final Duration SHORTEST_LIFE = Duration.ofMillis(1);
    private static final Duration LONGEST_LIFE = Duration.ofMillis(WireLimits.TTL_MILLIS_MAX);

    private static final SaveOptions DEFAULTS = new SaveOptions();

    private boolean replace;
    private Map<String, String> meta = Map.of();
    private SaveId saveId;
    private Duration deadline;
    private long declaredBytes = BYTES_UNKNOWN;
    private Durability durability = Durability.DAEMON_DEFAULT;
    private Duration timeToLive;
    private Instant created;
    private Instant expires;

    private SaveOptions() {}

    private SaveOptions(SaveOptions other) {
        replace = other.replace;
        meta = other.meta;
        saveId = other.saveId;
        deadline = other.deadline;
        declaredBytes = other.declaredBytes;
        durability = other.durability;
        timeToLive = other.timeToLive;
        created = other.created;
        expires = other.expires;
    }

    /**
     * A new node, no metadata, a fresh save id for every save, no deadline, the daemon's
     * durability, and the node lives for ever.
     */
    public static SaveOptions defaults() {
        return DEFAULTS;
    }

    /** Whether an existing node of that name may be replaced. */
    public boolean replace() {
        return replace;
    }

    public SaveOptions withReplace(boolean replace) {
        SaveOptions changed = new SaveOptions(this);
        changed.replace = replace;
        return changed;
    }

    /** User metadata, 3 KiB at most. */
    public Map<String, String> meta() {
        return meta;
    }

    public SaveOptions withMeta(Map<String, String> meta) {
        SaveOptions changed = new SaveOptions(this);
        changed.meta = Collections.unmodifiableMap(new LinkedHashMap<>(meta));
        return changed;
    }

    /** To ask for the outcome with; null: the client chooses a fresh one for every save. */
    public SaveId saveId() {
        return saveId;
    }

    /**
     * A save id of the caller's own choice, who can ask for its outcome later, from another process
     * too. Options with one are for one save. {@link SaveId#NONE}: the save cannot be asked about.
     */
    public SaveOptions withSaveId(SaveId saveId) {
        SaveOptions changed = new SaveOptions(this);
        changed.saveId = saveId;
        return changed;
    }

    /** How long the whole save may take, from its beginning; null: as long as it progresses. */
    public Duration deadline() {
        return deadline;
    }

    /**
     * After this time nothing is tried again or waited for: the save fails, and is discarded unless
     * its finish was under way.
     */
    public SaveOptions withDeadline(Duration deadline) {
        SaveOptions changed = new SaveOptions(this);
        changed.deadline = deadline == null ? null : PramConfig.notNegative("deadline", deadline);
        return changed;
    }

    /** How long the stream will be, in bytes; {@link #BYTES_UNKNOWN} if not known. */
    public long declaredBytes() {
        return declaredBytes;
    }

    /** A length that can never fit the memory file is refused before any page is sent. */
    public SaveOptions withDeclaredBytes(long declaredBytes) {
        SaveOptions changed = new SaveOptions(this);
        changed.declaredBytes = declaredBytes;
        return changed;
    }

    /** What the save survives once it is acknowledged. */
    public Durability durability() {
        return durability;
    }

    /**
     * A level other than the daemon's own. {@link Durability#POWER} takes until the device has it
     * all, and nobody else sees the node before; a daemon whose memory file is on no device refuses
     * it with EINVAL.
     */
    public SaveOptions withDurability(Durability durability) {
        SaveOptions changed = new SaveOptions(this);
        changed.durability = Objects.requireNonNull(durability, "durability");
        return changed;
    }

    /** How long the node lives once it is saved; null: for ever. */
    public Duration timeToLive() {
        return timeToLive;
    }

    /**
     * The node is gone when this time has passed since it was saved, by the daemon's clock; null:
     * it lives for ever. Counted in whole milliseconds. A daemon that cannot do that refuses the
     * save with EINVAL, before any byte is sent.
     *
     * @throws IllegalArgumentException if it is under a millisecond or over 36500 days
     */
    public SaveOptions withTimeToLive(Duration timeToLive) {
        SaveOptions changed = new SaveOptions(this);
        changed.timeToLive = timeToLive == null ? null : requireLifetime(timeToLive);
        changed.created = null;
        changed.expires = null;
        return changed;
    }

    /** When a node that is copied was saved first; null: it is saved for the first time. */
    public Instant created() {
        return created;
    }

    /** When a node that is copied goes; null: never, unless it has a time to live. */
    public Instant expires() {
        return expires;
    }

    /**
     * The node is a copy, and keeps these dates, in whole milliseconds from 1970 to 2169. They take
     * the place of a time to live. A daemon that is too old for that counts the node's time to live
     * from now on, and says that it was created when it was saved there.
     *
     * @param created when it was saved first; the epoch where that is not known
     * @param expires when it goes; null: never
     */
    public SaveOptions withDates(Instant created, Instant expires) {
        SaveOptions changed = new SaveOptions(this);
        changed.created = requireDate("created", Objects.requireNonNull(created, "created"));
        changed.expires = expires == null ? null : requireDate("expires", expires);
        changed.timeToLive = null;
        return changed;
    }

    private static Instant requireDate(String what, Instant date) {
        boolean isOne =
                !date.isBefore(Instant.EPOCH)
                        && !date.isAfter(Instant.ofEpochMilli(WireLimits.DATE_MILLIS_MAX));
        if (!isOne) {
            throw new IllegalArgumentException(what + " is a time from 1970 to 2169: " + date);
        }
        return date;
    }

    /** What travels of the dates; empty where the node is saved for the first time. */
    Optional<NodeDates> dates() {
        return created == null
                ? Optional.empty()
                : Optional.of(
                        new NodeDates(
                                created.toEpochMilli(),
                                expires == null ? 0 : expires.toEpochMilli()));
    }

    /** 0 for ever. */
    long ttlMillis() {
        return timeToLive == null ? 0 : timeToLive.toMillis();
    }

    static Duration requireLifetime(Duration time) {
        boolean isOne = time.compareTo(SHORTEST_LIFE) >= 0 && time.compareTo(LONGEST_LIFE) <= 0;
        if (!isOne) {
            throw new IllegalArgumentException(
                    "timeToLive is a time from 1 ms to 36500 days: " + time);
        }
        return time;
    }
}
