package io.pramd.daemon.server;

import io.netty.buffer.ByteBuf;
import io.pramd.daemon.access.Verb;
import io.pramd.daemon.layout.NodeType;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.SaveKey;
import io.pramd.daemon.node.SaveRequest;
import io.pramd.daemon.node.SaveStream;
import io.pramd.daemon.node.Store;
import io.pramd.protocol.Discarded;
import io.pramd.protocol.Durability;
import io.pramd.protocol.Errno;
import io.pramd.protocol.Features;
import io.pramd.protocol.FinishSave;
import io.pramd.protocol.MessageType;
import io.pramd.protocol.NodeDates;
import io.pramd.protocol.PacketHeader;
import io.pramd.protocol.PacketSink.Verdict;
import io.pramd.protocol.PageSink;
import io.pramd.protocol.PrepareSave;
import io.pramd.protocol.SaveOpened;
import io.pramd.protocol.Saved;
import io.pramd.protocol.StreamType;
import io.pramd.protocol.WireLimits;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Event loop only: the save streams of one connection. */
final class Saves {
    private static final String FINISH = "finish-save";

    private final Peer peer;
    private final Sessions sessions;
    private final Dispatcher.Client client;
    private final Map<Long, OpenSave> open = new HashMap<>();
    private final Map<Long, OpenSave> finishing = new HashMap<>();
    private final Map<Long, StoreException> failed = new LinkedHashMap<>();
    private final long[] table = new long[WireLimits.PAGES_PER_PACKET_MAX];
    private boolean closed;
    private boolean looksNextTurn;

    Saves(Peer peer, Sessions sessions, Dispatcher.Client client) {
        this.peer = peer;
        this.sessions = sessions;
        this.client = client;
    }

    int count() {
        return open.size() + finishing.size();
    }

    Stream<StreamView> views() {
        return Stream.of(open, finishing)
                .flatMap(saves -> saves.entrySet().stream())
                .map(save -> save.getValue().view(save.getKey()));
    }

    boolean has(long id) {
        return open.containsKey(id) || failed.containsKey(id);
    }

    /**
     * Opens a stream.
     *
     * @param room whether the connection may have one more
     */
    void prepare(long id, PrepareSave message, boolean room) {
        AuditEntry entry = client.caller().begin("save", message.name());
        SaveRequest request;
        try {
            requireAllowed(message);
            if (!room) {
                throw StoreException.of(
                        Errno.EAGAIN, "too many streams: max=" + peer.limits().streamsMax());
            }
            if (sessions.isDraining()) {
                throw Sessions.draining();
            }
            request = request(message);
        } catch (StoreException e) {
            entry.failed(e);
            refusePrepare(id, e);
            return;
        }
        peer.begin();
        sessions.savesOpenBy(1);
        OpenSave save = new OpenSave(peer, client, entry, () -> requireAllowed(message));
        save.expect(message.declaredBytes());
        open.put(id, save);
        long millisMax = sessions.limits().savingMillisMax();
        save.limit(millisMax, () -> overdue(id, save, millisMax));
        Store store = sessions.store();
        save.opening(
                peer.ask(
                        () -> store.openSave(request, save::wake),
                        (stream, failure) -> opened(id, save, stream, failure)));
    }

    /** Replacing takes away what is there. */
    private void requireAllowed(PrepareSave message) {
        client.caller().require(Verb.SAVE, message.name());
        if (message.replace()) {
            client.caller().require(Verb.REMOVE, message.name());
        }
    }

    /** It keeps a name, and frames, from everybody else. */
    private void overdue(long id, OpenSave save, long millisMax) {
        if (!open.remove(id, save)) {
            return;
        }
        StoreException why =
                StoreException.of(
                        Errno.ETIMEDOUT, "save was open for too long: max=" + millisMax + " ms");
        MessageType answers = save.isOpening() ? MessageType.PREPARE_SAVE : MessageType.PAGES;
        save.entry().failed(why, save.bytes());
        save.drop();
        rememberFailed(id, why);
        peer.refuse(id, answers, why);
        ended();
        client.reader().resume();
    }

