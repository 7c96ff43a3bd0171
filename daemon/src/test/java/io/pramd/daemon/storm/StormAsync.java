package io.pramd.daemon.storm;

import io.pramd.client.LoadStream;
import io.pramd.client.PramException;
import io.pramd.client.PramListener.Ended;
import io.pramd.client.PramListener.Result;
import io.pramd.client.SaveOptions;
import io.pramd.protocol.SaveId;
import io.pramd.protocol.StreamType;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/** One owner: asynchronous calls, some of which are cancelled. */
final class StormAsync {
    private static final long END_SECONDS = 60;

    private final StormKit kit;
    private final StormSaves saves;
    private final StormLoads loads;

    StormAsync(StormKit kit, StormSaves saves, StormLoads loads) {
        this.kit = kit;
        this.saves = saves;
        this.loads = loads;
    }

    void save() {
        String name = kit.randomName();
        StormContents contents = StormContents.random(kit.random(), StreamType.BYTE);
        SaveId saveId = SaveId.random();
        SaveOptions options = SaveOptions.defaults().withReplace(true).withSaveId(saveId);
        kit.listener().forget(name);
        CompletableFuture<Long> save = kit.client().async().save(name, options, contents.bytes());
        String what = "asynchronous save of " + name + contents;
        Result result = awaitEnd(what, name, save);
        kit.journal().heard(name, what, result);
        if (result == Result.DONE) {
            kit.journal().becomes(name, Optional.of(contents));
        } else if (result == Result.OUTCOME_UNKNOWN) {
            kit.journal().mayBecome(name, Optional.of(contents));
            saves.settle(name, contents, saveId);
        } else {
            kit.journal().mayBeHeld(name);
        }
    }

    void load() {
        String name = kit.randomName();
        kit.listener().forget(name);
        CompletableFuture<byte[]> load = kit.client().async().load(name, LoadStream::readAllBytes);
        Result result = awaitEnd("asynchronous load of " + name, name, load);
        kit.journal().heard(name, "asynchronous load", result);
        loads.recordLinger(name);
        if (load.isDone() && !load.isCompletedExceptionally()) {
            kit.journal().read(name, load.join());
        }
        if (result == Result.DONE) {
            kit.journal().becomes(name, Optional.empty());
        } else if (result == Result.OUTCOME_UNKNOWN) {
            kit.journal().mayBecome(name, Optional.empty());
            loads.settle(name);
        } else {
            kit.journal().mayBeHeld(name);
        }
    }

    /** Null: the call was never begun. */
    private Result awaitEnd(String what, String name, CompletableFuture<?> call) {
        int fate = kit.random().nextInt(4);
        if (fate == 0) {
            LockSupport.parkNanos(kit.random().nextInt(20_000_000));
            call.cancel(true);
        } else if (fate == 1) {
            call.orTimeout(1 + kit.random().nextInt(50), TimeUnit.MILLISECONDS);
        }
        try {
            if (!kit.executor().lastOfThisThread().await(END_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError(what + " does not end");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(what, e);
        }
        Ended ended = kit.listener().lastOf(name);
        Result result = ended == null ? null : ended.result();
        requireSame(what, call, result);
        return result;
    }

    /** What the future says, unless it was taken from the call, is what the listener heard. */
    private static void requireSame(String what, CompletableFuture<?> call, Result result) {
        try {
            call.get(1, TimeUnit.SECONDS);
            require(what, result == Result.DONE, result, null);
        } catch (CancellationException e) {
            // by this test
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError(what + " has ended, and its future has not", e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof PramException failure) {
                require(what, result == StormListener.resultOf(failure), result, failure);
            } else if (!(cause instanceof TimeoutException)) {
                throw new CompletionException(what, cause);
            }
        }
    }

    private static void require(String what, boolean isSo, Result result, Throwable failure) {
        if (!isSo) {
            throw new AssertionError(what + ": the listener heard " + result, failure);
        }
    }
}
