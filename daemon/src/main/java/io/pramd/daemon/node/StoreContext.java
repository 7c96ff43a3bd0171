package io.pramd.daemon.node;

import io.pramd.daemon.layout.BootId;
import io.pramd.daemon.layout.Durability;
import io.pramd.daemon.layout.InlineEntries;
import io.pramd.daemon.memory.MappedMemory;
import io.pramd.daemon.quota.Quotas;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;

/**
 * Immutable. What all parts of a store share.
 *
 * @param memory the mapped file
 * @param uuid of the file; 16 bytes, not to be changed
 * @param inlineEntries which streams have their entries in the node page
 * @param bootId of the kernel now
 * @param durability of changes that ask for none, and of removals
 * @param crashPoints hears of every step
 * @param threads where work is done
 * @param clock wall clock, for what is written into node pages and compared with them
 * @param quotas of this store alone
 */
public record StoreContext(
        MappedMemory memory,
        byte[] uuid,
        InlineEntries inlineEntries,
        BootId bootId,
        Durability durability,
        CrashPoint.Listener crashPoints,
        Threads threads,
        InstantSource clock,
        Quotas quotas) {

    /**
     * Whether the calling thread may do small work of the store itself: it has turns, and nothing
     * of the file waits for a device.
     */
    boolean mayWorkHere() {
        return threads.turns().isHere() && !memory.isOnDevice();
    }

    /** What a change promises. Without a device nothing outlives the machine's memory. */
    Durability promised(Optional<Durability> asked) {
        return memory.isOnDevice() ? asked.orElse(durability) : Durability.PROCESS;
    }

    /**
     * Where work is done that event loops must not do.
     *
     * @param commits runs one task at a time, in order
     * @param forces runs one task at a time; waits for the device
     * @param workers reads cold metadata, populates frames for loaders, releases chains
     * @param grants finds and populates frames for savers; may wait for a force, which must not
     *     keep loads waiting
     * @param timer deadlines only
     * @param turns of event loops, which may do small work themselves
     */
    public record Threads(
            Executor commits,
            Executor forces,
            Executor workers,
            Executor grants,
            ScheduledExecutorService timer,
            Turns turns) {

        /** Of a store that nobody serves in turns. */
        public Threads(
                Executor commits,
                Executor forces,
                Executor workers,
                Executor grants,
                ScheduledExecutorService timer) {
            this(commits, forces, workers, grants, timer, Turns.NONE);
        }
    }
}
