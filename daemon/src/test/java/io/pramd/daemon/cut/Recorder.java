package io.pramd.daemon.cut;

import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.CrashPoint;
import io.pramd.protocol.Errno;
import java.util.random.RandomGenerator;

/**
 * One owner. Tells the simulated device what a store stores and forces, and the test that something
 * has happened. Behind the end nothing happens any more.
 */
final class Recorder implements ScratchFile.OnDevice, CrashPoint.Listener {
    private final ScratchFile file;
    private final Device device;
    private final RandomGenerator random;
    private final Omission omission;
    private final Omission.Sink sink = new Sink();
    private final Witness witness;
    private long failAt;
    private long forces;
    private boolean isOver;
    private boolean hasFailed;
    private int lastPfn;
    private Page beforeLast;

    /** Is told of every event; what it throws ends the store's work. */
    interface Witness {
        void happened();

        void reached(CrashPoint point);

        /** Frames from this one on are about to be forced. */
        void forcing(int first);
    }

    /** Where stores and forces go in the end. */
    private final class Sink implements Omission.Sink {
        @Override
        public void store(int pfn, Page page) {
            lastPfn = pfn;
            beforeLast = device.cached(pfn);
            device.store(pfn, page);
        }

        @Override
        public void force(int first, int end) {
            device.beginForce(first, end);
            device.endForce(first, end);
        }

        @Override
        public Page cached(int pfn) {
            return device.cached(pfn);
        }
    }

    Recorder(
            ScratchFile file,
            Device device,
            RandomGenerator random,
            Omission omission,
            Witness witness) {
        this.file = file;
        this.device = device;
        this.random = random;
        this.omission = omission;
        this.witness = witness;
        this.failAt = Long.MAX_VALUE;
    }

    /** The n-th force from now fails. */
    void failAt(long force) {
        failAt = force;
    }

    /** From here on all that the process does is refused. */
    void end() {
        isOver = true;
    }

    boolean isOver() {
        return isOver;
    }

    boolean hasFailed() {
        return hasFailed;
    }

    /** Refuses all that a process still does behind its end. */
    void requireGoesOn() {
        if (isOver) {
            throw StoreException.of(Errno.EIO, "the process has ended");
        }
    }

    /** A kill in the middle of the last store: a first part of it is there. */
    void tearLast() {
        if (beforeLast != null) {
            int kept = random.nextInt(FileLayout.FRAME_BYTES / Long.BYTES) * Long.BYTES;
            if (random.nextBoolean()) {
                kept =
                        random.nextInt(32)
                                * Long.BYTES; // where slots and heads of pages have theirs
            }
            Page torn = beforeLast.torn(device.cached(lastPfn), kept, true);
            device.store(lastPfn, torn);
        }
    }

    @Override
    public void written(long fileOffset, long bytes) {
        int first = (int) (fileOffset / FileLayout.FRAME_BYTES);
        int end = (int) Math.ceilDiv(fileOffset + bytes, FileLayout.FRAME_BYTES);
        file.forget(first, end);
        requireGoesOn();
        for (int pfn = first; pfn < end; pfn++) {
            omission.stored(pfn, file.read(pfn), sink);
        }
        witness.happened();
    }

    @Override
    public void forcing(long fileOffset, long bytes) {
        requireGoesOn();
        int first = (int) (fileOffset / FileLayout.FRAME_BYTES);
        int end = (int) ((fileOffset + bytes) / FileLayout.FRAME_BYTES);
        forces++;
        if (omission.isForced(first, end)) {
            device.beginForce(first, end);
        }
        beforeLast = null;
        if (forces == failAt || device.takeError()) {
            hasFailed = true;
            device.failForce(first, end, random);
            throw StoreException.of(Errno.EIO, "the simulated device fails");
        }
        witness.forcing(first);
        witness.happened();
    }

    @Override
    public void forced(long fileOffset, long bytes) {
        requireGoesOn();
        int first = (int) (fileOffset / FileLayout.FRAME_BYTES);
        int end = (int) ((fileOffset + bytes) / FileLayout.FRAME_BYTES);
        device.endForce(first, end);
        witness.happened();
    }

    @Override
    public void reached(CrashPoint point) {
        requireGoesOn();
        omission.reached(point, sink);
        beforeLast = null;
        witness.reached(point);
    }
}
