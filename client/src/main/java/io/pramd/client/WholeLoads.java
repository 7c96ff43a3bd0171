package io.pramd.client;

import io.pramd.protocol.Errno;
import io.pramd.protocol.StreamType;
import io.pramd.protocol.WireLimits;
import java.util.Objects;
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
                : Optional.of(
                        readAndEnd(
                                found.get(),
                                options,
                                in ->
                                        Objects.requireNonNull(
                                                reader.readFrom(in), "the reader returned null")));
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
            requireRead(download, in);
            read = true;
        } finally {
            if (!read) {
                in.abort();
            }
        }
        in.finishLent();
        return made;
    }

    /**
     * A reader that hands the stream on, for somebody to read later, must not cost the node. What
     * ends like a compressed stream may leave its trailer.
     */
    private static void requireRead(PageDownload download, LoadStream in) {
        long unread = in.length() - in.nextPosition();
        boolean isRead = unread < in.length() || unread == 0;
        if (!download.isPeek() && !(isRead && unread <= WireLimits.PAGE_BYTES)) {
            throw RejectedException.invalid(
                    "the reader of "
                            + download.name()
                            + " left "
                            + unread
                            + " of "
                            + in.length()
                            + " bytes unread, so the node stays: read or skip them, or use peek, or"
                            + " openLoad");
        }
    }
}
