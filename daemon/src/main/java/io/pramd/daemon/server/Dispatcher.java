package io.pramd.daemon.server;

import io.netty.buffer.ByteBuf;
import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.AbortLoad;
import io.pramd.protocol.AskCheck;
import io.pramd.protocol.AskInfo;
import io.pramd.protocol.AskOutcome;
import io.pramd.protocol.DecodeException;
import io.pramd.protocol.Discard;
import io.pramd.protocol.Errno;
import io.pramd.protocol.ErrorReply;
import io.pramd.protocol.FinishLoad;
import io.pramd.protocol.FinishSave;
import io.pramd.protocol.Grow;
import io.pramd.protocol.ListNodes;
import io.pramd.protocol.Message;
import io.pramd.protocol.MessageType;
import io.pramd.protocol.NextFrames;
import io.pramd.protocol.PacketHeader;
import io.pramd.protocol.PacketReader;
import io.pramd.protocol.PacketSink.Verdict;
import io.pramd.protocol.PageSink;
import io.pramd.protocol.Ping;
import io.pramd.protocol.Pong;
import io.pramd.protocol.PrepareBackup;
import io.pramd.protocol.PrepareLoad;
import io.pramd.protocol.PrepareSave;
import io.pramd.protocol.ReadPages;
import io.pramd.protocol.RemoveAll;
import io.pramd.protocol.RemoveNode;
import io.pramd.protocol.ReportBadPage;
import io.pramd.protocol.StatNode;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Event loop only: brings what a client asks, once it has been greeted, to those who answer it, and
 * refuses what does not fit the stream it names.
 */
final class Dispatcher {
    private final Peer peer;
    private final Caller caller;
    private final Metering metering;
    private final Saves saves;
    private final Loads loads;
    private final Requests requests;
    private final Backups backups;

    /**
     * Immutable: whose connection it is.
     *
     * @param number of the connection
     * @param reader that must go on when a stream has been opened or has room again
     * @param profile where page data is counted
     */
    record Client(long number, Caller caller, PacketReader reader, Profile profile) {}

    Dispatcher(Peer peer, Sessions sessions, Client client) {
        this.peer = peer;
        this.caller = client.caller();
        this.metering = sessions.metering();
        this.saves = new Saves(peer, sessions, client);
        this.loads = new Loads(peer, sessions, client);
        this.requests = new Requests(peer, sessions, caller);
        this.backups = new Backups(peer, sessions, caller);
    }

    Caller caller() {
        return caller;
    }

    /** The open streams, the oldest first, so many as may be shown. */
    List<StreamView> streams() {
        return Stream.concat(saves.views(), loads.views())
                .sorted(Comparator.comparingLong(StreamView::id))
                .limit(Clients.STREAMS_MAX)
                .toList();
    }

    /** Decides by the header alone what becomes of a packet. */
    Verdict verdict(PacketHeader header) {
        MessageType type = header.type();
        if (type == MessageType.PAGES) {
            return verdictOnPages(header);
        }
        if (type.isAnswer() || type.isReserved() || type == MessageType.UNKNOWN) {
            peer.answer(
                    header.id(),
                    new ErrorReply(
                            Errno.EINVAL,
                            header.typeNumber(),
                            false,
                            false,
                            0,
                            ErrorReply.NO_PAGE,
                            "message type is not in use: type=" + header.typeNumber()));
            return Verdict.SKIP;
        }
        // Until a stream is open there is nothing that could be finished.
        boolean waits = type == MessageType.FINISH_SAVE && saves.isOpening(header.id());
        return waits ? Verdict.WAIT : Verdict.ACCEPT;
    }

    PageSink pages(PacketHeader header, int pageCount, ByteBuf table) {
        return saves.pages(header, pageCount, table);
    }

    /** A packet that could not be read; the connection goes on. */
    void unreadable(PacketHeader header, DecodeException e) {
        StoreException why = StoreException.of(e.errno(), e.getMessage());
        if (header.type() == MessageType.PREPARE_SAVE) {
            saves.rememberFailed(header.id(), why);
        } else if (header.type() == MessageType.PAGES) {
            saves.spoil(header.id(), why);
        }
        refused(header.type(), why);
        peer.answer(header.id(), ErrorReply.of(e));
    }

