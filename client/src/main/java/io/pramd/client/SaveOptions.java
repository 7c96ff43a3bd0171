package io.pramd.client;

import io.pramd.protocol.Durability;
import io.pramd.protocol.PrepareSave;
import io.pramd.protocol.SaveId;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** Immutable: how to save. May be used for any number of saves, unless it has a save id. */
public final class SaveOptions {
    /** The length is not known beforehand. */
    public static final long BYTES_UNKNOWN = PrepareSave.BYTES_UNKNOWN;

    private static final SaveOptions DEFAULTS = new SaveOptions();

    private boolean replace;
    private Map<String, String> meta = Map.of();
    private SaveId saveId;
    private Duration deadline;
    private long declaredBytes = BYTES_UNKNOWN;
    private Durability durability = Durability.DAEMON_DEFAULT;

    private SaveOptions() {}

    private SaveOptions(SaveOptions other) {
        replace = other.replace;
        meta = other.meta;
        saveId = other.saveId;
        deadline = other.deadline;
        declaredBytes = other.declaredBytes;
        durability = other.durability;
    }

    /**
     * A new node, no metadata, a fresh save id for every save, no deadline, the daemon's
     * durability.
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
}
