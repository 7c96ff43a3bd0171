package io.pramd.client;

import io.pramd.protocol.InfoValue;
import io.pramd.protocol.NodeRecord;
import io.pramd.protocol.SaveId;
import io.pramd.protocol.StreamType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Thread-safe: a client of one daemon, for all threads of a program. Calls block, on platform and
 * virtual threads alike, until they are answered, and throw a {@link PramException} whose class
 * says whether what was asked for has happened. What is safe to repeat is repeated while the daemon
 * is away, as long as {@link PramConfig#retryFor()} or the call's deadline allows. All threads of
 * the client are daemon threads.
 *
 * <p>The short forms take care of the ends: {@code save} finishes when its writer returns and
 * discards when it throws; {@code load} consumes when its reader returns and aborts when it throws;
 * {@code peek} never consumes. The {@code open} forms return streams, which belong to one thread at
 * a time; closing one that was not finished discards or aborts it.
 */
public final class PramClient implements AutoCloseable {
    private final Connections connections;
    private final WholeSaves saves;
    private final WholeLoads loads;
    private final Requests requests;
    private final AsyncPramClient async;

    private PramClient(PramUri uri, PramConfig config) {
        connections = new Connections(uri, config);
        saves = new WholeSaves(connections);
        loads = new WholeLoads(connections);
        requests = new Requests(connections);
        async = new AsyncPramClient(this, config.executor());
    }

    /** Connects with {@link PramConfig#defaults()}. */
    public static PramClient connect(String uri) {
        return connect(uri, PramConfig.defaults());
    }

    /**
     * Connects and shakes hands.
     *
     * @param uri {@code pram://host:port}, {@code prams://host:port} or {@code pram+unix:///path}
     * @throws NotSentException if no daemon answers there, or none that both sides trust
     * @throws RejectedException EACCES if the daemon does not know who this is
     * @throws IllegalArgumentException if the URI is none, or a file of the configuration is
     *     missing or wrong
     */
    public static PramClient connect(String uri, PramConfig config) {
        PramClient client = new PramClient(PramUri.parse(uri), config);
        client.connections.open();
        return client;
    }

    /**
     * A client that connects when it is first used: for a program that can do without the daemon.
     *
     * @throws IllegalArgumentException if the URI is none, or a file of the configuration is
     *     missing or wrong
     */
    public static PramClient lazy(String uri, PramConfig config) {
        return new PramClient(PramUri.parse(uri), config);
    }

    /** Saves what a writer writes, under a name that is free. Returns the node's sequence. */
    public <X extends Exception> long save(String name, StreamWriter<X> writer) throws X {
        return save(name, SaveOptions.defaults(), writer);
    }

    /** Saves what a writer writes. Returns the node's sequence. */
    public <X extends Exception> long save(String name, SaveOptions options, StreamWriter<X> writer)
            throws X {
        return saves.save(name, options, writer);
    }

    /** Saves a regular file. Returns the node's sequence. */
    public long save(String name, Path file) throws IOException {
        return save(name, SaveOptions.defaults(), file);
    }

    /** Saves a regular file. Returns the node's sequence. */
    public long save(String name, SaveOptions options, Path file) throws IOException {
        return saves.save(name, options, file);
    }

    /** Saves an array. Returns the node's sequence. */
    public long save(String name, byte[] bytes) {
        return save(name, SaveOptions.defaults(), bytes);
    }

    /** Saves an array. Returns the node's sequence. */
    public long save(String name, SaveOptions options, byte[] bytes) {
        return save(name, options, ByteBuffer.wrap(bytes));
    }

    /** Saves the remaining bytes; the buffer's position stays. Returns the node's sequence. */
    public long save(String name, ByteBuffer bytes) {
        return save(name, SaveOptions.defaults(), bytes);
    }

    /** Saves the remaining bytes; the buffer's position stays. Returns the node's sequence. */
    public long save(String name, SaveOptions options, ByteBuffer bytes) {
        return saves.save(name, options, bytes);
    }

    /** Has a reader read a node, and consumes the node. Returns what the reader returns. */
    public <T, X extends Exception> T load(String name, StreamReader<T, X> reader) throws X {
        return load(name, LoadOptions.defaults(), reader);
    }

    /**
     * Has a reader read a node, and consumes the node. Returns what the reader returns.
     *
     * @throws RejectedException EINVAL if the reader left more than a page unread, or all of it:
     *     then the node stays
     */
    public <T, X extends Exception> T load(
            String name, LoadOptions options, StreamReader<T, X> reader) throws X {
        return loads.read(name, false, options, reader);
    }

    /** As {@link #load(String, StreamReader)}; empty when there is no such node. */
    public <T, X extends Exception> Optional<T> findLoad(String name, StreamReader<T, X> reader)
            throws X {
        return findLoad(name, LoadOptions.defaults(), reader);
    }

    /** As {@link #load(String, LoadOptions, StreamReader)}; empty when there is no such node. */
    public <T, X extends Exception> Optional<T> findLoad(
            String name, LoadOptions options, StreamReader<T, X> reader) throws X {
        return loads.readIfFound(name, false, options, reader);
    }

    /** Has a reader read a node, and leaves the node. Returns what the reader returns. */
    public <T, X extends Exception> T peek(String name, StreamReader<T, X> reader) throws X {
        return peek(name, LoadOptions.defaults(), reader);
    }

    /** Has a reader read a node, and leaves the node. Returns what the reader returns. */
    public <T, X extends Exception> T peek(
            String name, LoadOptions options, StreamReader<T, X> reader) throws X {
        return loads.read(name, true, options, reader);
    }

    /** As {@link #peek(String, StreamReader)}; empty when there is no such node. */
    public <T, X extends Exception> Optional<T> findPeek(String name, StreamReader<T, X> reader)
            throws X {
        return findPeek(name, LoadOptions.defaults(), reader);
    }

    /** As {@link #peek(String, LoadOptions, StreamReader)}; empty when there is no such node. */
    public <T, X extends Exception> Optional<T> findPeek(
            String name, LoadOptions options, StreamReader<T, X> reader) throws X {
        return loads.readIfFound(name, true, options, reader);
    }

    /** Opens a save of bytes under a name that is free. */
    public SaveStream openSave(String name) {
        return openSave(name, SaveOptions.defaults());
    }

    /** Opens a save of bytes. Returns once the name is this saver's. */
    public SaveStream openSave(String name, SaveOptions options) {
        return SaveStream.owned(PageUpload.open(connections, name, StreamType.BYTE, options));
    }

    /** Opens a save of pages under a name that is free. */
    public PageWriter openPages(String name) {
        return openPages(name, SaveOptions.defaults());
    }

    /** Opens a save of pages. Returns once the name is this saver's. */
    public PageWriter openPages(String name, SaveOptions options) {
        return new PageWriter(PageUpload.open(connections, name, StreamType.PAGE, options));
    }

    /** As {@link #openLoad(String, LoadOptions)}, at once and of any node. */
    public LoadStream openLoad(String name) {
        return openLoad(name, LoadOptions.defaults());
    }

    /**
     * Opens a load that consumes the node when it is finished; of either type of node, whose pages
     * are read as bytes.
     */
    public LoadStream openLoad(String name, LoadOptions options) {
        return new LoadStream(
                new PageDownload(connections, name, StreamType.ANY, false, options),
                options,
                false);
    }

    /** As {@link #openPeek(String, LoadOptions)}, at once and of any node. */
    public PeekStream openPeek(String name) {
        return openPeek(name, LoadOptions.defaults());
    }

    /**
     * Opens a look at a node that never consumes it; of either type of node, whose pages are read
     * as bytes. It is a seekable channel, too.
     */
    public PeekStream openPeek(String name, LoadOptions options) {
        return new PeekStream(
                new PageDownload(connections, name, StreamType.ANY, true, options), options, false);
    }

    /** Opens a load, page by page, that consumes the node when it is finished. */
    public PageReader openPageLoad(String name, LoadOptions options) {
        return new PageReader(new PageDownload(connections, name, StreamType.PAGE, false, options));
    }

    /** Opens a look at a node, page by page, that never consumes it. */
    public PageReader openPagePeek(String name, LoadOptions options) {
        return new PageReader(new PageDownload(connections, name, StreamType.PAGE, true, options));
    }

    /**
     * Opens a look at a node of either type as it is stored, to copy it: whole pages, each with its
     * flags and its sum; the last page of a byte stream is padded with zeros. It never consumes the
     * node.
     */
    public PageReader openRawPeek(String name, LoadOptions options) {
        Refusals.requireRange(options, StreamType.PAGE, true);
        return new PageReader(new PageDownload(connections, name, StreamType.ANY, true, options));
    }

    /**
     * Opens a save of a node of either type from whole pages, as {@link #openRawPeek} hands them
     * out. Returns once the name is this saver's.
     *
     * @param type page or byte
     * @param length of the node in bytes: the pages are as many as it takes, else the finish fails
     *     with EINVAL; of a page stream a multiple of 4096
     */
    public PageWriter openRawSave(String name, StreamType type, long length, SaveOptions options) {
        Refusals.requireLength(type, length);
        PageUpload upload =
                PageUpload.open(connections, name, type, options.withDeclaredBytes(length));
        upload.endAt(length);
        return new PageWriter(upload);
    }

    /**
     * Opens what can still be read of a damaged node that has its name yet. It never consumes the
     * node, nor quarantines it.
     */
    public SalvageStream openSalvage(String name) {
        return new SalvageStream(new SalvageDownload(connections, Refusals.requireName(name), 0));
    }

    /** Opens what can still be read of the quarantined node with that pfn. */
    public SalvageStream openSalvageOfQuarantined(long pfn) {
        return new SalvageStream(new SalvageDownload(connections, "", Refusals.requirePfn(pfn)));
    }

    /** All nodes, in the order they were saved. */
    public List<NodeRecord> list() {
        return requests.list("");
    }

    /** All nodes whose names have a prefix, in the order they were saved. */
    public List<NodeRecord> list(String prefix) {
        return requests.list(prefix);
    }

    /** The node of that name, else ENOENT. */
    public NodeRecord stat(String name) {
        return requests.stat(name, null);
    }

    /** The node of that name; empty when there is none. */
    public Optional<NodeRecord> find(String name) {
        return find(name, null);
    }

    /** The same with a deadline; null: none. */
    Optional<NodeRecord> find(String name, Duration deadline) {
        return WholeLoads.emptyIfAbsent(() -> requests.stat(name, deadline));
    }

    /** The quarantined node with that pfn. */
    public NodeRecord statQuarantined(long pfn) {
        return requests.statQuarantined(pfn);
    }

    /**
     * Removes the node of that name and returns its sequence. It is not asked for twice: when the
     * answer is lost the outcome is unknown.
     */
    public long remove(String name) {
        return requests.remove(name);
    }

    /**
     * Removes the node of that name if it still has that sequence, else ESTALE; 0 is any. With a
     * sequence it is asked for again when the answer is lost, and a node that is gone by then
     * counts as removed.
     */
    public long removeIfSequence(String name, long sequence) {
        return sequence == 0 ? remove(name) : requests.removeIfSequence(name, sequence);
    }

    /** Removes the quarantined node with that pfn and returns its sequence. */
    public long removeQuarantined(long pfn) {
        return requests.removeQuarantined(pfn);
    }

    /** Removes every READY node whose name has a prefix, one by one, and returns how many. */
    public long removeAll(String prefix) {
        return requests.removeAll(prefix);
    }

    /**
     * What became of a save. A save that is not done by then never will be: the question fences its
     * id.
     */
    public SaveOutcome outcome(SaveId saveId) {
        return requests.outcome(saveId);
    }

    /** The daemon's figures by dotted key, in the daemon's order. */
    public Map<String, InfoValue> info() {
        return requests.info();
    }

    /** Has the daemon check its memory file. */
    public CheckReport check() {
        return requests.check();
    }

    /**
     * Makes the daemon's memory file larger, while it is served. A size that it has already changes
     * nothing, so that asking again after an {@link OutcomeUnknownException} is safe.
     *
     * @param bytes the new size, rounded down to whole pages of 4096
     * @return the size that the file has
     * @throws RejectedException EINVAL for a smaller size, ENOMEM when the device has no room: then
     *     the file is as it was; EBUSY while it is growing
     */
    public long grow(long bytes) {
        return requests.grow(bytes);
    }

    /**
     * Writes all that the daemon's memory file holds now into a file of this machine, a memory file
     * as well, while the daemon goes on. What is saved and removed meanwhile is not in it. The file
     * gets its name when it is whole and on the device. It is not begun again when the connection
     * is lost; nothing is left behind then.
     *
     * @param file that does not exist
     * @param progress hears of the bytes that have come and of those that will come at most
     * @return what has come, and what does not verify in the daemon's own file
     * @throws java.nio.file.FileAlreadyExistsException if it exists
     * @throws RejectedException EACCES for who is no administrator, EBUSY while another backup is
     *     under way, ENOMEM if it had to give way since the memory file was full, EINVAL by a
     *     daemon that is too old
     */
    public BackupReport backup(Path file, BackupProgress progress) throws IOException {
        return new BackupDownload(connections).writeTo(file, progress);
    }

    /** As {@link #backup(Path, BackupProgress)}. */
    public BackupReport backup(Path file) throws IOException {
        return backup(file, (bytes, bytesMax) -> {});
    }

    /** Returns once the daemon has answered. */
    public void ping() {
        requests.ping();
    }

    /** The same verbs, carried out by other threads. */
    public AsyncPramClient async() {
        return async;
    }

    /** Ends all connections: open saves are discarded, open loads aborted. */
    @Override
    public void close() {
        async.close();
        connections.close();
    }
}
