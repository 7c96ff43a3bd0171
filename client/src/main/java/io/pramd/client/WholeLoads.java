package io.pramd.client;

import io.pramd.protocol.Errno;
import io.pramd.protocol.StreamType;
import java.util.Optional;
import java.util.function.Supplier;

/** Thread-safe: loads and peeks that are opened, read and ended in one call. */
final class WholeLoads {
    private final Connections connections;

    WholeLoads(Connections connections) {
        this.connections = connections;
    }

    <T, X extends Exception> T read(
            String name, boolean peek, LoadOptions options, StreamReader<T, X> reader) throws X {
        return readAndEnd(open(name, peek, options), options, reader);
    }

    /** Empty when there is no such node: also what the reader throws for want of another stays. */
    <T, X extends Exception> Optional<T> readIfFound(
            String name, boolean peek, LoadOptions options, StreamReader<T, X> reader) throws X {
        Optional<PageDownload> found = emptyIfAbsent(() -> open(name, peek, options));
        return found.isEmpty()
                ? Optional.empty()
                : Optional.ofNullable(readAndEnd(found.get(), options, reader));
    }

    /** Empty when the call says ENOENT. */
    static <T> Optional<T> emptyIfAbsent(Supplier<T> call) {
        try {
            return Optional.of(call.get());
        } catch (RejectedException e) {
            if (e.errno() == Errno.ENOENT) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private PageDownload open(String name, boolean peek, LoadOptions options) {
        return new PageDownload(connections, name, StreamType.ANY, peek, options);
    }

    private static <T, X extends Exception> T readAndEnd(
            PageDownload download, LoadOptions options, StreamReader<T, X> reader) throws X {
        LoadStream in =
                download.isPeek()
                        ? new PeekStream(download, options, true)
                        : new LoadStream(download, options, true);
        boolean read = false;
        T made;
        try {
            made = reader.readFrom(in);
            read = true;
        } finally {
            if (!read) {
                in.abort();
            }
        }
        in.finishLent();
        return made;
    }
}
