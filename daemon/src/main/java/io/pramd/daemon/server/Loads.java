package io.pramd.daemon.server;

import io.pramd.daemon.access.Verb;
import io.pramd.daemon.layout.NodeType;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.BadPage;
import io.pramd.daemon.node.LoadRequest;
import io.pramd.daemon.node.LoadStream;
import io.pramd.daemon.quota.Hold;
import io.pramd.protocol.Aborted;
import io.pramd.protocol.BadPageVerdict;
import io.pramd.protocol.Consumed;
import io.pramd.protocol.Errno;
import io.pramd.protocol.Features;
import io.pramd.protocol.FinishLoad;
import io.pramd.protocol.LoadOpened;
import io.pramd.protocol.MessageType;
import io.pramd.protocol.PrepareLoad;
import io.pramd.protocol.ReadPages;
import io.pramd.protocol.ReportBadPage;
import io.pramd.protocol.StreamType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Event loop only: the load streams of one connection. */
final class Loads {
    private static final String FINISH = "finish-load";

    private final Peer peer;
    private final Sessions sessions;
    private final Metering metering;
    private final Caller caller;
    private final PagePump pump;
    private final Map<Long, OpenLoad> open = new HashMap<>();
    private boolean closed;

    Loads(Peer peer, Sessions sessions, Dispatcher.Client client) {
        this.peer = peer;
        this.sessions = sessions;
        this.metering = sessions.metering();
        this.caller = client.caller();
        this.pump = new PagePump(peer, client.profile(), metering);
    }

    int count() {
        return open.size();
    }

    Stream<StreamView> views() {
        return open.values().stream().map(OpenLoad::view);
    }

    boolean has(long id) {
        return open.containsKey(id);
    }

    /** The client takes bytes again. */
    void writable() {
        pump.serveNextTurn();
    }

    /**
     * Opens a stream.
     *
     * @param room whether the connection may have one more
     */
    void prepare(long id, PrepareLoad message, boolean room) {
        AuditEntry entry = caller.begin(verb(message), message.name());
        Hold hold;
        try {
            requireAllowed(message);
            requireServed(message, room);
            hold = sessions.store().quotas().openLoad(caller.principal(), message.name());
        } catch (StoreException e) {
            entry.failed(e);
            peer.refuse(id, MessageType.PREPARE_LOAD, e);
            return;
        }
        peer.begin();
        sessions.loadsOpenBy(1);
        OpenLoad load = new OpenLoad(id, message.peek(), entry, hold);
        open.put(id, load);
        load.opening(
                peer.ask(
                        () -> sessions.store().openLoad(request(message), load.withdrawal()),
                        (stream, failure) -> waited(load, message, stream, failure)));
    }

    /** For an id that {@link #has}, like all that follow. */
    void read(long id, ReadPages message) {
        OpenLoad load = open.get(id);
        if (isEnding(load)) {
            refuseRead(id, message, Errno.EBADF, ending(load));
            return;
        }
        if (load.readsQueued() >= peer.limits().readsQueuedMax()) {
            refuseRead(
                    id,
                    message,
                    Errno.EAGAIN,
                    "too many READs wait in the stream: max=" + peer.limits().readsQueuedMax());
            return;
        }
        load.queue(message, metering.begin());
        pump.offer(load);
    }

    void finish(long id, FinishLoad message) {
        OpenLoad load = usable(id, MessageType.FINISH_LOAD);
        if (load == null) {
            return;
        }
        if (load.isOpening()) {
            refuse(id, MessageType.FINISH_LOAD, Errno.EINVAL, "the load is not open yet: id=" + id);
            return;
        }
        load.finishing();
        long begin = metering.begin();
        peer.ask(
                () -> {
                    if (!load.isPeek()) {
                        // the rules may have changed since
                        caller.require(Verb.LOAD, load.stream().info().name());
                    }
                    return load.stream().finish(message.sequence());
                },
                (sequence, failure) -> {
                    metering.answered(FINISH, begin, failure);
                    finished(load, sequence, failure);
                });
    }

