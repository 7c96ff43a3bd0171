package io.pramd.daemon.node;

import io.pramd.daemon.layout.InlineEntries;
import io.pramd.daemon.memory.Extent;
import io.pramd.daemon.memory.Forcer;
import io.pramd.daemon.memory.FrameAllocator;
import io.pramd.daemon.memory.FrameAllocator.Purpose;
import io.pramd.daemon.memory.MappedMemory;
import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.Errno;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * Thread-safe. Frames on their way to one saver: found and populated by a worker, so that the event
 * loop that fills them never faults. Knows all that was granted, and gives it back when the save
 * does not come about.
 */
final class FrameGrants {
    private static final int FRAMES_BITS = 10;

    private final Source source;
    private final Runnable waker;
    private final Deque<Grant> ready = new ArrayDeque<>();
    // one long an extent, so that a large stream in a badly fragmented file stays small in the heap
    private long[] granted = new long[4];
    private int grantedCount;
    private long dataGranted;
    private long linksGranted;
    private boolean isRequested;
    private boolean isClosed;
    private StoreException failure;

    /** Frames for data, and single ones for the links that so much data can need. */
    record Grant(Extent data, long[] links) {}

    /** Where frames come from. */
    record Source(
            SpaceFinder space,
            FrameAllocator allocator,
            MappedMemory memory,
            InlineEntries inlineEntries,
            Executor workers) {}

    FrameGrants(Source source, Runnable waker) {
        this.source = source;
        this.waker = waker;
    }

    /** The next grant, if one is there. */
    synchronized Optional<Grant> poll() {
        return Optional.ofNullable(ready.poll());
    }

    synchronized Optional<StoreException> failure() {
        return Optional.ofNullable(failure);
    }

    /**
     * Has frames found, unless that is under way or some are ready: at once where they are free and
     * populated, else by a worker; the waker is called when that has some.
     */
    synchronized void request(int frames) {
        if (isRequested || isClosed || failure != null || !ready.isEmpty()) {
            return;
        }
        isRequested = true;
        if (source.memory().isOnDevice() || !findAtOnce(frames)) {
            source.workers().execute(() -> find(frames));
        }
    }

    /** Without a system call that may block; false when that is not possible. */
    private boolean findAtOnce(int frames) {
        Optional<Extent> data = source.allocator().allocate(frames, Purpose.SAVE);
        if (data.isEmpty()) {
            return false;
        }
        List<Extent> found = new ArrayList<>();
        found.add(data.get());
        Optional<long[]> links =
                source.allocator().allocateSingles(linksMissing(data.get().frames()), Purpose.SAVE);
        if (links.isPresent()) {
            for (long pfn : links.get()) {
                found.add(new Extent(pfn, 1));
            }
        }
        if (links.isPresent() && areWritableAtOnce(found)) {
            deliver(new Grant(data.get(), links.get()), found);
            return true;
        }
        found.forEach(source.allocator()::free);
        return false;
    }

    private boolean areWritableAtOnce(List<Extent> extents) {
        for (Extent extent : extents) {
            if (!source.memory().isWritableAtOnce(extent.pfn(), extent.frames())) {
                return false;
            }
        }
        return true;
    }

    private void find(int frames) {
        List<Extent> found = new ArrayList<>();
        try {
            Extent data = source.space().requireExtent(frames);
            found.add(data);
            source.memory().populateForWrite(data.pfn(), data.frames());
            int linksMissing = linksMissing(data.frames());
            long[] links =
                    linksMissing == 0 ? new long[0] : source.space().requireSingles(linksMissing);
            for (long link : links) {
                found.add(new Extent(link, 1));
            }
            for (long link : links) {
                source.memory().populateForWrite(link, 1);
            }
            deliver(new Grant(data, links), found);
        } catch (StoreException e) {
            if (e.errno() == Errno.ENOMEM && !found.isEmpty() && found.getFirst().frames() > 1) {
                // the data took the last frames, and its link found none: fewer may do for both
                int fewer = found.getFirst().frames() / 2;
                found.forEach(source.allocator()::free);
                find(fewer);
                return;
            }
            fail(e, found);
        } catch (RuntimeException | Error e) {
            // else the stream would wait for ever
            fail(StoreException.of(Errno.EIO, "failed inside the daemon: " + e), found);
        }
        waker.run();
    }

    /**
     * The links of all data granted so far and of so much more, but those granted already: a stream
     * fills its frames in order, so what is left of one grant's links serves the next.
     */
    private synchronized int linksMissing(int frames) {
        return (int) (source.inlineEntries().linksFor(dataGranted + frames) - linksGranted);
    }

    private synchronized void deliver(Grant grant, List<Extent> found) {
        isRequested = false;
        if (isClosed) {
            found.forEach(source.allocator()::free);
            return;
        }
        for (Extent extent : found) {
            if (grantedCount == granted.length) {
                granted = Arrays.copyOf(granted, grantedCount * 2);
            }
            granted[grantedCount++] = extent.pfn() << FRAMES_BITS | extent.frames();
        }
        dataGranted += grant.data().frames();
        linksGranted += grant.links().length;
        ready.add(grant);
    }

    private synchronized void fail(StoreException why, List<Extent> found) {
        isRequested = false;
        found.forEach(source.allocator()::free);
        if (!isClosed) {
            failure = why;
        }
    }

    /**
     * Nothing more is granted; what no page or link took is free again. The last frames of an
     * extent are a part of it.
     */
    synchronized void close(List<Extent> unused) {
        isClosed = true;
        unused.forEach(this::giveBack);
        for (Grant grant : ready) {
            giveBack(grant.data());
            for (long link : grant.links()) {
                giveBack(new Extent(link, 1));
            }
        }
        ready.clear();
    }

    private void giveBack(Extent part) {
        for (int i = grantedCount - 1; i >= 0; i--) {
            long pfn = granted[i] >>> FRAMES_BITS;
            long frames = granted[i] & (1 << FRAMES_BITS) - 1;
            if (part.pfn() >= pfn && part.pfn() < pfn + frames) {
                granted[i] = pfn << FRAMES_BITS | part.pfn() - pfn;
                source.allocator().free(part);
                return;
            }
        }
        throw new IllegalStateException("gave back what was not granted: pfn=" + part.pfn());
    }

    /** Says of all frames that were granted, and not given back, that a root reaches them. */
    synchronized void reached(Forcer forcer) {
        for (int i = 0; i < grantedCount; i++) {
            long frames = granted[i] & (1 << FRAMES_BITS) - 1;
            if (frames > 0) {
                forcer.reached(granted[i] >>> FRAMES_BITS, frames);
            }
        }
    }

    /** The save does not come about: all that was granted is free again. */
    synchronized void freeAll() {
        isClosed = true;
        ready.clear();
        for (int i = 0; i < grantedCount; i++) {
            int frames = (int) (granted[i] & (1 << FRAMES_BITS) - 1);
            if (frames > 0) {
                source.allocator().free(new Extent(granted[i] >>> FRAMES_BITS, frames));
            }
        }
        grantedCount = 0;
    }
}
