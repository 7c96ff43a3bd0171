package io.pramd.daemon.node;

import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.LoadStream.Mode;
import io.pramd.protocol.Errno;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Thread-safe. The half of a store that changes nothing: it reads node pages on workers. */
final class Reading {
    private final StoreContext context;
    private final NodeTable table;
    private final Naming naming;
    private final Salvage salvage;
    private final LoadStream.Owner owner;
    private final NodeDescriber describer;

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
        this.describer = new NodeDescriber(context, table);
    }

    private <T> CompletableFuture<T> onWorker(Supplier<T> work) {
        return CompletableFuture.supplyAsync(work, context.threads().workers());
    }

    private NodePageReader pageReader() {
        return new NodePageReader(
                context.memory()::read,
                context.uuid(),
                context.memory()::frameCount,
                PageScratch.ofThread().checksum());
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

        /** Looks once more: a slow machine may not have come to that since the node was ready. */
        private synchronized void timeOut() {
            tryNow();
            answer.completeExceptionally(
                    StoreException.of(
                            Errno.ETIMEDOUT,
                            "node did not become ready: name="
                                    + request.name()
                                    + " waitedMillis="
                                    + request.waitMillis()));
        }

        private void tryOnWorker() {
            if (request.waitMillis() == 0 && !request.salvage() && context.mayWorkHere()) {
                tryNow(); // a node page or two from memory: less than waking a worker
                return;
            }
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
            ByteBuffer page = PageScratch.ofThread().page();
            readOrQuarantine(node, page);
            State state = mode == Mode.LOAD ? State.LOADING : node.state();
            NodeInfo info = NodeInfo.of(page, state, node.pfn, "");
            requireExpected(request, info);
            if (mode == Mode.LOAD) {
                table.beginLoad(node);
            }
            node.chain = ChainReader.Chain.of(page);
            PageSource pages =
                    new ChainPages(context, node.chain, reason -> owner.quarantine(node, reason));
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
            table.quarantineUnreadable(node, e.getMessage());
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

    // ---- stat

    CompletableFuture<NodeInfo> stat(String name) {
        return onWorker(() -> statNow(name));
    }

    private NodeInfo statNow(String name) {
        naming.name(name);
        Optional<Node> node = table.pin(name);
        while (node.isPresent()) {
            Optional<NodeInfo> info = describeAndUnpin(node.get());
            if (info.isPresent()) {
                return info.get();
            }
            // it went while it was read: perhaps another has its name now; a node goes only once
            node = table.pin(name);
        }
        throw StoreException.of(Errno.ENOENT, "no such node: name=" + name);
    }

    private Optional<NodeInfo> describeAndUnpin(Node node) {
        try {
            return describer.describe(node);
        } finally {
            owner.unpin(node);
        }
    }

    CompletableFuture<NodeInfo> statQuarantined(long pfn) {
        return onWorker(() -> describer.describe(table.quarantined().require(pfn)));
    }
}
