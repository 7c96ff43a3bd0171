package io.pramd.daemon.node;

import io.pramd.daemon.memory.FrameAllocator;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.quota.Quotas;
import io.pramd.protocol.Errno;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Thread-safe. Named streams in one memory file. Nothing here blocks the caller: what must read
 * cold metadata, populate frames or wait for a commit is a future, completed by a worker or the
 * committer. Failures are {@link StoreException}.
 *
 * <p>Loads, peeks, list and stat are served from the start; changes wait until the walk has counted
 * all references.
 */
public final class Store {
    /** How long a change waits for the walk when its request does not say: 30 s. */
    public static final long CHANGE_WAIT_MILLIS = 30_000;

    private final StoreContext context;
    private final NodeTable table;
    private final Naming naming;
    private final Reading reading;
    private final Listing listing;
    private final NodeDescriber describer;
    private final OpenedRoot opened;
    private final Salvage salvage;
    private final Removing removing;
    private final Expiry expiry;
    private final StoreMetering metering = new StoreMetering();
    private final CompletableFuture<Changes> changes = new CompletableFuture<>();
    private final WalkGate gate;
    private final StoreHealth health;
    private final StoreFigures figures;
    private final StoreView view;
    // false while somebody may be told that a save is done which a power cut takes back
    private volatile boolean outcomesHold = true;

    public Store(StoreContext context, OpenedRoot opened) {
        this.context = context;
        this.health = new StoreHealth(context.memory());
        this.gate = new WalkGate(context.threads().timer());
        this.table =
                new NodeTable(
                        new Outcomes(!opened.wasEmpty()),
                        context.threads().workers(),
                        context.quotas(),
                        context.clock());
        this.naming = new Naming(context, opened.tree().leaves(), table, opened.root().sequence());
        LoadStream.Owner owner =
                new LoadEnds(table, health, changes, () -> afterWalk(CHANGE_WAIT_MILLIS));
        this.salvage = new Salvage(context, table, owner);
        this.reading = new Reading(context, table, naming, salvage, owner);
        this.listing = new Listing(context, table, naming, owner);
        this.describer = new NodeDescriber(context, table);
        this.removing = new Removing(table, listing, salvage);
        this.expiry = new Expiry(context, table.expiring(), describer, health::isReadOnly);
        this.opened = opened;
        this.figures = new StoreFigures(context, table, changes, health, expiry, metering);
        this.view = new StoreView(table, changes);
        PrefixCount count =
                new PrefixCount(
                        new PrefixCount.Nodes(table, naming, describer, owner),
                        context.quotas(),
                        context.threads().workers());
        context.quotas()
                .whenChanged(
                        () -> {
                            changes.thenAccept(Changes::reserveForAdministrators);
                            count.request();
                        });
    }

    /** Who uses how much, and the limits: its rules may be changed at any time. */
    public Quotas quotas() {
        return context.quotas();
    }

    /** Drops what is due by itself; for tests also by hand. */
    Expiry expiry() {
        return expiry;
    }

    // ---- the opening's part

    /** The background task that reads all node pages; before the walk. */
    public Naming naming() {
        return naming;
    }

    /** Says how far the walk is, for who must wait. */
    public void walking(Supplier<String> newProgress) {
        figures.walking(newProgress);
    }

    /** Whether the walk is done, so that there may be changes. */
    public boolean isWalked() {
        return changes.isDone();
    }

    /** Where the lines of the recovery report are, for info. */
    public void reporting(Supplier<List<String>> lines) {
        figures.reporting(lines);
    }

    /** Who hears how long work takes, from now on. */
    public void metering(StoreMeter meter) {
        metering.heardBy(meter);
    }

    /** Where more figures are, for info, beside those named before. */
    public void alsoInforming(Supplier<Map<String, Object>> others) {
        figures.alsoInforming(others);
    }

    /** A node that the walk found damaged, and what it counted of it. */
    public void quarantine(int slot, String reason, KeptChain kept) {
        FoundNodes.Claim claim = describer.claim(opened.tree().leaves(), slot);
        table.found().damaged(slot, claim, reason, kept);
    }

    /** The walk has told of all damaged nodes; answers which names that changes, in words. */
    public List<String> namesSettled() {
        return table.found().settleNames();
    }

    /** The root is to be forced before anybody is told that a save is done. */
    public void beforeFirstForce() {
        outcomesHold = false;
    }

