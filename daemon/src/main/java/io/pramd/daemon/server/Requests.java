package io.pramd.daemon.server;

import io.pramd.daemon.access.Verb;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.ListRequest;
import io.pramd.daemon.node.NodeList;
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
    private final Caller caller;
    private final Store store;
    private final Map<Long, MessageType> unanswered = new HashMap<>();
    private final ArrayDeque<Runnable> readsWaiting = new ArrayDeque<>();
    private final List<Request> infosWaiting = new ArrayList<>();
    private int reading;

    Requests(Peer peer, Sessions sessions, Caller caller) {
        this.caller = caller;
        this.peer = peer;
        this.sessions = sessions;
        this.store = sessions.store();
    }

    void stat(long id, StatNode message) {
        long pfn = message.quarantinedPfn();
        read(
                new Request(id, MessageType.STAT, caller.begin("stat", message.name())),
                () -> {
                    requireSeen(Verb.LIST, message.name(), pfn);
                    return pfn == 0 ? store.stat(message.name()) : store.statQuarantined(pfn);
                },
                info -> new NodeStat(Answers.record(info)));
    }

    /** Of a name the verb, of a quarantined node that it may be seen. */
    private void requireSeen(Verb verb, String name, long quarantinedPfn) {
        if (quarantinedPfn == 0) {
            caller.require(verb, name);
        } else {
            caller.requireQuarantined(quarantinedPfn, store.quarantinedName(quarantinedPfn));
        }
    }

    void list(long id, ListNodes message) {
        long asked = message.limit() == 0 ? LIST_NODES_MAX : message.limit();
        ListRequest request =
                new ListRequest(
                        message.prefix(),
                        message.afterSequence(),
                        message.afterPfn(),
                        (int) Math.min(asked, LIST_NODES_MAX),
                        name -> caller.may(Verb.LIST, name),
                        name -> caller.may(Verb.ADMIN, name));
        read(
                new Request(id, MessageType.LIST, caller.begin("list", message.prefix())),
                () ->
                        caller.requireSome(Verb.LIST, message.prefix())
                                ? store.list(request)
                                : CompletableFuture.completedFuture(NodeList.NONE),
                nodes -> Answers.listing(nodes, peer.packetBytesMax()));
    }

    void remove(long id, RemoveNode message) {
        Request request =
                new Request(id, MessageType.REMOVE, caller.begin("remove", message.name()));
        long pfn = message.quarantinedPfn();
        ask(
                request,
                () -> {
                    requireMayRemove(message);
                    return pfn == 0
                            ? store.remove(message.name(), message.ifSequence())
                            : store.removeQuarantined(pfn);
                },
                Removed::new);
    }

    private void requireMayRemove(RemoveNode message) {
        if (message.quarantinedPfn() != 0) {
            if (message.ifSequence() != 0) {
                throw StoreException.of(
                        Errno.EINVAL,
                        "a quarantined node is removed by its pfn alone: ifSequence="
                                + message.ifSequence());
            }
            requireSeen(Verb.ADMIN, "", message.quarantinedPfn());
        } else if (message.ifSequence() != 0) {
            caller.requireEither(Verb.REMOVE, Verb.LOAD, message.name()); // a load's late finish
        } else {
            caller.require(Verb.REMOVE, message.name());
        }
    }

    void removeAll(long id, RemoveAll message) {
        ask(
                new Request(
                        id, MessageType.REMOVE_ALL, caller.begin("remove-all", message.prefix())),
                () ->
                        caller.requireSome(Verb.REMOVE, message.prefix())
                                ? store.removeAll(
                                        message.prefix(), name -> caller.may(Verb.REMOVE, name))
                                : CompletableFuture.completedFuture(0L),
                AllRemoved::new);
    }

    void grow(long id, Grow message) {
        ask(
                new Request(id, MessageType.GROW, caller.begin("grow", "")),
                () -> {
                    caller.requireAdministrator();
                    return store.grow(message.bytes());
                },
                Grown::new);
    }

    void outcome(long id, AskOutcome message) {
        SaveKey key = new SaveKey(message.saveId().high(), message.saveId().low());
        ask(
                new Request(id, MessageType.OUTCOME, caller.begin("outcome", "")),
                () -> {
                    requireMayAskOutcome(message);
                    return store.outcome(key, sessions.newestNumber(), caller.asker());
                },
                Requests::outcomeIs);
    }

    private void requireMayAskOutcome(AskOutcome message) {
        if (message.saveId().isNone()) {
            throw StoreException.of(Errno.EINVAL, "no save id is given");
        }
        if (!caller.requireSome(Verb.SAVE, "")) {
            throw caller.unseen("");
        }
    }

    /** One look serves all who ask within a turn of the loop. */
    void info(long id) {
        Request request = new Request(id, MessageType.INFO, caller.begin("info", ""));
        if (isRefused(request)) {
            return;
        }
        open(id, MessageType.INFO);
        infosWaiting.add(request);
        if (infosWaiting.size() == 1) {
            peer.execute(this::answerInfos);
        }
    }

    private void answerInfos() {
        List<Request> asked = List.copyOf(infosWaiting);
        infosWaiting.clear();
        peer.ask(() -> sessions.info(caller), (info, failure) -> answer(asked, info, failure));
    }

    private void answer(List<Request> asked, Map<String, Object> info, Throwable failure) {
        List<Long> open = new ArrayList<>();
        for (Request request : asked) {
            request.entry().okUnwritten();
            if (unanswered.remove(request.id()) != null) {
                open.add(request.id());
            }
        }
        if (!open.isEmpty()) {
            peer.answerAll(
                    open,
                    failure == null
                            ? Answers.info(info)
                            : Answers.error(MessageType.INFO, failure, peer.log));
            open.forEach(id -> peer.end());
        }
    }

    void check(long id) {
        ask(
                new Request(id, MessageType.CHECK, caller.begin("check", "")),
                () -> {
                    caller.requireAdministrator();
                    return sessions.check();
                },
                Answers::checked);
    }

    /** Answers that come from now on have nobody to go to. */
    void close() {
        unanswered.clear();
        readsWaiting.clear();
    }

    /** Something to be answered. */
    private record Request(long id, MessageType type, AuditEntry entry) {}

    private <T> void ask(
            Request request, Supplier<CompletableFuture<T>> call, Function<T, Message> answer) {
        if (!isRefused(request)) {
            open(request.id(), request.type());
            call(request, call, answer, () -> {});
        }
    }

    /** As ask, in turn with the other requests of this connection that read node pages. */
    private <T> void read(
            Request request, Supplier<CompletableFuture<T>> call, Function<T, Message> answer) {
        if (isRefused(request)) {
            return;
        }
        open(request.id(), request.type());
        readsWaiting.add(() -> call(request, call, answer, this::readDone));
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

    private boolean isRefused(Request request) {
        if (unanswered.size() < peer.limits().requestsMax()) {
            return false;
        }
        StoreException why =
                StoreException.of(
                        Errno.EAGAIN,
                        "too many requests are unanswered: max=" + peer.limits().requestsMax());
        request.entry().failed(why);
        peer.refuse(request.id(), request.type(), why);
        return true;
    }

    private void open(long id, MessageType type) {
        unanswered.put(id, type);
        peer.begin();
    }

    private <T> void call(
            Request request,
            Supplier<CompletableFuture<T>> call,
            Function<T, Message> answer,
            Runnable whenDone) {
        peer.ask(
                call,
                (value, failure) -> {
                    whenDone.run();
                    if (failure == null) {
                        request.entry().ok(0);
                    } else {
                        request.entry().failed(failure);
                    }
                    if (unanswered.remove(request.id()) == null) {
                        return;
                    }
                    if (failure != null) {
                        peer.refuse(request.id(), request.type(), failure);
                    } else {
                        peer.answer(request.id(), answer.apply(value));
                    }
                    peer.end();
                });
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
