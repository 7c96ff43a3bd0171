package io.pramd.daemon.node;

import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.layout.SequenceRecordLayout;
import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.Errno;
import java.nio.ByteBuffer;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Thread-safe. Draws the sequences of nodes and roots. No sequence is ever used twice in a file's
 * life, whatever crash comes: a block's limit is recorded and forced before any of the block is
 * stored anywhere, and an opening continues at the limit. A sequence given again would let a link
 * of an earlier life verify.
 */
public final class Sequences {
    /** Sequences reserved at a time. The next block is reserved when half of this one is left. */
    public static final long BLOCK = 1 << 20;

    private final RootSlots.Writer writer;
    private final RunRecord run;
    private final AtomicLong next;
    private final AtomicBoolean reserving = new AtomicBoolean();
    private volatile long limit;
    private int newestRecord;

    /**
     * Continues at the recorded limit.
     *
     * @param recordedLimit the largest limit of a valid record
     * @param newestRecord 0 or 1: the record that holds it and must not be written next
     */
    public Sequences(RootSlots.Writer writer, RunRecord run, long recordedLimit, int newestRecord) {
        this.writer = writer;
        this.run = run;
        this.next = new AtomicLong(recordedLimit);
        this.limit = recordedLimit;
        this.newestRecord = newestRecord;
    }

    /** Records and forces the next block. Blocks for the device; one caller at a time. */
    public synchronized void reserve() {
        long newLimit = limit + BLOCK;
        int record = 1 - newestRecord;
        ByteBuffer page = MetadataPage.allocate();
        SequenceRecordLayout.write(page, newLimit);
        writer.storeBoth(FileLayout.SEQUENCE_RECORD_PFNS.get(record), page);
        run.during(limit, () -> writer.forceBoth(FileLayout.SEQUENCE_RECORD_PFNS.get(record)));
        newestRecord = record;
        limit = newLimit;
    }

    /**
     * The next sequence. Never blocks.
     *
     * @throws StoreException EAGAIN when the reservation has not kept up
     */
    public long draw() {
        return tryDraw()
                .orElseThrow(
                        () ->
                                StoreException.of(
                                        Errno.EAGAIN,
                                        "sequences run out before the next block is forced: limit="
                                                + limit));
    }

    /** The next sequence; blocks for the device when the block is used up. */
    long awaitDraw() {
        OptionalLong drawn = tryDraw();
        while (drawn.isEmpty()) {
            reserve();
            drawn = tryDraw();
        }
        return drawn.getAsLong();
    }

    private OptionalLong tryDraw() {
        long drawn = next.get();
        while (drawn < limit) {
            if (next.compareAndSet(drawn, drawn + 1)) {
                return OptionalLong.of(drawn);
            }
            drawn = next.get();
        }
        return OptionalLong.empty();
    }

    /** Has the next block reserved in the background when this one is half used. */
    void replenish(Executor forces, java.util.function.Consumer<StoreException> failed) {
        if (limit - next.get() > BLOCK / 2 || !reserving.compareAndSet(false, true)) {
            return;
        }
        forces.execute(
                () -> {
                    try {
                        reserve();
                    } catch (StoreException e) {
                        failed.accept(e);
                    } finally {
                        reserving.set(false);
                    }
                });
    }
}
