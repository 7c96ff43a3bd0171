package io.pramd.daemon.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.SaveStream;
import io.pramd.protocol.PacketReader;
import io.pramd.protocol.PageSink;
import io.pramd.protocol.WireLimits;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

/** Event loop only: one save stream; carries page data from the socket into its frames. */
final class OpenSave implements PageSink {
    private final Peer peer;
    private final PacketReader reader;
    private final Profile profile;
    private final AuditEntry entry;
    private final Runnable permission;
    private CompletableFuture<SaveStream> opening;
    private SaveStream stream;
    private StoreException spoiled;
    private boolean dropped;
    private long pagesExpected;
    private int pagesComing;
    private Future<?> limit; // null: none

    /**
     * @param permission throws {@link StoreException} where the saver may not do this now
     */
    OpenSave(Peer peer, Dispatcher.Client client, AuditEntry entry, Runnable permission) {
        this.permission = permission;
        this.peer = peer;
        this.entry = entry;
        this.reader = client.reader();
        this.profile = client.profile();
    }

    /** What is written down of it at its end. */
    AuditEntry entry() {
        return entry;
    }

    /** How much of page data has come. */
    long bytes() {
        return pages() * WireLimits.PAGE_BYTES;
    }

    private long pages() {
        return stream == null ? 0 : stream.pages();
    }

    /**
     * How much will come, as its client says.
     *
     * @param bytes less than 0: it does not know
     */
    void expect(long bytes) {
        pagesExpected = Math.ceilDiv(Math.max(0, bytes), WireLimits.PAGE_BYTES);
    }

    StreamView view(long id) {
        return new StreamView(id, "save", entry.name(), pages(), pagesExpected, entry.millis());
    }

    /**
     * How long it may be open.
     *
     * @param millis 0: as long as it likes
     */
    void limit(long millis, Runnable overdue) {
        if (millis > 0) {
            limit = peer.later(millis, overdue);
        }
    }

    /** No more pages will come, and its end is the store's. */
    void finishing() {
        if (limit != null) {
            limit.cancel(false);
        }
    }

    void opening(CompletableFuture<SaveStream> answer) {
        opening = answer;
    }

    /**
     * The store's answer; the stream is null when it failed. False, and the stream discarded, when
     * nobody wants it any more.
     */
    boolean opened(SaveStream answer) {
        if (dropped && answer != null) {
            answer.discard();
        }
        stream = answer;
        return !dropped;
    }

    boolean isOpening() {
        return stream == null;
    }

    SaveStream stream() {
        return stream;
    }

    /** Why page data is dropped and the finish will be refused. */
    Optional<StoreException> failure() {
        if (spoiled != null) {
            return Optional.of(spoiled);
        }
        return stream == null ? Optional.empty() : stream.failure();
    }

    /** Why it must not be finished. */
    Optional<StoreException> refusal() {
        Optional<StoreException> failure = failure();
        if (failure.isEmpty()) {
            try {
                permission.run(); // the rules may have changed since it was opened
            } catch (StoreException e) {
                return Optional.of(e);
            }
        }
        return failure;
    }

    /** Without a part of its pages the stream cannot be finished. The first reason stays. */
    void spoil(StoreException why) {
        if (failure().isEmpty()) {
            spoiled = why;
        }
    }

    /** The table of the next packet; false when its pages are to be dropped. */
    boolean begin(long[] table, int pageCount) {
        if (isOver()) {
            return false;
        }
        try {
            stream.beginPages(table, pageCount);
            pagesComing = pageCount;
            return true;
        } catch (StoreException e) {
            spoil(e); // stays unanswered until the finish, like every failure of a stream
            return false;
        }
    }

    /** There is room again, or a failure. From any thread. */
    void wake() {
        peer.execute(
                () -> {
                    if (!dropped) {
                        if (stream != null) {
                            stream.noticeFence();
                        }
                        reader.resume();
                    }
                });
    }

    /** Its connection is gone. */
    void lost() {
        entry.ended(AuditEntry.LOST, bytes());
        drop();
    }

    /** Discards the stream, also one that the store has yet to deliver. */
    void drop() {
        dropped = true;
        finishing();
        if (stream != null) {
            stream.discard();
        } else if (opening != null) {
            opening.cancel(false);
        }
    }

    @Override
    public ByteBuf window(int bytesLeft) {
        MemorySegment room = isOver() ? null : stream.room(bytesLeft);
        if (room == null || !room.isNative()) {
            return null; // the kernel cannot receive into the heap
        }
        return Unpooled.wrappedBuffer(room.asByteBuffer()).writerIndex(0);
    }

    @Override
    public void received(int bytes) {
        stream.filled(bytes);
        skipWhatNobodyWants();
    }

    private void skipWhatNobodyWants() {
        if (isOver()) {
            reader.skipRest();
        }
    }

    @Override
    public int copy(ByteBuf in, int bytesMax) {
        MemorySegment room = isOver() ? null : stream.room(bytesMax);
        if (room == null) {
            if (isOver()) {
                reader.skipRest();
            }
            return 0;
        }
        int bytes = (int) Math.min(bytesMax, room.byteSize());
        ByteBuffer come = in.nioBuffer(in.readerIndex(), bytes);
        stream.fill(room.asSlice(0, bytes), MemorySegment.ofBuffer(come));
        in.skipBytes(bytes);
        skipWhatNobodyWants();
        return bytes;
    }

    @Override
    public void complete() {
        profile.saved(pagesComing);
    }

    private boolean isOver() {
        return dropped || failure().isPresent();
    }
}
