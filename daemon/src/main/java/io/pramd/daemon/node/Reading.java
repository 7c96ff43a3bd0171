package io.pramd.daemon.node;

import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.LoadStream.Mode;
import io.pramd.protocol.Errno;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Thread-safe. The half of a store that changes nothing: it reads node pages on workers. */
final class Reading {
    private static final int LIST_BATCH = 1024;

    private final StoreContext context;
    private final NodeTable table;
    private final Naming naming;
    private final Salvage salvage;
    private final LoadStream.Owner owner;

    Reading(
            StoreContext context,
            NodeTable table,
            Naming naming,
            Salvage salvage,
            LoadStream.Owner owner) {
        this.salvage = salvage;
        this.context = context;
        this.table = table;
        this.naming = naming;
        this.owner = owner;
    }

    private <T> CompletableFuture<T> onWorker(Supplier<T> work) {
        return CompletableFuture.supplyAsync(work, context.threads().workers());
    }

    private NodePageReader pageReader() {
        return new NodePageReader(
                context.memory()::read, context.uuid(), context.memory().frameCount());
    }

    // ---- loads

    CompletableFuture<LoadStream> open(LoadRequest request, CompletableFuture<?> withdrawal) {
        return new Attempt(request).begin(withdrawal);
    }

    /** One request, tried again whenever the name becomes ready, until its deadline. */
    private final class Attempt {
        private final LoadRequest request;
        private final CompletableFuture<LoadStream> answer = new CompletableFuture<>();
        private final Runnable again = this::tryOnWorker;

        Attempt(LoadRequest request) {
            this.request = request;
        }

        CompletableFuture<LoadStream> begin(CompletableFuture<?> withdrawal) {
            if (request.waitMillis() > 0) {
                ScheduledFuture<?> deadline =
                        context.threads()
                                .timer()
                                .schedule(
                                        () -> context.threads().workers().execute(this::timeOut),
                                        request.waitMillis(),
                                        TimeUnit.MILLISECONDS);
                answer.whenComplete(
                        (stream, why) -> {
                            deadline.cancel(false);
                            table.stopWaiting(request.name(), again);
                        });
            }
            tryOnWorker();
            if (request.waitMillis() > 0) {
                withdrawal.thenRunAsync(this::withdraw, context.threads().workers());
            }
            return answer;
        }

        /** Behind a try that is under way: what that one opened is answered, not lost. */
        private synchronized void withdraw() {
            answer.completeExceptionally(
                    StoreException.of(
                            Errno.EAGAIN, "aborted before it was opened: name=" + request.name()));
        }

        private synchronized void timeOut() {
            answer.completeExceptionally(
                    StoreException.of(
                            Errno.ETIMEDOUT,
                            "node did not become ready: name="
                                    + request.name()
                                    + " waitedMillis="
                                    + request.waitMillis()));
        }

        private void tryOnWorker() {
            context.threads()
                    .workers()
                    .execute(
                            () -> {
                                if (request.waitMillis() > 0 && !answer.isDone()) {
                                    // before trying, so that what becomes ready in between is not
                                    // missed
                                    table.await(request.name(), again);
                                }
                                tryNow();
                            });
        }

        private synchronized void tryNow() {
            if (answer.isDone()) {
                table.stopWaiting(request.name(), again);
                return;
            }
            try {
                LoadStream stream = openNow(request);
                if (!answer.complete(stream)) {
                    stream.abort();
                }
            } catch (StoreException e) {
                boolean mayComeReady = e.errno() == Errno.ENOENT || e.errno() == Errno.EBUSY;
                if (request.waitMillis() == 0 || !mayComeReady) {
                    answer.completeExceptionally(e);
                }
            } catch (RuntimeException | Error e) {
                answer.completeExceptionally(e); // else nobody would ever know
            }
        }
    }

    private LoadStream openNow(LoadRequest request) {
        if (request.quarantinedPfn() == 0) {
            naming.name(request.name());
        }
        if (request.salvage()) {
            return salvage.open(request);
        }
        Mode mode = request.peek() ? Mode.PEEK : owner.isReadOnly() ? Mode.LOAD_AS_PEEK : Mode.LOAD;
        Node node =
                mode != Mode.LOAD
                        ? table.pinForPeek(request.name())
                        : table.pinForLoad(request.name());
        try {
            ByteBuffer page = MetadataPage.allocate();
            readOrQuarantine(node, page);
            State state = mode == Mode.LOAD ? State.LOADING : node.state();
            NodeInfo info = NodeInfo.of(page, state, node.pfn, "");
            requireExpected(request, info);
            if (mode == Mode.LOAD) {
                table.beginLoad(node);
            }
            PageSource pages =
                    new ChainPages(
                            context,
                            ChainReader.Chain.of(page),
                            reason -> owner.quarantine(node, reason));
            return new LoadStream(context, owner, node, info, pages, mode);
        } catch (RuntimeException | Error e) {
            owner.unpin(node);
            throw e;
        }
    }

