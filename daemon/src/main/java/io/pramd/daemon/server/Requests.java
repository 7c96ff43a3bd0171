package io.pramd.daemon.server;

import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.ListRequest;
import io.pramd.daemon.node.OutcomeAnswer;
import io.pramd.daemon.node.SaveKey;
import io.pramd.daemon.node.Store;
import io.pramd.protocol.AllRemoved;
import io.pramd.protocol.AskOutcome;
import io.pramd.protocol.Errno;
import io.pramd.protocol.Grow;
import io.pramd.protocol.Grown;
import io.pramd.protocol.ListNodes;
import io.pramd.protocol.Message;
import io.pramd.protocol.MessageType;
import io.pramd.protocol.NodeStat;
import io.pramd.protocol.Outcome;
import io.pramd.protocol.OutcomeIs;
import io.pramd.protocol.RemoveAll;
import io.pramd.protocol.RemoveNode;
import io.pramd.protocol.Removed;
import io.pramd.protocol.StatNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

/** Event loop only: the requests of one connection that are answered once and open no stream. */
final class Requests {
    /** Most nodes in one answer to LIST. */
    private static final int LIST_NODES_MAX = 1024;

    /**
     * Most node pages that the store reads for one connection at a time: whoever floods it with
     * such requests keeps two of the threads busy that serve all, not all of them.
     */
    private static final int READING_MAX = 2;

    private final Peer peer;
    private final Sessions sessions;
    private final Store store;
    private final Map<Long, MessageType> unanswered = new HashMap<>();
    private final ArrayDeque<Runnable> readsWaiting = new ArrayDeque<>();
    private final List<Long> infosWaiting = new ArrayList<>();
    private int reading;

    Requests(Peer peer, Sessions sessions) {
        this.peer = peer;
        this.sessions = sessions;
        this.store = sessions.store();
    }

    void stat(long id, StatNode message) {
        read(
                id,
                MessageType.STAT,
                () ->
                        message.quarantinedPfn() == 0
                                ? store.stat(message.name())
                                : store.statQuarantined(message.quarantinedPfn()),
                info -> new NodeStat(Answers.record(info)));
    }

    void list(long id, ListNodes message) {
        long asked = message.limit() == 0 ? LIST_NODES_MAX : message.limit();
        ListRequest request =
                new ListRequest(
                        message.prefix(),
                        message.afterSequence(),
                        message.afterPfn(),
                        (int) Math.min(asked, LIST_NODES_MAX));
        read(
                id,
                MessageType.LIST,
                () -> store.list(request),
                nodes -> Answers.listing(nodes, peer.packetBytesMax()));
    }

    void remove(long id, RemoveNode message) {
        if (message.quarantinedPfn() != 0 && message.ifSequence() != 0) {
            refuse(
                    id,
                    MessageType.REMOVE,
                    Errno.EINVAL,
                    "a quarantined node is removed by its pfn alone: ifSequence="
                            + message.ifSequence());
            return;
        }
        ask(
                id,
                MessageType.REMOVE,
                () ->
                        message.quarantinedPfn() == 0
                                ? store.remove(message.name(), message.ifSequence())
                                : store.removeQuarantined(message.quarantinedPfn()),
                Removed::new);
    }

    void removeAll(long id, RemoveAll message) {
        ask(id, MessageType.REMOVE_ALL, () -> store.removeAll(message.prefix()), AllRemoved::new);
    }

    void grow(long id, Grow message) {
        ask(id, MessageType.GROW, () -> store.grow(message.bytes()), Grown::new);
    }

    void outcome(long id, AskOutcome message) {
        if (message.saveId().isNone()) {
            refuse(id, MessageType.OUTCOME, Errno.EINVAL, "no save id is given");
            return;
        }
        SaveKey key = new SaveKey(message.saveId().high(), message.saveId().low());
        ask(
                id,
                MessageType.OUTCOME,
                () -> store.outcome(key, sessions.newestNumber()),
                Requests::outcomeIs);
    }

    /** One look serves all who ask within a turn of the loop. */
    void info(long id) {
        if (isRefused(id, MessageType.INFO)) {
            return;
        }
        open(id, MessageType.INFO);
        infosWaiting.add(id);
        if (infosWaiting.size() == 1) {
            peer.execute(this::answerInfos);
        }
    }

    private void answerInfos() {
        List<Long> asked = List.copyOf(infosWaiting);
        infosWaiting.clear();
        List<Long> open = asked.stream().filter(id -> unanswered.remove(id) != null).toList();
        if (!open.isEmpty()) {
            peer.answerAll(open, Answers.info(sessions.info()));
            open.forEach(id -> peer.end());
        }
    }

    void check(long id) {
        ask(id, MessageType.CHECK, sessions::check, Answers::checked);
    }

    /** Answers that come from now on have nobody to go to. */
    void close() {
        unanswered.clear();
        readsWaiting.clear();
    }

    private <T> void ask(
            long id,
            MessageType type,
            Supplier<CompletableFuture<T>> call,
            Function<T, Message> answer) {
        if (!isRefused(id, type)) {
            open(id, type);
            call(id, type, call, answer, () -> {});
        }
    }

    /** As ask, in turn with the other requests of this connection that read node pages. */
    private <T> void read(
            long id,
            MessageType type,
            Supplier<CompletableFuture<T>> call,
            Function<T, Message> answer) {
        if (isRefused(id, type)) {
            return;
        }
        open(id, type);
        readsWaiting.add(() -> call(id, type, call, answer, this::readDone));
        readNext();
    }

    private void readNext() {
        while (reading < READING_MAX && !readsWaiting.isEmpty()) {
            reading++;
            readsWaiting.remove().run();
        }
    }

    private void readDone() {
        reading--;
        readNext();
    }

    private boolean isRefused(long id, MessageType type) {
        if (unanswered.size() < peer.limits().requestsMax()) {
            return false;
        }
        refuse(
                id,
                type,
                Errno.EAGAIN,
                "too many requests are unanswered: max=" + peer.limits().requestsMax());
        return true;
    }

    private void open(long id, MessageType type) {
        unanswered.put(id, type);
        peer.begin();
    }

    private <T> void call(
            long id,
            MessageType type,
            Supplier<CompletableFuture<T>> call,
            Function<T, Message> answer,
            Runnable whenDone) {
        peer.ask(
                call,
                (value, failure) -> {
                    whenDone.run();
                    if (unanswered.remove(id) == null) {
                        return;
                    }
                    if (failure != null) {
                        peer.refuse(id, type, failure);
                    } else {
                        peer.answer(id, answer.apply(value));
                    }
                    peer.end();
                });
    }

    private void refuse(long id, MessageType answers, Errno errno, String text) {
        peer.refuse(id, answers, StoreException.of(errno, text));
    }

    private static OutcomeIs outcomeIs(OutcomeAnswer answer) {
        Outcome outcome =
                switch (answer.outcome()) {
                    case DONE -> Outcome.DONE;
                    case NOT_DONE -> Outcome.NOT_DONE;
                    case GONE -> Outcome.GONE;
                    case UNKNOWN -> Outcome.UNKNOWN;
                };
        return new OutcomeIs(outcome, outcome == Outcome.DONE ? answer.sequence() : 0);
    }
}
