package io.pramd.daemon.recovery;

import io.pramd.daemon.memory.Background;
import io.pramd.daemon.memory.MappedMemory;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.Store;
import io.pramd.protocol.Errno;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Thread-safe. What every frame of a running store is used for, for as long as somebody asks. A
 * thread of its own surveys the root in force; an answer lays what has changed since over the
 * newest survey. Nobody but who asks waits for a survey, and without a question there is neither a
 * thread nor a survey.
 */
public final class FrameMap implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FrameMap.class);

    /** Of a survey that took long since it gave way to others, too. */
    private static final long REST_NANOS_MAX = Duration.ofSeconds(10).toNanos();

    private final Store store;
    private final MappedMemory memory;
    private final InstantSource clock;
    private final Pace pace;
    private final NodeLook nodes;
    // guarded by this
    private FrameSurvey newest; // null: none
    private long madeNanos;
    private Thread thread; // null: nobody asks
    private List<CompletableFuture<FrameSurvey>> waiting = new ArrayList<>();
    private long askedNanos;
    private volatile boolean isClosed;

    /**
     * How often a survey is made.
     *
     * @param youngest a younger one is never replaced
     * @param rest nor one that is younger than so many times what it took, but 10 s at most
     * @param idle when nobody has asked for so long, the newest is dropped
     */
    record Pace(Duration youngest, int rest, Duration idle) {
        static final Pace NORMAL = new Pace(Duration.ofSeconds(1), 50, Duration.ofSeconds(60));
    }

    FrameMap(Store store, MappedMemory memory, InstantSource clock, Pace pace) {
        this.store = store;
        this.memory = memory;
        this.clock = clock;
        this.pace = pace;
        this.nodes = new NodeLook(store.view(), memory, store.uuid());
    }

    /** Single nodes, as they are now: without a survey. */
    public NodeLook nodes() {
        return nodes;
    }

    /**
     * Asks.
     *
     * @param question is given a look that is good until it returns; may read the file. Runs here
     *     where there is a survey, else on the thread that makes one.
     * @return its answer, or what it threw; EAGAIN before all references are counted, and once this
     *     is closed; EIO when the directory cannot be read
     */
    public <T> CompletionStage<T> ask(Function<FrameLook, T> question) {
        return lease().thenApply(survey -> answer(question, survey)).minimalCompletionStage();
    }

    private <T> T answer(Function<FrameLook, T> question, FrameSurvey survey) {
        try {
            return question.apply(new FrameLook(survey, store.view(), nodes));
        } finally {
            survey.release();
        }
    }

    /** A survey that is young enough, or of the root in force; to be released. */
    private synchronized CompletableFuture<FrameSurvey> lease() {
        if (isClosed) {
            return CompletableFuture.failedFuture(closed());
        }
        askedNanos = System.nanoTime();
        if (newest != null && (isYoung() || isOfNow())) {
            newest.retain();
            return CompletableFuture.completedFuture(newest);
        }
        CompletableFuture<FrameSurvey> survey = new CompletableFuture<>();
        waiting.add(survey);
        if (thread == null) {
            begin();
        }
        notifyAll();
        return survey;
    }

    /** Where no thread can be had, who asks is told so, and the next one tries again. */
    private void begin() {
        Runnable work = Background.givingWay(this::run);
        Thread fresh = Thread.ofPlatform().daemon().name("pramd-map").unstarted(work);
        try {
            fresh.start();
        } catch (OutOfMemoryError e) {
            StoreException why =
                    StoreException.of(
                            Errno.EAGAIN,
                            "no thread for a survey of the memory: " + e.getMessage());
            waiting.forEach(survey -> survey.completeExceptionally(why));
            waiting.clear();
            return;
        }
        thread = fresh;
    }

    private boolean isYoung() {
        long age = System.nanoTime() - madeNanos;
        long rest = Math.min(pace.rest() * newest.tookNanos(), REST_NANOS_MAX);
        return age < Math.max(pace.youngest().toNanos(), rest);
    }

    private boolean isOfNow() {
        return store.view().key().filter(newest.key()::equals).isPresent();
    }

    private static StoreException closed() {
        return StoreException.of(Errno.EAGAIN, "the store ends");
    }

    private void run() {
        try {
            serveAll();
        } finally {
            ended();
        }
    }

    private void serveAll() {
        for (List<CompletableFuture<FrameSurvey>> asked = next();
                !asked.isEmpty();
                asked = next()) {
            try {
                serve(asked, survey());
            } catch (SurveyWalk.Stopped e) {
                fail(asked, closed());
            } catch (StoreException e) {
                fail(asked, e);
            } catch (RuntimeException | Error e) {
                LOG.error("a survey of the memory failed inside the daemon", e);
                fail(asked, StoreException.of(Errno.EIO, "failed inside the daemon: " + e));
            }
        }
    }

    private FrameSurvey survey() {
        Optional<FrameSurvey> made =
                FrameSurvey.of(store.view(), memory, store.uuid(), clock, () -> isClosed);
        return made.orElseThrow(
                () ->
                        StoreException.of(
                                Errno.EAGAIN,
                                "references are still being counted: "
                                        + store.info().get("recovery.progress")));
    }

    /** Who asks next; empty when the thread is to end. */
    private synchronized List<CompletableFuture<FrameSurvey>> next() {
        try {
            long left = pace.idle().toNanos();
            while (!isClosed && waiting.isEmpty() && left > 0) {
                wait(left / 1_000_000 + 1);
                left = pace.idle().toNanos() - (System.nanoTime() - askedNanos);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            isClosed = true;
        }
        if (!isClosed && !waiting.isEmpty()) {
            List<CompletableFuture<FrameSurvey>> asked = waiting;
            waiting = new ArrayList<>();
            return asked;
        }
        replace(null);
        thread = null;
        waiting.forEach(survey -> survey.completeExceptionally(closed()));
        waiting.clear();
        return List.of();
    }

    /** Also behind a failure that none is expected of: who asks then begins a new thread. */
    private synchronized void ended() {
        if (thread == Thread.currentThread()) {
            replace(null);
            thread = null;
            waiting.forEach(survey -> survey.completeExceptionally(closed()));
            waiting.clear();
        }
    }

    private void serve(List<CompletableFuture<FrameSurvey>> asked, FrameSurvey made) {
        synchronized (this) {
            asked.forEach(each -> made.retain());
            replace(made);
            madeNanos = System.nanoTime();
        }
        asked.forEach(each -> each.complete(made));
    }

    private void replace(FrameSurvey made) {
        if (newest != null) {
            newest.release();
        }
        newest = made;
    }

    private static void fail(List<CompletableFuture<FrameSurvey>> asked, StoreException why) {
        asked.forEach(each -> each.completeExceptionally(why));
    }

    /** Whether there is neither a thread nor a survey. */
    synchronized boolean isIdle() {
        return thread == null && newest == null;
    }

    /** Ends a survey under way and waits for it; the memory is not read behind that. */
    @Override
    public void close() {
        Thread running;
        synchronized (this) {
            isClosed = true;
            running = thread;
            notifyAll();
        }
        boolean isInterrupted = false;
        while (running != null && running.isAlive()) {
            try {
                running.join(); // never interrupted: that would close the file for everybody
            } catch (InterruptedException e) {
                isInterrupted = true;
            }
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
