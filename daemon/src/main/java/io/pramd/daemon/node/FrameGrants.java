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
    private boolean hasStagingRoom;
    private long nodeFrame;
    private boolean isClosed;
    private StoreException failure;

    /**
     * Frames for data, and single ones for the links that so much data can need.
     *
     * @param isPopulated whether the kernel can receive into them, or bytes be copied, without a
     *     fault
     */
    record Grant(Extent data, long[] links, boolean isPopulated) {
        List<Extent> extents() {
            List<Extent> all = new ArrayList<>();
            all.add(data);
            for (long link : links) {
                all.add(new Extent(link, 1));
            }
            return all;
        }
    }

    /** Where frames come from. */
    record Source(
            SpaceFinder space,
            FrameAllocator allocator,
            MappedMemory memory,
            InlineEntries inlineEntries,
            StagingRoom staging,
            Executor workers,
            Purpose purpose) {}

    FrameGrants(Source source, Runnable waker) {
        this.source = source;
        this.waker = waker;
    }

    /** Has the saver look what has become of its stream. */
    void wake() {
        waker.run();
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

    /** As {@link #request}, of frames for the first pages, which may be staged. */
    synchronized void requestFirst(int frames) {
        if (!requestStaged(frames)) {
            request(frames);
        }
    }

    /**
     * Has frames found whose pages the commit will store: few, on a device, and for all of the
     * stream that was declared. Without a thread or a system call; false when that is not possible.
     */
    private boolean requestStaged(int frames) {
        if (!source.memory().isOnDevice()
                || frames > StagedPages.FRAMES_MAX
                || !source.staging().take()) {
            return false;
        }
        hasStagingRoom = true;
        Optional<Extent> found = source.allocator().allocate(frames + 1, source.purpose());
        if (found.isPresent() && found.get().frames() == frames + 1) {
            Extent data = new Extent(found.get().pfn(), frames);
            nodeFrame = data.pfn() + frames;
            Optional<long[]> links = links(data);
            if (links.isPresent()) {
                deliver(new Grant(data, links.get(), false));
                return true;
            }
            nodeFrame = 0;
        }
        found.ifPresent(source.allocator()::free);
        stagedAreStored();
        return false;
    }

    /** A frame behind the staged pages, so that all of a small node lies together; 0: none. */
    synchronized long takeNodeFrame() {
        long taken = nodeFrame;
        nodeFrame = 0;
        return taken;
    }

    /** Of the frames of {@link #requestFirst} nothing is staged any more, or ever will be. */
    synchronized void stagedAreStored() {
        if (hasStagingRoom) {
            hasStagingRoom = false;
            source.staging().giveBack();
        }
    }

    /** Without a system call that may block; false when that is not possible. */
    private boolean findAtOnce(int frames) {
        Optional<Extent> data = source.allocator().allocate(frames, source.purpose());
        if (data.isEmpty()) {
            return false;
        }
        Optional<long[]> links = links(data.get());
        if (links.isEmpty()) {
            source.allocator().free(data.get());
            return false;
        }
        Grant grant = new Grant(data.get(), links.get(), true);
        if (!areWritableAtOnce(grant)) {
            free(grant);
            return false;
        }
        deliver(grant);
        return true;
    }

    private Optional<long[]> links(Extent data) {
        return source.allocator().allocateSingles(linksMissing(data.frames()), source.purpose());
    }

    private void free(Grant grant) {
        grant.extents().forEach(source.allocator()::free);
    }

    private boolean areWritableAtOnce(Grant grant) {
        for (Extent extent : grant.extents()) {
            if (!source.memory().isWritableAtOnce(extent.pfn(), extent.frames())) {
                return false;
            }
        }
        return true;
    }

    private void find(int frames) {
        if (isOver()) {
            return;
        }
        source.space().searchBegins();
        try {
            search(frames);
        } finally {
            source.space().searchEnds();
        }
        waker.run();
    }

    /** The saver went while the search waited for a worker: nobody would take what it finds. */
    private synchronized boolean isOver() {
        return isClosed;
    }

    private void search(int frames) {
        List<Extent> found = new ArrayList<>();
        try {
            Extent data = source.space().requireExtent(frames, source.purpose());
            found.add(data);
            source.memory().populateForWrite(data.pfn(), data.frames());
            int linksMissing = linksMissing(data.frames());
            long[] links =
                    linksMissing == 0
                            ? new long[0]
                            : source.space().requireSingles(linksMissing, source.purpose());
            for (long link : links) {
                found.add(new Extent(link, 1));
            }
            if (!source.memory().isOnDevice()) { // there they are not stored through the mapping
                for (long link : links) {
                    source.memory().populateForWrite(link, 1);
                }
            }
            deliver(new Grant(data, links, true));
        } catch (StoreException e) {
            boolean isShort = e.errno() == Errno.ENOMEM || e.errno() == Errno.EDQUOT;
            if (isShort && !found.isEmpty() && found.getFirst().frames() > 1) {
                // the data took the last frames, and its link found none: fewer may do for both
                int fewer = found.getFirst().frames() / 2;
                found.forEach(source.allocator()::free);
                search(fewer);
                return;
            }
            fail(e, found);
        } catch (RuntimeException | Error e) {
            // else the stream would wait for ever
            fail(StoreException.of(Errno.EIO, "failed inside the daemon: " + e), found);
        }
    }

    /**
     * The links of all data granted so far and of so much more, but those granted already: a stream
     * fills its frames in order, so what is left of one grant's links serves the next.
     */
    private synchronized int linksMissing(int frames) {
        return (int) (source.inlineEntries().linksFor(dataGranted + frames) - linksGranted);
    }

    private synchronized void deliver(Grant grant) {
        isRequested = false;
        if (isClosed) {
            free(grant);
            return;
        }
        for (Extent extent : grant.extents()) {
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

    /** The extents that the saver has: each with its frames in the low 10 bits, its pfn above. */
    synchronized long[] granted() {
        return Arrays.copyOf(granted, grantedCount);
    }

    /** The save does not come about: all that was granted is free again. */
    synchronized void freeAll() {
        isClosed = true;
        stagedAreStored();
        if (nodeFrame != 0) {
            source.allocator().free(new Extent(takeNodeFrame(), 1));
        }
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