    void abort(long id) {
        OpenLoad load = usable(id, MessageType.ABORT);
        if (load == null) {
            return;
        }
        if (load.isOpening()) {
            load.withdraw(); // and goes on where it is opened, or is not
        } else {
            aborted(load);
        }
    }

    private void aborted(OpenLoad load) {
        load.abort();
        load.aborted();
        peer.answer(load.id(), new Aborted());
        ended(load);
    }

    void report(long id, ReportBadPage message) {
        OpenLoad load = usable(id, MessageType.REPORT_BAD_PAGE);
        if (load == null) {
            return;
        }
        if (load.isOpening()) {
            refuse(
                    id,
                    MessageType.REPORT_BAD_PAGE,
                    Errno.EINVAL,
                    "the load is not open yet: id=" + id);
            return;
        }
        if (load.reportsOpen() >= peer.limits().readsQueuedMax()) {
            refuse(
                    id,
                    MessageType.REPORT_BAD_PAGE,
                    Errno.EAGAIN,
                    "too many reports wait in the stream: max=" + peer.limits().readsQueuedMax());
            return;
        }
        load.reportsOpenBy(1);
        peer.ask(
                () -> load.stream().report(message.pageIndex()),
                (verdict, failure) -> reported(load, message.pageIndex(), verdict, failure));
    }

    /** Refuses what waits to be opened. */
    void refuseWaiting() {
        open.values().stream()
                .filter(OpenLoad::isOpening)
                .toList()
                .forEach(load -> refused(load, Sessions.draining()));
    }

    /** Gives every node back. A finish under way is still answered. */
    void cut() {
        for (OpenLoad load : List.copyOf(open.values())) {
            if (!load.isFinishing()) {
                load.lost();
                load.abort();
                ended(load);
            }
        }
    }

    /** Gives every node back; a finish under way goes on, unheard. */
    void close() {
        if (!closed) {
            closed = true;
            sessions.loadsOpenBy(-open.size());
            open.values()
                    .forEach(
                            load -> {
                                load.lost();
                                load.release();
                                if (load.isFinishing()) {
                                    load.over();
                                } else {
                                    load.abort();
                                }
                            });
            open.clear();
        }
    }

    /** Who has waited may have lost the right to it meanwhile. */
    private void waited(OpenLoad load, PrepareLoad message, LoadStream stream, Throwable failure) {
        if (stream != null && message.waitMillis() > 0) {
            try {
                requireAllowed(message);
            } catch (StoreException e) {
                stream.abort();
                opened(load, null, e);
                return;
            }
        }
        opened(load, stream, failure);
    }

    private void opened(OpenLoad load, LoadStream stream, Throwable failure) {
        if (!load.opened(stream)) {
            return; // the connection is gone
        }
        if (load.isAborting()) {
            peer.answer(
                    load.id(),
                    failure == null
                            ? new LoadOpened(Answers.record(stream.info()))
                            : Answers.error(MessageType.PREPARE_LOAD, failure, peer.log)
                                    .withRetryAfterMillis(0));
            aborted(load);
            return;
        }
        if (failure == null) {
            peer.answer(load.id(), new LoadOpened(Answers.record(stream.info())));
            pump.offer(load);
            return;
        }
        refused(load, failure);
    }

    private void refused(OpenLoad load, Throwable failure) {
        load.entry().failed(failure);
        peer.refuse(load.id(), MessageType.PREPARE_LOAD, failure);
        for (ReadPages read : load.reads()) {
            refuseRead(load.id(), read, Errno.EBADF, Answers.notOpen(load.id()));
        }
        load.abort();
        ended(load);
    }

