package io.pramd.daemon.node;

import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.Errno;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Thread-safe. A stream of pages on its way out, for a consuming load or a peek. It pins its node:
 * whatever becomes of the name, the pages stay those of the node that was opened, until the stream
 * is closed and its last batch released.
 */
public final class LoadStream {
    /** Pages that one batch holds at most. */
    public static final int BATCH_PAGES_MAX = 512;

    private final StoreContext context;
    private final Node node;
    private final NodeInfo info;
    private final Mode mode;
    private final Owner owner;
    private final PageSource pages;
    private int pins = 1;
    private boolean closed;

    /** What the stream may do with its node. */
    enum Mode {
        /** Nobody else loads it, and the finish consumes it. */
        LOAD,
        PEEK,
        /** A peek that goes on behind what does not verify. */
        SALVAGE,
        /** A load of a read-only store: as a peek, but whoever asked for it thinks otherwise. */
        LOAD_AS_PEEK
    }

    /** What a stream asks of the store. */
    interface Owner {
        boolean isReadOnly();

        void unpin(Node node);

        void abortLoad(Node node);

        CompletableFuture<Long> consume(Node node, long sequence);

        void quarantine(Node node, String reason);
    }

    LoadStream(
            StoreContext context,
            Owner owner,
            Node node,
            NodeInfo info,
            PageSource pages,
            Mode mode) {
        this.context = context;
        this.owner = owner;
        this.node = node;
        this.info = info;
        this.pages = pages;
        this.mode = mode;
    }

    public NodeInfo info() {
        return info;
    }

    /**
     * Reads links and makes pages present: at once where nothing can block, else on a worker. One
     * call at a time.
     *
     * @param firstPage from 0; at or behind the end the batch is empty
     * @param pagesMax 1 to {@link #BATCH_PAGES_MAX}; fewer are possible
     * @return EIO when a link does not verify (the node is quarantined then) or a page is not
     *     backed; EBADF when closed
     */
    public CompletableFuture<PageBatch> read(long firstPage, int pagesMax) {
        int most = Math.min(pagesMax, BATCH_PAGES_MAX);
        try {
            PageBatch batch = readAtOnce(firstPage, most);
            return batch != null
                    ? CompletableFuture.completedFuture(batch)
                    : onWorker(() -> readNow(firstPage, most));
        } catch (StoreException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private PageBatch readAtOnce(long firstPage, int pagesMax) {
        synchronized (this) {
            if (closed) {
                return null;
            }
            pins++; // the batch's
        }
        PageBatch batch = null;
        try {
            batch = pages.readAtOnce(firstPage, count(firstPage, pagesMax), this::unpin);
            return batch;
        } finally {
            if (batch == null) {
                unpin();
            }
        }
    }

    private int count(long firstPage, int pagesMax) {
        return firstPage < 0 ? 0 : Math.clamp(info.pages() - firstPage, 0, pagesMax);
    }

    private <T> CompletableFuture<T> onWorker(Supplier<T> work) {
        synchronized (this) {
            if (closed) {
                return CompletableFuture.failedFuture(
                        StoreException.of(Errno.EBADF, "stream is closed: name=" + node.name));
            }
            pins++;
        }
        CompletableFuture<T> answer = new CompletableFuture<>();
        context.threads()
                .workers()
                .execute(
                        () -> {
                            T result;
                            try {
                                result = work.get();
                            } catch (RuntimeException | Error e) {
                                answer.completeExceptionally(e); // else nobody would ever know
                                return;
                            } finally {
                                unpin();
                            }
                            if (!answer.complete(result) && result instanceof PageBatch batch) {
                                batch.release();
                            }
                        });
        return answer;
    }

    private PageBatch readNow(long firstPage, int pagesMax) {
        PageBatch batch = pages.read(firstPage, count(firstPage, pagesMax), this::unpin);
        synchronized (this) {
            pins++;
        }
        return batch;
    }

    /**
     * Consumes the node: on completion no root reaches it. The stream is closed by success.
     *
     * @param sequence the node's own, else ESTALE
     * @return the sequence; EINVAL on a peek, EBADF when closed, EROFS on a read-only store
     */
    public CompletableFuture<Long> finish(long sequence) {
        if (mode == Mode.PEEK || mode == Mode.SALVAGE) {
            return CompletableFuture.failedFuture(
                    StoreException.of(
                            Errno.EINVAL,
                            "a peek consumes nothing: abort ends it: name=" + node.name));
        }
        synchronized (this) {
            if (closed) {
                return CompletableFuture.failedFuture(
                        StoreException.of(Errno.EBADF, "stream is closed: name=" + node.name));
            }
        }
        return owner.consume(node, sequence)
                .whenComplete(
                        (done, failure) -> {
                            if (failure == null) {
                                close();
                            } else if (isClosed() && mode == Mode.LOAD) {
                                // aborted meanwhile: the node stays, and nobody else gives it back
                                owner.abortLoad(node);
                            }
                        });
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    /** Reads a reported page again, on a worker; quarantines the node when it is bad here too. */
    public CompletableFuture<BadPage> report(long pageIndex) {
        if (pageIndex < 0 || pageIndex >= info.pages()) {
            return CompletableFuture.failedFuture(
                    StoreException.ofPage(
                            Errno.EINVAL,
                            pageIndex,
                            "no such page: page=" + pageIndex + " pages=" + info.pages()));
        }
        return onWorker(() -> pages.recheck(pageIndex));
    }

    /**
     * Reads pages and compares them with their sums, on a worker; quarantines the node at the first
     * that is bad. For the scrub.
     *
     * @return how many were read, all of them good; EIO when one is not
     */
    public CompletableFuture<Integer> verify(long firstPage, int pagesMax) {
        return onWorker(
                () -> {
                    int count = Math.clamp(info.pages() - firstPage, 0, pagesMax);
                    for (long page = firstPage; page < firstPage + count; page++) {
                        if (pages.recheck(page).agreed()) {
                            throw StoreException.ofPage(
                                    Errno.EIO, page, "data page does not verify: page=" + page);
                        }
                    }
                    return count;
                });
    }

    /**
     * Ends the stream; the node of a load that was not finished is ready again. May be called
     * again.
     */
    public void abort() {
        if (close() && mode == Mode.LOAD) {
            owner.abortLoad(node);
        }
    }

    private boolean close() {
        synchronized (this) {
            if (closed) {
                return false;
            }
            closed = true;
        }
        unpin();
        return true;
    }

    private void unpin() {
        synchronized (this) {
            pins--;
            if (pins > 0) {
                return;
            }
        }
        owner.unpin(node);
    }
}
