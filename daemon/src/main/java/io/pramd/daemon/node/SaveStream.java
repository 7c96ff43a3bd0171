package io.pramd.daemon.node;

import io.pramd.daemon.layout.Durability;
import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.NodeLayout;
import io.pramd.daemon.memory.Extent;
import io.pramd.daemon.memory.Forcer;
import io.pramd.daemon.memory.FrameAllocator.Purpose;
import io.pramd.daemon.memory.PageChecksum;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.FrameGrants.Grant;
import io.pramd.daemon.quota.Hold;
import io.pramd.protocol.Errno;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * One owner: the saver's event loop, until {@link #finish}; then the committer. A stream of pages
 * on its way into free frames. Each page is verified while it is still in the cache; nothing of it
 * is reachable before the commit.
 */
public final class SaveStream {
    private final SaveRequest request;
    private final Node node;
    private final SaveParts parts;
    final FrameGrants grants; // others may only look at them
    private final FrameDemand demand;
    private final ChainWriter chain;
    private final PacketTable packet = new PacketTable();
    private final Hold hold; // what it is charged while it is open
    private final long createdMillis;
    private final CompletableFuture<Long> answer = new CompletableFuture<>();

    private MemorySegment window = MemorySegment.NULL;
    private StagedPages staged; // null: none
    private Extent extent = new Extent(0, 0);
    private long filledBytes;
    private long verifiedBytes;
    private long byteLength;
    private boolean isOver;
    private volatile StoreException failure;
    private volatile long pages; // whole ones that have come

    SaveStream(SaveRequest request, Node node, SaveParts parts, Runnable waker) {
        this.request = request;
        this.node = node;
        this.parts = parts;
        this.grants = new FrameGrants(parts.frames(), waker);
        this.demand = new FrameDemand(request.declaredBytes());
        this.chain = new ChainWriter(parts.context(), node.sequence);
        this.createdMillis = parts.context().clock().millis();
        this.hold =
                parts.quotas()
                        .openSave(request.saver().principal(), node.name, request.declaredBytes());
    }

    SaveRequest request() {
        return request;
    }

    public long sequence() {
        return node.sequence;
    }

    long createdMillis() {
        return createdMillis;
    }

    public long pages() {
        return pages;
    }

    Hold hold() {
        return hold;
    }

    Purpose purpose() {
        return parts.frames().purpose();
    }

    public Durability durability() {
        return parts.context().promised(request.durability());
    }

    CompletableFuture<Long> answer() {
        return answer;
    }

    /** Why the stream takes no more pages; finish answers the same. */
    public Optional<StoreException> failure() {
        return Optional.ofNullable(failure);
    }

    /** A finished stream's frames may be reached by a root: its commit decides. */
    private void noticeRefusal() {
        if (!isOver) {
            parts.refusal().get().ifPresent(this::fail);
        }
    }

    /** Of several reasons the first stays. Its frames are free at once. */
    private void fail(StoreException why) {
        if (failure == null) {
            failure = why;
            release();
        }
    }

    private void release() {
        window = MemorySegment.NULL;
        staged = null;
        grants.freeAll();
        hold.releasePages();
    }

    /** Another connection was told that this save will never be done: its owner is woken. */
    void fence(StoreException why) {
        failure = why;
        grants.wake();
    }

    /** The owner was woken: what was fenced holds frames, and is charged for them, till here. */
    public void noticeFence() {
        if (!isOver && node.is(State.ABSENT)) {
            giveUp();
        }
    }

    /**
     * Begins a packet of whole pages.
     *
     * @param flagsAndCsums flags in the low half, CRC32C in the high half; the caller leaves it
     *     alone until the last of these pages is filled
     * @throws StoreException the stream's failure; EDQUOT, which is one, when the packet does not
     *     fit a quota
     */
    public void beginPages(long[] flagsAndCsums, int count) {
        throwFailure();
        if (isOver) {
            throw StoreException.of(Errno.EBADF, "stream is finished: name=" + request.name());
        }
        packet.requireComplete();
        try {
            hold.reserve(count);
        } catch (StoreException e) {
            fail(e);
            throw e;
        }
        packet.begin(flagsAndCsums, count);
    }

