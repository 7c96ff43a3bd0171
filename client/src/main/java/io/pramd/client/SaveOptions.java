package io.pramd.client;

import io.pramd.protocol.PrepareSave;
import io.pramd.protocol.SaveId;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Immutable: how to save.
 *
 * @param replace an existing node of that name may be replaced
 * @param meta user metadata, 3 KiB at most
 * @param saveId to ask for the outcome with; never used for two saves
 * @param deadline how long the save may wait for a daemon that is still starting; null as the
 *     daemon thinks fit
 * @param declaredBytes how long the stream will be; {@link #BYTES_UNKNOWN} if not known
 */
public record SaveOptions(
        boolean replace,
        Map<String, String> meta,
        SaveId saveId,
        Duration deadline,
        long declaredBytes) {

    /** The length is not known beforehand. */
    public static final long BYTES_UNKNOWN = PrepareSave.BYTES_UNKNOWN;

    public SaveOptions {
        meta = Collections.unmodifiableMap(new LinkedHashMap<>(meta));
    }

    /** A new node, no metadata, a fresh save id. */
    public static SaveOptions defaults() {
        return new SaveOptions(false, Map.of(), SaveId.random(), null, BYTES_UNKNOWN);
    }

    public SaveOptions withReplace(boolean replace) {
        return new SaveOptions(replace, meta, saveId, deadline, declaredBytes);
    }

    public SaveOptions withMeta(Map<String, String> meta) {
        return new SaveOptions(replace, meta, saveId, deadline, declaredBytes);
    }

    public SaveOptions withSaveId(SaveId saveId) {
        return new SaveOptions(replace, meta, saveId, deadline, declaredBytes);
    }

    public SaveOptions withDeadline(Duration deadline) {
        return new SaveOptions(replace, meta, saveId, deadline, declaredBytes);
    }

    public SaveOptions withDeclaredBytes(long declaredBytes) {
        return new SaveOptions(replace, meta, saveId, deadline, declaredBytes);
    }
}