    /** A prepare that could not even be read fails like one that the store refused. */
    void rememberFailed(long id, StoreException why) {
        failed.put(id, why);
        if (failed.size() > peer.limits().failedSavesMax()) {
            failed.remove(failed.keySet().iterator().next());
        }
    }

    /** A PAGES packet of the stream was refused: without it the stream cannot be finished. */
    void spoil(long id, StoreException why) {
        OpenSave save = open.get(id);
        if (save != null) {
            save.spoil(why);
        }
    }

    /** Whether a packet of the stream must wait until the store has opened it. */
    boolean isOpening(long id) {
        OpenSave save = open.get(id);
        return save != null && save.isOpening();
    }

    /** For an id that {@link #has}. */
    Verdict verdictOnPages(long id) {
        OpenSave save = open.get(id);
        if (save == null || save.failure().isPresent()) {
            return Verdict.SKIP;
        }
        return save.isOpening() ? Verdict.WAIT : Verdict.ACCEPT;
    }

    PageSink pages(PacketHeader header, int pageCount, ByteBuf entries) {
        OpenSave save = open.get(header.id());
        if (save == null) {
            return null;
        }
        for (int i = 0; i < pageCount; i++) {
            table[i] = entries.getLongLE(entries.readerIndex() + i * WireLimits.PAGE_ENTRY_BYTES);
        }
        return save.begin(table, pageCount) ? save : null;
    }

    /** For an id that {@link #has} and is not opening. */
    void finish(long id, FinishSave message) {
        OpenSave save = open.remove(id);
        if (save == null) {
            refuseFinish(id, failed.remove(id));
            return;
        }
        long begin = sessions.metering().begin();
        Optional<StoreException> failure = save.refusal();
        if (failure.isPresent()) {
            save.entry().failed(failure.get(), save.bytes());
            save.drop();
            refuseFinish(id, failure.get());
            ended();
            return;
        }
        finishing.put(id, save);
        save.finishing();
        Durability durability = Durability.of(save.stream().durability().number());
        peer.ask(
                () -> save.stream().finish(message.byteLength()),
                (sequence, why) -> {
                    sessions.metering().answered(FINISH, begin, why);
                    if (why == null) {
                        save.entry().ok(message.byteLength());
                        finished(id, new Saved(sequence, durability), null);
                    } else {
                        save.entry().failed(why, save.bytes());
                        finished(id, null, why);
                    }
                });
    }

    private void refuseFinish(long id, StoreException why) {
        sessions.metering().refused(FINISH, why);
        peer.refuse(id, MessageType.FINISH_SAVE, why);
    }

    /** For an id that {@link #has}. */
    void discard(long id) {
        OpenSave save = open.remove(id);
        failed.remove(id);
        if (save != null) {
            if (save.isOpening()) {
                peer.refuse(
                        id,
                        MessageType.PREPARE_SAVE,
                        StoreException.of(Errno.EAGAIN, "discarded before it was opened"));
            }
            save.entry().ended(AuditEntry.ABORTED, save.bytes());
            save.drop();
        }
        peer.answer(id, new Discarded());
        if (save != null) {
            ended();
        }
    }

    /** Refuses what waits to be opened. */
    void refuseWaiting() {
        Map.copyOf(open)
                .forEach(
                        (id, save) -> {
                            if (save.isOpening()) {
                                open.remove(id);
                                StoreException why = Sessions.draining();
                                save.entry().failed(why);
                                save.drop();
                                refusePrepare(id, why);
                                ended();
                            }
                        });
        client.reader().resume();
    }

    /** Discards what is open. What is being finished is still answered. */
    void cut() {
        List<OpenSave> all = List.copyOf(open.values());
        open.clear();
        all.forEach(
                save -> {
                    save.lost();
                    ended();
                });
    }

    /** Discards what is open. What is being finished goes on, unheard. */
    void close() {
        if (!closed) {
            closed = true;
            sessions.savesOpenBy(-count());
            open.values().forEach(OpenSave::lost);
            open.clear();
            finishing.clear();
            failed.clear();
            peer.flushSoon(); // answers that were to go out beside those that nobody hears now
        }
    }