    private void finished(OpenLoad load, Long sequence, Throwable failure) {
        if (load.isOver()) {
            if (failure != null) {
                load.stream().abort(); // the connection went away, and the node is still held
            }
            return;
        }
        if (failure != null) {
            load.reopen();
            peer.refuse(load.id(), MessageType.FINISH_LOAD, failure);
            pump.offer(load);
            return;
        }
        load.over();
        load.entry().ok(load.bytesSent());
        peer.answer(load.id(), new Consumed(sequence));
        ended(load);
    }

    private void reported(OpenLoad load, long pageIndex, BadPage verdict, Throwable failure) {
        load.reportsOpenBy(-1);
        if (load.isOver()) {
            return;
        }
        if (failure != null) {
            peer.refuse(load.id(), MessageType.REPORT_BAD_PAGE, failure);
            return;
        }
        peer.answer(
                load.id(),
                new BadPageVerdict(
                        pageIndex,
                        verdict.agreed(),
                        Integer.toUnsignedLong(verdict.storedCsum()),
                        Integer.toUnsignedLong(verdict.actualCsum())));
    }

    /** The stream, unless its end is under way: it is over for everybody else then. */
    private OpenLoad usable(long id, MessageType asked) {
        OpenLoad load = open.get(id);
        if (isEnding(load)) {
            refuse(id, asked, Errno.EBADF, ending(load));
            return null;
        }
        return load;
    }

    private static boolean isEnding(OpenLoad load) {
        return load.isFinishing() || load.isAborting();
    }

    private static String ending(OpenLoad load) {
        return "the stream is being "
                + (load.isFinishing() ? "finished" : "aborted")
                + ": id="
                + Long.toUnsignedString(load.id());
    }

    private void refuseRead(long id, ReadPages read, Errno errno, String text) {
        StoreException why = StoreException.of(errno, text);
        metering.refused(PagePump.VERB, why);
        peer.answer(id, Answers.readError(read, why, peer.log));
    }

    private void ended(OpenLoad load) {
        open.remove(load.id());
        load.release();
        sessions.loadsOpenBy(-1);
        peer.end();
    }

    private void refuse(long id, MessageType answers, Errno errno, String text) {
        StoreException why = StoreException.of(errno, text);
        if (answers == MessageType.FINISH_LOAD) {
            metering.refused(FINISH, why);
        }
        peer.refuse(id, answers, why);
    }

    private static String verb(PrepareLoad message) {
        if (message.salvage()) {
            return "salvage";
        }
        return message.peek() ? "peek" : "load";
    }

    private void requireAllowed(PrepareLoad message) {
        if (message.quarantinedPfn() != 0) {
            long pfn = message.quarantinedPfn();
            caller.requireQuarantined(pfn, sessions.store().quarantinedName(pfn));
        } else if (message.salvage()) {
            caller.require(Verb.ADMIN, message.name());
        } else {
            caller.require(message.peek() ? Verb.PEEK : Verb.LOAD, message.name());
        }
    }

    private void requireServed(PrepareLoad message, boolean room) {
        if (message.salvage() && !peer.has(Features.SALVAGE)) {
            throw StoreException.of(
                    Errno.EINVAL, "salvage was not agreed on: feature=" + Features.SALVAGE);
        }
        if (!room) {
            throw StoreException.of(
                    Errno.EAGAIN, "too many streams: max=" + peer.limits().streamsMax());
        }
        if (sessions.isDraining()) {
            throw Sessions.draining();
        }
    }

    private static LoadRequest request(PrepareLoad message) {
        return new LoadRequest(
                message.name(),
                message.quarantinedPfn(),
                type(message.streamType()),
                message.peek(),
                message.salvage(),
                message.expectedMeta(),
                message.waitMillis());
    }

    private static Optional<NodeType> type(StreamType asked) {
        return switch (asked) {
            case ANY -> Optional.empty();
            case PAGE -> Optional.of(NodeType.PAGE);
            case BYTE -> Optional.of(NodeType.BYTE);
        };
    }
}