    /** It is, if it had to be. */
    public void firstForceDone() {
        outcomesHold = true;
    }

    /** The walk is done: changes begin. */
    public void walked(OpenedRoot opened, FrameAllocator allocator, List<Held> held) {
        Changes ready =
                new Changes(
                        new Changes.Found(
                                context,
                                table,
                                opened,
                                allocator,
                                held,
                                metering,
                                this::fail,
                                health::refusal));
        changes.complete(ready);
        expiry.begin(ready); // before saves: nodes may be in their way
        gate.open(ready);
    }

    /**
     * Something failed behind which no change can be made durable, or whole: from here on the store
     * is read-only. What is unanswered fails with the reason, outcome unknown.
     */
    public void fail(StoreException why) {
        if (!health.fail(why)) {
            return;
        }
        if (changes.isDone()) {
            changes.join().stop(why);
        }
        gate.refuse(health.refusal().orElseThrow());
    }

    /** Completes when the store has become read-only, with the reason. */
    public CompletableFuture<StoreException> failed() {
        return health.failed();
    }

    // ---- saving

    /**
     * Opens a save. Waits for the walk up to the request's deadline.
     *
     * @param waker called from any thread when a stream without room has room, or has failed
     * @return EEXIST, EINVAL, ESTALE as the node's life says; EDQUOT over a quota; EAGAIN with the
     *     walk's progress
     */
    public CompletableFuture<SaveStream> openSave(SaveRequest request, Runnable waker) {
        CompletableFuture<SaveStream> answer = new CompletableFuture<>();
        long wait = request.deadlineMillis() < 0 ? CHANGE_WAIT_MILLIS : request.deadlineMillis();
        afterWalk(wait)
                .thenCompose(ready -> expiry.clear(request.name()).thenApply(gone -> ready))
                .whenComplete(
                        (ready, why) -> {
                            if (why != null) {
                                answer.completeExceptionally(why);
                                return;
                            }
                            if (answer.isDone()) {
                                return; // withdrawn: its name stays free for who waits behind it
                            }
                            try {
                                SaveStream stream = ready.openSave(request, waker);
                                if (!answer.complete(stream)) {
                                    stream.discard();
                                }
                            } catch (RuntimeException | Error e) {
                                answer.completeExceptionally(e);
                            }
                        });
        return answer;
    }

    private CompletableFuture<Changes> afterWalk(long millis) {
        Optional<StoreException> refusal = health.refusal();
        if (refusal.isPresent()) {
            return CompletableFuture.failedFuture(refusal.get());
        }
        return gate.await(millis, this::notYet);
    }

    private StoreException notYet() {
        if (!outcomesHold) {
            return StoreException.of(Errno.EAGAIN, "the root is being forced for the first time");
        }
        return StoreException.of(
                Errno.EAGAIN, "references are still being counted: " + figures.progress());
    }

    // ---- loading

    /**
     * Opens a load or a peek. On a read-only store a load is served as a peek, and cannot finish.
     *
     * @return ENOENT, EBUSY, EPERM as the node's life says; EIO when the node page does not verify;
     *     ETIMEDOUT when it waited in vain. A cancelled request opens nothing.
     */
    public CompletableFuture<LoadStream> openLoad(LoadRequest request) {
        return openLoad(request, new CompletableFuture<Void>());
    }

    /**
     * The same; a request that waits stops doing so when the withdrawal completes: EAGAIN, unless a
     * stream was opened just before. Behind the answer nothing of it is under way any more.
     */
    public CompletableFuture<LoadStream> openLoad(
            LoadRequest request, CompletableFuture<?> withdrawal) {
        if (request.quarantinedPfn() != 0 && !request.salvage()) {
            return CompletableFuture.failedFuture(
                    StoreException.of(
                            Errno.EINVAL,
                            "a quarantined node can only be salvaged: pfn="
                                    + request.quarantinedPfn()));
        }
        return reading.open(request, withdrawal);
    }

    // ---- removing

    /**
     * Removes a ready node.
     *
     * @param ifSequence only this one, else ESTALE; 0: any
     * @return its sequence; ENOENT, EBUSY
     */
    public CompletableFuture<Long> remove(String name, long ifSequence) {
        return afterWalk(CHANGE_WAIT_MILLIS)
                .thenCompose(ready -> removing.byName(ready, name, ifSequence));
    }