    private void opened(long id, OpenSave save, SaveStream stream, Throwable failure) {
        if (!save.opened(stream)) {
            return; // discarded meanwhile, or the connection is gone
        }
        if (failure == null) {
            peer.answerLazily(id, new SaveOpened(stream.sequence()));
            tellIfStillOpen();
        } else {
            open.remove(id);
            save.entry().failed(failure);
            save.drop();
            refusePrepare(id, Answers.unwrapped(failure));
            ended();
        }
        client.reader().resume();
    }

    /**
     * A client that has sent the finish as well waits for its answer; the one to the opening goes
     * out beside it.
     */
    private void tellIfStillOpen() {
        if (!looksNextTurn) {
            looksNextTurn = true;
            peer.nextTurn(
                    () -> {
                        looksNextTurn = false;
                        if (!open.isEmpty()) {
                            peer.flushSoon();
                        }
                    });
        }
    }

    private void refusePrepare(long id, Throwable failure) {
        StoreException why =
                failure instanceof StoreException e
                        ? e
                        : StoreException.of(Errno.EIO, "failed inside the daemon: " + failure);
        rememberFailed(id, why);
        peer.refuse(id, MessageType.PREPARE_SAVE, failure);
    }

    private void finished(long id, Saved saved, Throwable failure) {
        if (finishing.remove(id) == null) {
            return;
        }
        if (failure == null) {
            peer.answer(id, saved);
        } else {
            peer.refuse(id, MessageType.FINISH_SAVE, failure);
        }
        ended();
    }

    private void ended() {
        sessions.savesOpenBy(-1);
        peer.end();
    }

    private SaveRequest request(PrepareSave message) {
        if (message.streamType() == StreamType.ANY) {
            throw invalid("a save is of pages or of bytes: streamType=0");
        }
        if (message.ttlMillis() < 0 || message.ttlMillis() > WireLimits.TTL_MILLIS_MAX) {
            throw invalid(
                    "time to live is too long: ttlMillis="
                            + Long.toUnsignedString(message.ttlMillis())
                            + " max="
                            + WireLimits.TTL_MILLIS_MAX);
        }
        if (message.ttlMillis() != 0 && !peer.has(Features.TIME_TO_LIVE)) {
            throw invalid("time to live was not agreed on: feature=" + Features.TIME_TO_LIVE);
        }
        message.dates().ifPresent(this::requireUsable);
        if (message.declaredBytes() < PrepareSave.BYTES_UNKNOWN) {
            throw invalid(
                    "declared length is too large: declaredBytes="
                            + Long.toUnsignedString(message.declaredBytes()));
        }
        boolean byDefault = message.deadlineMillis() == PrepareSave.DEADLINE_DEFAULT;
        return new SaveRequest(
                message.name(),
                message.streamType() == StreamType.PAGE ? NodeType.PAGE : NodeType.BYTE,
                message.replace(),
                new SaveKey(message.saveId().high(), message.saveId().low()),
                message.declaredBytes(),
                message.meta(),
                byDefault ? -1 : message.deadlineMillis(),
                client.number(),
                io.pramd.daemon.layout.Durability.of(message.durability().number()),
                client.caller().saver(message.name()),
                message.ttlMillis(),
                message.dates()
                        .map(d -> new SaveRequest.Dates(d.createdMillis(), d.expiryMillis())));
    }

    private void requireUsable(NodeDates dates) {
        if (!peer.has(Features.DATES)) {
            throw invalid("dates were not agreed on: feature=" + Features.DATES);
        }
        if (isNoDate(dates.createdMillis()) || isNoDate(dates.expiryMillis())) {
            throw invalid(
                    "a date is too late: createdMillis="
                            + Long.toUnsignedString(dates.createdMillis())
                            + " expiryMillis="
                            + Long.toUnsignedString(dates.expiryMillis())
                            + " max="
                            + WireLimits.DATE_MILLIS_MAX);
        }
    }

    private static boolean isNoDate(long millis) {
        return millis < 0 || millis > WireLimits.DATE_MILLIS_MAX;
    }

    private static StoreException invalid(String text) {
        return StoreException.of(Errno.EINVAL, text);
    }
}