    void message(long id, Message message) {
        switch (message) {
            case Ping _ -> ping(id);
            case PrepareSave prepare -> saves.prepare(id, prepare, hasRoom());
            case PrepareLoad prepare -> loads.prepare(id, prepare, hasRoom());
            case StatNode stat -> requests.stat(id, stat);
            case ListNodes list -> requests.list(id, list);
            case RemoveNode remove -> requests.remove(id, remove);
            case RemoveAll remove -> requests.removeAll(id, remove);
            case AskOutcome outcome -> requests.outcome(id, outcome);
            case AskInfo _ -> requests.info(id);
            case AskCheck _ -> requests.check(id);
            case Grow grow -> requests.grow(id, grow);
            case PrepareBackup _ -> backups.prepare(id);
            case NextFrames _ -> backups.next(id);
            case AbortLoad _ when backups.has(id) -> backups.abort(id);
            default -> streamMessage(id, message);
        }
    }

    private void ping(long id) {
        long begin = metering.begin();
        peer.answer(id, new Pong());
        metering.answered("ping", begin);
    }

    /** Counts what is refused before it comes to those who answer it. */
    private void refused(MessageType type, StoreException why) {
        String verb =
                switch (type) {
                    case HELLO -> "hello";
                    case PING -> "ping";
                    case PREPARE_SAVE -> "save";
                    case FINISH_SAVE -> "finish-save";
                    case PREPARE_LOAD -> "load";
                    case READ -> "read";
                    case FINISH_LOAD -> "finish-load";
                    case STAT -> "stat";
                    case LIST -> "list";
                    case REMOVE -> "remove";
                    case REMOVE_ALL -> "remove-all";
                    case OUTCOME -> "outcome";
                    case INFO -> "info";
                    case CHECK -> "check";
                    case GROW -> "grow";
                    case BACKUP -> "backup";
                    default -> ""; // a part of something that is counted
                };
        if (!verb.isEmpty()) {
            metering.refused(verb, why);
        }
    }

    /** The client takes bytes again. */
    void writable() {
        loads.writable();
        backups.writable();
    }

    /** Who waits for a node, or for the end of a start, has to wait for a successor. */
    void refuseWaiting() {
        saves.refuseWaiting();
        loads.refuseWaiting();
    }

    /** Ends the streams whose end has not been asked for; that and all requests are answered. */
    void cut() {
        saves.cut();
        loads.cut();
        backups.cut();
    }

    /** The connection is at its end: discards the saves, gives back the loads. Idempotent. */
    void close() {
        saves.close();
        loads.close();
        requests.close();
        backups.close();
    }

    private void streamMessage(long id, Message message) {
        boolean ofSave = message instanceof FinishSave || message instanceof Discard;
        Optional<StoreException> refusal = refusal(id, message.type(), ofSave);
        if (refusal.isPresent()) {
            refused(message.type(), refusal.get());
            peer.answer(
                    id,
                    message instanceof ReadPages read
                            ? Answers.readError(read, refusal.get(), peer.log)
                            : Answers.error(message.type(), refusal.get(), peer.log));
            return;
        }
        switch (message) {
            case FinishSave finish -> saves.finish(id, finish);
            case Discard _ -> saves.discard(id);
            case ReadPages read -> loads.read(id, read);
            case FinishLoad finish -> loads.finish(id, finish);
            case AbortLoad _ -> loads.abort(id);
            case ReportBadPage report -> loads.report(id, report);
            default -> refuse(id, message.type(), Errno.EINVAL, "not expected: " + message.type());
        }
    }

    private Verdict verdictOnPages(PacketHeader header) {
        long id = header.id();
        Optional<StoreException> refusal = refusal(id, MessageType.PAGES, true);
        if (refusal.isPresent()) {
            peer.refuse(id, MessageType.PAGES, refusal.get());
            return Verdict.SKIP;
        }
        if (header.flags() != 0) {
            StoreException why =
                    StoreException.of(
                            Errno.EINVAL, "flags of a PAGES packet: flags=" + header.flags());
            saves.spoil(id, why);
            peer.refuse(id, MessageType.PAGES, why);
            return Verdict.SKIP;
        }
        return saves.verdictOnPages(id);
    }

    /** What is wrong with the id, unless it is a stream of the right kind. */
    private Optional<StoreException> refusal(long id, MessageType asked, boolean ofSave) {
        if (ofSave ? saves.has(id) : loads.has(id)) {
            return Optional.empty();
        }
        boolean isOther = ofSave ? loads.has(id) : saves.has(id);
        String kind = ofSave ? "load" : "save";
        return Optional.of(
                isOther
                        ? StoreException.of(
                                Errno.EINVAL,
                                asked + " does not belong to a " + kind + ": id=" + id)
                        : StoreException.of(Errno.EBADF, Answers.notOpen(id)));
    }

    private boolean hasRoom() {
        return saves.count() + loads.count() < peer.limits().streamsMax();
    }

    private void refuse(long id, MessageType answers, Errno errno, String text) {
        peer.refuse(id, answers, StoreException.of(errno, text));
    }
}