    private void readOrQuarantine(Node node, ByteBuffer page) {
        try {
            pageReader().read(node.pfn, node.csum, page);
        } catch (StoreException e) {
            table.quarantine(node, e.getMessage());
            throw e;
        }
    }

    static void requireExpected(LoadRequest request, NodeInfo info) {
        if (request.type().isPresent() && !request.type().equals(info.type())) {
            throw StoreException.of(
                    Errno.EPERM,
                    "wrong type: name="
                            + info.name()
                            + " expected="
                            + request.type().get()
                            + " actual="
                            + info.type().map(Enum::name).orElse("unknown"));
        }
        for (Map.Entry<String, String> pair : request.expectedMeta().entrySet()) {
            String actual = info.meta().get(pair.getKey());
            if (!pair.getValue().equals(actual)) {
                throw StoreException.of(
                        Errno.EPERM,
                        "metadata is not as expected: name="
                                + info.name()
                                + " key="
                                + pair.getKey()
                                + " expected="
                                + pair.getValue()
                                + " actual="
                                + actual);
            }
        }
    }

    // ---- stat and list

    CompletableFuture<NodeInfo> stat(String name) {
        return onWorker(() -> statNow(name));
    }

    private NodeInfo statNow(String name) {
        naming.name(name);
        Optional<Node> node = table.find(name);
        while (node.isPresent()) {
            Optional<NodeInfo> info = describeOrFail(node.get());
            if (info.isPresent()) {
                return info.get();
            }
            // it went while it was read: perhaps another has its name now; a node goes only once
            node = table.find(name);
        }
        throw StoreException.of(Errno.ENOENT, "no such node: name=" + name);
    }

    CompletableFuture<NodeInfo> statQuarantined(long pfn) {
        return onWorker(() -> describe(table.requireQuarantined(pfn)));
    }

    private Optional<NodeInfo> describe(Node node) {
        try {
            return describeOrFail(node);
        } catch (StoreException e) {
            return Optional.of(NodeInfo.unreadable(node, e.getMessage()));
        }
    }

    /** Empty when the node has gone while it was read; a node found damaged is quarantined. */
    private Optional<NodeInfo> describeOrFail(Node node) {
        SaveStream saver = node.saver;
        if (saver != null && node.is(State.SAVING)) {
            return Optional.of(NodeInfo.saving(saver));
        }
        try {
            ByteBuffer page = MetadataPage.allocate();
            pageReader().read(node.pfn, node.csum, page);
            return Optional.of(NodeInfo.of(page, node.state(), node.pfn, ""));
        } catch (StoreException e) {
            if (node.is(State.ABSENT)) {
                return Optional.empty();
            }
            table.quarantine(node, e.getMessage());
            throw e;
        }
    }

    private NodeInfo describe(Quarantined damage) {
        Node node = damage.node();
        try {
            ByteBuffer page = MetadataPage.allocate();
            pageReader().read(node.pfn, node.csum, page);
            return NodeInfo.of(page, State.QUARANTINED, node.pfn, damage.reason());
        } catch (StoreException e) {
            return NodeInfo.unreadable(node, damage.reason());
        }
    }

    CompletableFuture<NodeList> list(ListRequest request) {
        return naming.allNamed()
                .thenApplyAsync(ready -> listNow(request), context.threads().workers());
    }

    private NodeList listNow(ListRequest request) {
        List<NodeInfo> found = new ArrayList<>();
        long after = request.afterSequence();
        boolean isBehindAllNamed = after == NodeInfo.UNKNOWN_SEQUENCE;
        while (!isBehindAllNamed && found.size() <= request.limit()) {
            List<Node> batch = table.after(after, LIST_BATCH);
            if (batch.isEmpty()) {
                break;
            }
            for (Node node : batch) {
                after = node.sequence;
                if (found.size() <= request.limit() && node.name.startsWith(request.prefix())) {
                    describe(node).ifPresent(found::add);
                }
            }
        }
        table.allQuarantined().stream()
                .map(this::describe)
                .filter(info -> info.name().startsWith(request.prefix()) && isBehind(request, info))
                .forEach(found::add);
        found.sort(ORDER);
        boolean more = found.size() > request.limit();
        return new NodeList(List.copyOf(more ? found.subList(0, request.limit()) : found), more);
    }

    private static final Comparator<NodeInfo> ORDER =
            Comparator.comparing(NodeInfo::sequence, Long::compareUnsigned)
                    .thenComparing(NodeInfo::pfn, Long::compareUnsigned);

    private static boolean isBehind(ListRequest request, NodeInfo info) {
        int order = Long.compareUnsigned(info.sequence(), request.afterSequence());
        return order > 0 || order == 0 && Long.compareUnsigned(info.pfn(), request.afterPfn()) > 0;
    }
}
