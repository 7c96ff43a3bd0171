package io.pramd.daemon.recovery;

import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.memory.FrameSet;
import io.pramd.daemon.memory.MappedMemory;
import io.pramd.daemon.memory.PageChecksum;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.DirectoryTree;
import io.pramd.daemon.node.KeptRoot;
import io.pramd.daemon.node.Root.PageRef;
import io.pramd.daemon.node.Store;
import io.pramd.daemon.node.StoreContext;
import io.pramd.protocol.Errno;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * One owner at a time. A copy of a running store's memory file as of one root, frame by frame:
 * whatever is saved and removed meanwhile, what the root reaches stays as it is. Every page that is
 * read is compared with its sum.
 */
public final class Backup implements AutoCloseable {
    /** Frames of a batch: 1 MiB. */
    private static final int BATCH_FRAMES = 256;

    /** Nodes and links that are read for a batch, however little of them is new. */
    private static final int BATCH_GROUPS = 256;

    private final MappedMemory memory;
    private final byte[] uuid;
    private final KeptRoot kept;
    private final Executor workers;
    private final long frameCount;
    private final long framesMax;
    private final BackupFixed fixed;
    private final BackupNodes nodes;
    private final Queue<PageRef> directory = new ArrayDeque<>();
    private final FrameSet sent = new FrameSet(); // a chain may have several nodes, a page entries
    private final BackupGroup group = new BackupGroup();
    private final FrameBatch batch = new FrameBatch(BATCH_FRAMES);
    private final PageChecksum checksum = new PageChecksum();
    private final ByteBuffer page = MetadataPage.allocate();
    private volatile boolean isClosed;

    private Backup(Store store, StoreContext context, KeptRoot kept) {
        this.workers = context.threads().workers();
        this.memory = context.memory();
        this.uuid = context.uuid();
        this.kept = kept;
        this.frameCount = memory.frameCount(); // by now: what the root reaches is in the file
        this.framesMax = kept.allocator().usedFrames() + 2L * FileLayout.FIXED_FRAMES;
        DirectoryTree tree = new TreeReader(memory, uuid, frameCount).read(kept.root());
        tree.forEachPage(directory::add);
        fixed = new BackupFixed(memory, uuid, context.bootId());
        fixed.make(kept.root(), frameCount);
        nodes =
                new BackupNodes(
                        new BackupNodes.FileView(memory, uuid, frameCount),
                        tree.leaves(),
                        store.view().quarantined(),
                        batch::damaged);
    }

    /**
     * Keeps the root in force, until the last batch, {@link #close} or it has to give way. Blocks;
     * for workers only.
     *
     * @throws StoreException EBUSY while another backup is under way, EAGAIN before the references
     *     are counted, ENOMEM when it had to give way already
     */
    static Backup of(Store store, StoreContext context) {
        KeptRoot kept =
                store.view()
                        .keepRoot()
                        .orElseThrow(
                                () ->
                                        StoreException.of(
                                                Errno.EAGAIN,
                                                "references are still being counted"));
        try {
            return new Backup(store, context, kept);
        } catch (RuntimeException | Error e) {
            kept.close(); // else nothing of it would ever be free
            requireKept(kept);
            throw e;
        }
    }

    /** Size of the copy. */
    public long fileBytes() {
        return FileLayout.fileOffset(frameCount);
    }

    public long rootSequence() {
        return kept.root().sequence();
    }

    public long nodeCount() {
        return kept.root().nodeCount();
    }

    /** Frames that will come at most, about. */
    public long framesMax() {
        return framesMax;
    }

    /**
     * The next frames, read by a worker; the backup's again with the next call.
     *
     * @param framesMax at most so many
     * @return ENOMEM when it had to give way to changes that free frames
     */
    public CompletableFuture<FrameBatch> next(int framesMax) {
        return CompletableFuture.supplyAsync(() -> read(framesMax), workers);
    }

    private FrameBatch read(long framesMax) {
        try {
            fillBatch((int) Math.min(framesMax, BATCH_FRAMES));
        } catch (RuntimeException e) {
            requireKept(kept); // else it may be about what another has stored there since
            throw e;
        }
        requireKept(kept);
        if (batch.isLast()) {
            kept.close();
        }
        return batch;
    }