    /**
     * Gives a quarantined node up; answers its sequence, 0 when unknown. ENOENT when there is none
     * at this frame.
     */
    public CompletableFuture<Long> removeQuarantined(long pfn) {
        return afterWalk(CHANGE_WAIT_MILLIS).thenCompose(ready -> removing.quarantined(ready, pfn));
    }

    /** As {@link #removeAll(String, Predicate)}, whatever their names. */
    public CompletableFuture<Long> removeAll(String prefix) {
        return removeAll(prefix, name -> true);
    }

    /**
     * Removes all ready nodes with a prefix, one by one, and leaves those in use alone; answers how
     * many.
     *
     * @param mayRemove by name; the others stay
     */
    public CompletableFuture<Long> removeAll(String prefix, Predicate<String> mayRemove) {
        return afterWalk(CHANGE_WAIT_MILLIS)
                .thenCompose(ready -> removing.all(ready, prefix, mayRemove));
    }

    // ---- asking

    public CompletableFuture<NodeInfo> stat(String name) {
        return reading.stat(name);
    }

    public CompletableFuture<NodeInfo> statQuarantined(long pfn) {
        return reading.statQuarantined(pfn);
    }

    /** What is known of the name of a quarantined node; empty when there is none at this frame. */
    public Optional<String> quarantinedName(long pfn) {
        return table.quarantined().name(pfn);
    }

    /**
     * A part of the listing in sequence order; after a start it waits until all node pages have
     * been read.
     */
    public CompletableFuture<NodeList> list(ListRequest request) {
        return listing.list(request);
    }

    /** As {@link #outcome(SaveKey, long, Asker)}, of a save of whomever. */
    public CompletableFuture<OutcomeAnswer> outcome(SaveKey key, long connectionNumberNow) {
        return outcome(key, connectionNumberNow, Asker.ANYBODY);
    }

    /**
     * What became of a save. "Not done" is final: the question fences.
     *
     * @param connectionNumberNow the largest number of a connection accepted so far
     * @param asker who wants to know
     * @return EACCES, and nothing is fenced, when it may not; EAGAIN until the save ids of all
     *     nodes are known, EINVAL for no id, EIO once the store has failed
     */
    public CompletableFuture<OutcomeAnswer> outcome(
            SaveKey key, long connectionNumberNow, Asker asker) {
        if (key.isNone()) {
            return CompletableFuture.failedFuture(
                    StoreException.of(Errno.EINVAL, "no save id given"));
        }
        if (health.isReadOnly()) {
            // what was being committed may be there at the next start, or not
            return CompletableFuture.failedFuture(failed().join());
        }
        if (!outcomesHold) {
            return CompletableFuture.failedFuture(notYet());
        }
        OutcomeStep step;
        try {
            step =
                    table.outcome(
                            key,
                            new Outcomes.Question(connectionNumberNow, changes.isDone(), asker));
        } catch (StoreException e) {
            return CompletableFuture.failedFuture(e);
        }
        return switch (step) {
            case OutcomeStep.Answered(OutcomeAnswer answer) ->
                    CompletableFuture.completedFuture(answer);
            case OutcomeStep.Committing(SaveStream saver) ->
                    saver.answer()
                            .handle((sequence, why) -> why)
                            .thenCompose(why -> outcome(key, connectionNumberNow, asker));
            case OutcomeStep.NotKnownYet() -> CompletableFuture.failedFuture(notYet());
        };
    }

    /** Has a root forced that reaches all that is committed now. */
    public CompletableFuture<Void> force() {
        if (health.isReadOnly()) {
            return CompletableFuture.failedFuture(failed().join());
        }
        return afterWalk(CHANGE_WAIT_MILLIS).thenCompose(Changes::force).thenApply(root -> null);
    }

    /**
     * Makes the memory file larger; streams go on meanwhile, and saves that find no frame wait.
     *
     * @return the size then, of whole pages; EINVAL, EBUSY, ENOMEM, EDQUOT: nothing has happened
     */
    public CompletableFuture<Long> grow(long bytes) {
        return afterWalk(CHANGE_WAIT_MILLIS).thenCompose(ready -> ready.grow(bytes));
    }

    /** The store for who only looks at it. */
    public StoreView view() {
        return view;
    }

    public byte[] uuid() {
        return context.uuid().clone();
    }

    /** Figures by dotted name: Long, Boolean, String or lines. Never blocks for I/O. */
    public Map<String, Object> info() {
        return figures.all();
    }
}