    private void throwFailure() {
        noticeRefusal();
        Optional<StoreException> why = failure();
        if (why.isPresent()) {
            throw why.get();
        }
    }

    /**
     * Where the next bytes of the packet go, at most so many: mapped and populated, or in the heap.
     *
     * @return null when there are no frames yet; the waker is called when there are, or when the
     *     stream has failed
     */
    public MemorySegment room(int bytesMax) {
        noticeRefusal();
        if (failure().isPresent()) {
            return null;
        }
        if (filledBytes == window.byteSize() && !nextWindow()) {
            return null;
        }
        return window.asSlice(filledBytes, Math.min(bytesMax, window.byteSize() - filledBytes));
    }

    private boolean nextWindow() {
        Optional<Grant> grant = grants.poll();
        if (grant.isEmpty()) {
            grants.request(demand.next());
            // a worker may have delivered at once
            grant = grants.poll();
        }
        if (grant.isEmpty()) {
            // only now: what could not be had ahead may not have been needed
            grants.failure().ifPresent(this::fail);
            return false;
        }
        extent = grant.get().data();
        if (grant.get().isPopulated()) {
            window = parts.context().memory().frames(extent.pfn(), extent.frames());
        } else {
            staged = new StagedPages(extent);
            window = staged.window();
        }
        chain.addFrames(grant.get().links());
        filledBytes = 0;
        verifiedBytes = 0;
        demand.granted();
        if (demand.goesBeyond(pages, extent.frames())) {
            grants.request(demand.ahead(pages + extent.frames()));
        }
        return true;
    }

    /**
     * Asks for the first frames, sized by what was declared, so that they are there when the pages
     * come.
     */
    void requestFirst() {
        if (request.declaredBytes() == 0) {
            return;
        }
        grants.requestFirst(demand.first());
    }

    /**
     * So many bytes of the last {@link #room} hold data now. Each page that is complete is verified
     * and appended; one that does not match its checksum fails the stream with EIO naming the page.
     */
    public void filled(int bytes) {
        if (failure != null) {
            return;
        }
        if (window.isNative()) {
            long offset = FileLayout.fileOffset(extent.pfn()) + filledBytes;
            parts.context().memory().announceWritten(offset, bytes);
        }
        filledBytes += bytes;
        PageChecksum checksum = PageScratch.ofThread().checksum();
        try {
            while (failure == null && verifiedBytes + FileLayout.FRAME_BYTES <= filledBytes) {
                append(checksum);
            }
        } catch (InternalError e) {
            fail(
                    StoreException.ofPage(
                            Errno.EIO, pages, "frame has lost its backing: pfn=" + extent.pfn()));
        }
    }

    /**
     * As {@link #filled}, of bytes that are copied here: a frame that has lost its backing fails
     * this stream, and nothing else.
     *
     * @param room the last {@link #room}, as long as the bytes
     */
    public void fill(MemorySegment room, MemorySegment bytes) {
        try {
            parts.context().memory().copy(bytes, room);
        } catch (StoreException e) {
            fail(StoreException.ofPage(Errno.EIO, pages, e.getMessage()));
            return;
        }
        filled((int) room.byteSize());
    }

    private void append(PageChecksum checksum) {
        int expected = packet.csum();
        int actual = checksum.ofPage(window, verifiedBytes);
        if (expected != actual) {
            fail(
                    StoreException.ofPage(
                            Errno.EIO,
                            pages,
                            String.format(
                                    "page came damaged: page=%d expected=%08x actual=%08x",
                                    pages, expected, actual)));
            return;
        }
        long pfn = extent.pfn() + verifiedBytes / FileLayout.FRAME_BYTES;
        chain.append(packet.flags(), actual, pfn);
        packet.advance();
        verifiedBytes += FileLayout.FRAME_BYTES;
        pages++;
    }

