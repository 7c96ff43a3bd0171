package io.pramd.client;

import io.pramd.protocol.InfoValue;
import io.pramd.protocol.NodeRecord;
import io.pramd.protocol.SaveId;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * Thread-safe: the verbs of {@link PramClient}, each carried out by a thread of {@link
 * PramConfig#executor()}. Readers and writers run there, too. What the call throws completes the
 * future.
 *
 * <p>Cancelling a future, or completing it in another way ({@code orTimeout} say), ends its call: a
 * save whose finish has not been sent is discarded, a load whose finish has not been sent aborted,
 * also where its writer or reader has not noticed. Of one whose finish is under way, and of another
 * change, the outcome is then unknown. Cancelling a stage that depends on the future does not reach
 * the call.
 */
public final class AsyncPramClient {
    private final PramClient client;
    private final AsyncExecutor executor;

    AsyncPramClient(PramClient client, Executor executor) {
        this.client = client;
        this.executor = new AsyncExecutor(executor);
    }

    public <X extends Exception> CompletableFuture<Long> save(
            String name, SaveOptions options, StreamWriter<X> writer) {
        return begin(
                call ->
                        client.save(
                                name,
                                options,
                                out -> {
                                    writer.writeTo(out);
                                    call.requireWanted();
                                }));
    }

    public <X extends Exception> CompletableFuture<Long> save(String name, StreamWriter<X> writer) {
        return save(name, SaveOptions.defaults(), writer);
    }

    public CompletableFuture<Long> save(String name, SaveOptions options, Path file) {
        return begin(() -> client.save(name, options, file));
    }

    public CompletableFuture<Long> save(String name, Path file) {
        return save(name, SaveOptions.defaults(), file);
    }

    /** The array is the client's until the future is done. */
    public CompletableFuture<Long> save(String name, SaveOptions options, byte[] bytes) {
        return save(name, options, ByteBuffer.wrap(bytes));
    }

    /** The array is the client's until the future is done. */
    public CompletableFuture<Long> save(String name, byte[] bytes) {
        return save(name, SaveOptions.defaults(), bytes);
    }

    /** The remaining bytes are the client's until the future is done; the position stays. */
    public CompletableFuture<Long> save(String name, SaveOptions options, ByteBuffer bytes) {
        ByteBuffer own = bytes.duplicate();
        return begin(() -> client.save(name, options, own));
    }

    /** The remaining bytes are the client's until the future is done; the position stays. */
    public CompletableFuture<Long> save(String name, ByteBuffer bytes) {
        return save(name, SaveOptions.defaults(), bytes);
    }

    public <T, X extends Exception> CompletableFuture<T> load(
            String name, LoadOptions options, StreamReader<T, X> reader) {
        return begin(call -> client.load(name, options, whileWanted(call, reader)));
    }

    public <T, X extends Exception> CompletableFuture<T> load(
            String name, StreamReader<T, X> reader) {
        return load(name, LoadOptions.defaults(), reader);
    }

    public <T, X extends Exception> CompletableFuture<Optional<T>> findLoad(
            String name, LoadOptions options, StreamReader<T, X> reader) {
        return begin(call -> client.findLoad(name, options, whileWanted(call, reader)));
    }

    public <T, X extends Exception> CompletableFuture<Optional<T>> findLoad(
            String name, StreamReader<T, X> reader) {
        return findLoad(name, LoadOptions.defaults(), reader);
    }

    public <T, X extends Exception> CompletableFuture<T> peek(
            String name, LoadOptions options, StreamReader<T, X> reader) {
        return begin(() -> client.peek(name, options, reader));
    }

    public <T, X extends Exception> CompletableFuture<T> peek(
            String name, StreamReader<T, X> reader) {
        return peek(name, LoadOptions.defaults(), reader);
    }

    public <T, X extends Exception> CompletableFuture<Optional<T>> findPeek(
            String name, LoadOptions options, StreamReader<T, X> reader) {
        return begin(() -> client.findPeek(name, options, reader));
    }

    public <T, X extends Exception> CompletableFuture<Optional<T>> findPeek(
            String name, StreamReader<T, X> reader) {
        return findPeek(name, LoadOptions.defaults(), reader);
    }

    public CompletableFuture<List<NodeRecord>> list(String prefix) {
        return begin(() -> client.list(prefix));
    }

    public CompletableFuture<NodeRecord> stat(String name) {
        return begin(() -> client.stat(name));
    }

    public CompletableFuture<Optional<NodeRecord>> find(String name) {
        return begin(() -> client.find(name));
    }

    public CompletableFuture<Long> remove(String name) {
        return begin(() -> client.remove(name));
    }

    public CompletableFuture<Long> removeIfSequence(String name, long sequence) {
        return begin(() -> client.removeIfSequence(name, sequence));
    }

    public CompletableFuture<Long> removeAll(String prefix) {
        return begin(() -> client.removeAll(prefix));
    }

    public CompletableFuture<SaveOutcome> outcome(SaveId saveId) {
        return begin(() -> client.outcome(saveId));
    }

    public CompletableFuture<Map<String, InfoValue>> info() {
        return begin(client::info);
    }

    public CompletableFuture<CheckReport> check() {
        return begin(client::check);
    }

    public CompletableFuture<Long> grow(long bytes) {
        return begin(() -> client.grow(bytes));
    }

    public CompletableFuture<BackupReport> backup(Path file) {
        return begin(() -> client.backup(file));
    }

    public CompletableFuture<Void> ping() {
        return begin(
                () -> {
                    client.ping();
                    return null;
                });
    }

    void close() {
        executor.close();
    }

    /** A load whose future has ended while it was read leaves the node. */
    private static <T, X extends Exception> StreamReader<T, X> whileWanted(
            AsyncCall<?> call, StreamReader<T, X> reader) {
        return in -> {
            T made = reader.readFrom(in);
            call.requireWanted();
            return made;
        };
    }

    private <T> CompletableFuture<T> begin(Callable<T> verb) {
        return begin(call -> verb.call());
    }

    private <T> CompletableFuture<T> begin(AsyncCall.Verb<T> verb) {
        AsyncCall<T> call =
                new AsyncCall<>(
                        self -> {
                            try {
                                return verb.carryOut(self);
                            } catch (NotSentException e) {
                                throw executor.orClosed(e);
                            }
                        });
        executor.execute(call);
        return call;
    }
}
