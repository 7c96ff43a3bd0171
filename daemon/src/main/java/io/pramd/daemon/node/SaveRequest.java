package io.pramd.daemon.node;

import io.pramd.daemon.layout.Durability;
import io.pramd.daemon.layout.NodeType;
import java.util.Map;
import java.util.Optional;

/**
 * Immutable. What a saver asks for.
 *
 * @param replace whether a ready node of that name may be replaced
 * @param declaredBytes how much will come, or {@link #UNDECLARED}
 * @param deadlineMillis how long it may wait for the walk; -1: the store's default
 * @param connectionNumber of the saver's connection, in the order in which they were accepted
 * @param durability what the save must survive; empty: the store's default
 * @param saver who asks
 * @param ttlMillis how long the node lives from the sealing of its commit on; 0: for ever
 * @param dates of a node that is saved again, in place of a time to live
 */
public record SaveRequest(
        String name,
        NodeType type,
        boolean replace,
        SaveKey saveKey,
        long declaredBytes,
        Map<String, String> meta,
        long deadlineMillis,
        long connectionNumber,
        Optional<Durability> durability,
        Saver saver,
        long ttlMillis,
        Optional<Dates> dates) {

    /**
     * Immutable: what a node that is saved again brings with it, in ms since the epoch.
     *
     * @param createdMillis when it was saved first; 0: not known
     * @param expiryMillis when it goes; 0: never
     */
    public record Dates(long createdMillis, long expiryMillis) {}

    /** The saver does not say how much will come. */
    public static final long UNDECLARED = -1;

    public SaveRequest {
        meta = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(meta));
    }

    /** The same by somebody. */
    public SaveRequest by(Saver newSaver) {
        return new SaveRequest(
                name,
                type,
                replace,
                saveKey,
                declaredBytes,
                meta,
                deadlineMillis,
                connectionNumber,
                durability,
                newSaver,
                ttlMillis,
                dates);
    }

    /** The same with another time to live. */
    public SaveRequest livingMillis(long newTtlMillis) {
        return new SaveRequest(
                name,
                type,
                replace,
                saveKey,
                declaredBytes,
                meta,
                deadlineMillis,
                connectionNumber,
                durability,
                saver,
                newTtlMillis,
                Optional.empty());
    }

    /** The same with dates of its own. */
    public SaveRequest dated(Dates newDates) {
        return new SaveRequest(
                name,
                type,
                replace,
                saveKey,
                declaredBytes,
                meta,
                deadlineMillis,
                connectionNumber,
                durability,
                saver,
                0,
                Optional.of(newDates));
    }
}