    /**
     * Ends the stream and has it committed. The stream is over whatever the answer is.
     *
     * @param length bytes; a page stream's is its pages times 4096
     * @return the node's sequence once a root reaches it; ENOMEM, EIO, ESTALE as {@link #failure},
     *     EDQUOT where a quota is lower by now, EINVAL for a length that does not fit the pages or
     *     a tail that is not zero, EBADF when it is over already
     */
    public CompletableFuture<Long> finish(long length) {
        if (isOver) {
            return CompletableFuture.failedFuture(
                    StoreException.of(Errno.EBADF, "stream is finished: name=" + request.name()));
        }
        noticeRefusal();
        isOver = true;
        try {
            throwFailure();
            StreamLength.requireFits(request.type(), length, pages, packet.isComplete());
            requireZeroTail(length);
            hold.requireWithinLimits();
            parts.table().beginFinish(node);
        } catch (StoreException e) {
            giveUp();
            answer.completeExceptionally(e);
            return answer;
        }
        byteLength = length;
        closeGrants();
        parts.submitter().submit(this, node, answer);
        return answer;
    }

    private void requireZeroTail(long length) {
        int tail = (int) (length % FileLayout.FRAME_BYTES);
        if (tail != 0) {
            PageChecksum checksum = PageScratch.ofThread().checksum();
            readLastPage(checksum);
            if (!checksum.isZeroFrom(tail)) {
                throw StoreException.of(
                        Errno.EINVAL, "last page is not zero behind the length: length=" + length);
            }
        }
    }

    private void readLastPage(PageChecksum checksum) {
        try {
            checksum.ofPage(window, verifiedBytes - FileLayout.FRAME_BYTES);
        } catch (InternalError e) {
            throw StoreException.ofPage(
                    Errno.EIO, pages - 1, "frame has lost its backing: pfn=" + extent.pfn());
        }
    }

    private void closeGrants() {
        int used = (int) (verifiedBytes / FileLayout.FRAME_BYTES);
        List<Extent> unused = new ArrayList<>();
        if (used < extent.frames()) {
            unused.add(new Extent(extent.pfn() + used, extent.frames() - used));
        }
        chain.unused().forEach(link -> unused.add(new Extent(link, 1)));
        grants.close(unused);
    }

    /** Committer only: stores staged pages, the last link, if there is one, and the node page. */
    void seal() {
        if (staged != null) {
            staged.store(parts.context().memory(), pages);
            staged = null;
            window = MemorySegment.NULL;
        }
        grants.stagedAreStored();
        long firstLink = chain.finish();
        long frame = grants.takeNodeFrame();
        node.pfn = frame != 0 ? frame : parts.frames().space().requireSingles(1, purpose())[0];
        NodeLayout.Extent length = new NodeLayout.Extent(byteLength, pages, firstLink);
        NodeWriter.Contents contents = new NodeWriter.Contents(createdMillis, length, chain);
        parts.nodes().store(node, request, contents);
    }

    /** Committer only: says of all frames that the stream took that a root will reach them. */
    void reached(Forcer forcer) {
        grants.reached(forcer);
        forcer.reached(node.pfn, 1);
    }

    /**
     * Committer only: the finished stream has no place; all it held is free again, unless a root
     * may reach it.
     */
    void notCommitted(StoreException why) {
        failure = why;
        if (why.isOutcomeUnknown()) {
            grants.stagedAreStored();
            return;
        }
        grants.freeAll();
        if (node.pfn != 0) {
            parts.frames().allocator().free(new Extent(node.pfn, 1));
        }
        parts.table().discarded(node);
    }

    /**
     * Gives the stream up: its frames and its name are free. May be called at any time and again.
     */
    public void discard() {
        if (isOver) {
            return;
        }
        isOver = true;
        giveUp();
        answer.cancel(false);
    }

    private void giveUp() {
        release();
        parts.table().discarded(node);
        hold.release(); // of one that was fenced
    }
}