    /** As many as there is room for, fewer where much is damaged or came before, perhaps none. */
    private void fillBatch(int most) {
        batch.begin(batch.framesSent());
        int groups = 0;
        while (batch.count() < most && batch.damageRoom() > 0) {
            if (isClosed) {
                throw StoreException.of(
                        Errno.EBADF, "the backup is closed: root=" + rootSequence());
            }
            if (group.hasNext()) {
                take(Math.min(most - batch.count(), batch.damageRoom()));
            } else if (groups++ == BATCH_GROUPS) {
                return;
            } else if (!fill()) {
                batch.last();
                return;
            }
        }
    }

    private static void requireKept(KeptRoot kept) {
        if (kept.hasGivenWay()) {
            throw StoreException.of(
                    Errno.ENOMEM,
                    "the backup gave way, a change that frees frames found none: root="
                            + kept.root().sequence());
        }
    }

    private boolean fill() {
        return fixed.fill(group) || fillDirectory() || nodes.fill(group);
    }

    private boolean fillDirectory() {
        PageRef ref = directory.poll();
        if (ref == null) {
            return false;
        }
        if (!isWhole(ref, ref.pfn1()) && !isWhole(ref, ref.pfn2())) {
            throw StoreException.of(
                    Errno.EIO,
                    "no copy verifies: directory page pfn1=" + ref.pfn1() + " pfn2=" + ref.pfn2());
        }
        ByteBuffer whole = FrameBatch.copyOf(page);
        group.clear("");
        group.content(ref.pfn1(), whole);
        group.content(ref.pfn2(), whole);
        return true;
    }

    private boolean isWhole(PageRef ref, long pfn) {
        try {
            memory.read(pfn, page);
        } catch (StoreException e) {
            return false;
        }
        return checksum.ofDirectory(uuid, page) == ref.csum();
    }

    private void take(int most) {
        if (!sent.add(group.pfn(0))) {
            group.skip(1);
            return;
        }
        if (group.content() != null) {
            batch.add(group.pfn(0), checksum.ofPage(group.content()), group.content());
            group.skip(1);
            return;
        }
        int run = 1;
        int runMax = group.run(most);
        while (run < runMax && sent.add(group.pfn(run))) {
            run++;
        }
        readRun(run);
        group.skip(run);
    }

    private void readRun(int run) {
        long first = group.pfn(0);
        ByteBuffer place = batch.place(run);
        try {
            memory.readRun(first, place.duplicate());
        } catch (StoreException e) {
            for (int i = 0; i < run; i++) {
                readAlone(i);
            }
            return;
        }
        for (int i = 0; i < run; i++) {
            int sum =
                    checksum.ofPage(
                            place.slice(i * FileLayout.FRAME_BYTES, FileLayout.FRAME_BYTES));
            if (group.isData(i) && sum != group.csum(i)) {
                damaged(i, sum);
            }
            batch.add(first + i, sum);
        }
    }

    private void readAlone(int ahead) {
        try {
            memory.read(group.pfn(ahead), page);
        } catch (StoreException e) {
            batch.damaged(group.text(ahead) + ": " + e.getMessage());
            return; // it stays a hole
        }
        int sum = checksum.ofPage(page);
        if (group.isData(ahead) && sum != group.csum(ahead)) {
            damaged(ahead, sum);
        }
        batch.add(group.pfn(ahead), sum, page);
    }

    private void damaged(int ahead, int sum) {
        batch.damaged(
                group.text(ahead)
                        + String.format(" expected=%08x actual=%08x", group.csum(ahead), sum));
    }

    /** Gives the root back, as a worker comes to it. From any thread, and more than once. */
    @Override
    public void close() {
        isClosed = true; // a batch that is being read is nobody's
        try {
            workers.execute(kept::close); // there may be much to be placed anew
        } catch (RejectedExecutionException e) {
            kept.close(); // the store is at its end
        }
    }
}
