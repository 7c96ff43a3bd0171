package io.pramd.client;

import io.pramd.protocol.AllRemoved;
import io.pramd.protocol.AskCheck;
import io.pramd.protocol.AskInfo;
import io.pramd.protocol.AskOutcome;
import io.pramd.protocol.Checked;
import io.pramd.protocol.InfoIs;
import io.pramd.protocol.InfoValue;
import io.pramd.protocol.ListNodes;
import io.pramd.protocol.Listing;
import io.pramd.protocol.Message;
import io.pramd.protocol.NodeRecord;
import io.pramd.protocol.NodeStat;
import io.pramd.protocol.OutcomeIs;
import io.pramd.protocol.Ping;
import io.pramd.protocol.RemoveAll;
import io.pramd.protocol.RemoveNode;
import io.pramd.protocol.Removed;
import io.pramd.protocol.SaveId;
import io.pramd.protocol.StatNode;
import io.pramd.protocol.StreamType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Thread-safe: a client of one daemon. All calls block until they are answered and throw a {@link
 * PramException} whose class says whether what was asked for has happened. Streams belong to one
 * thread at a time. All threads of the client are daemon threads.
 */
public final class PramClient implements AutoCloseable {
    private final Connections connections;

    private PramClient(PramUri uri, PramConfig config) {
        connections = new Connections(uri, config);
    }

    /** Connects with {@link PramConfig#defaults()}. */
    public static PramClient connect(String uri) {
        return connect(uri, PramConfig.defaults());
    }

    /**
     * Connects and shakes hands.
     *
     * @param uri {@code pram://host:port} or {@code pram+unix:///path}
     * @throws NotSentException if no daemon answers there
     * @throws IllegalArgumentException if the URI is none
     */
    public static PramClient connect(String uri, PramConfig config) {
        PramClient client = new PramClient(PramUri.parse(uri), config);
        client.connections.open();
        return client;
    }

    /** Opens a save of bytes. Returns once the name is this saver's. */
    public SaveStream openSave(String name, SaveOptions options) {
        return new SaveStream(connections, name, options);
    }

    /** Opens a save of pages. Returns once the name is this saver's. */
    public PageWriter openPages(String name, SaveOptions options) {
        return new PageWriter(connections, name, options);
    }

    /**
     * Opens a load that consumes the node when it is finished; of either type of node, whose pages
     * are read as bytes.
     */
    public LoadStream openLoad(String name, LoadOptions options) {
        return new LoadStream(download(name, StreamType.ANY, false, options));
    }

    /**
     * Opens a look at a node that never consumes it; of either type of node, whose pages are read
     * as bytes.
     */
    public LoadStream openPeek(String name, LoadOptions options) {
        return new LoadStream(download(name, StreamType.ANY, true, options));
    }

    /** Opens a load, page by page, that consumes the node when it is finished. */
    public PageReader openPageLoad(String name, LoadOptions options) {
        return new PageReader(download(name, StreamType.PAGE, false, options));
    }

    /** Opens a look at a node, page by page, that never consumes it. */
    public PageReader openPagePeek(String name, LoadOptions options) {
        return new PageReader(download(name, StreamType.PAGE, true, options));
    }

    /** All nodes whose names have a prefix, in the order they were saved. */
    public List<NodeRecord> list(String prefix) {
        Refusals.requirePrefix(prefix);
        List<NodeRecord> nodes = new ArrayList<>();
        long afterSequence = 0;
        long afterPfn = 0;
        while (true) {
            Listing listing =
                    (Listing) ask(new ListNodes(0, afterSequence, afterPfn, prefix), "list");
            nodes.addAll(listing.nodes());
            if (!listing.more() || listing.nodes().isEmpty()) {
                return nodes;
            }
            NodeRecord last = listing.nodes().get(listing.nodes().size() - 1);
            afterSequence = last.sequence();
            afterPfn = last.pfn();
        }
    }

    /** The node of that name. */
    public NodeRecord stat(String name) {
        return ((NodeStat) ask(new StatNode(0, Refusals.requireName(name)), "stat")).node();
    }

    /** The quarantined node with that pfn. */
    public NodeRecord statQuarantined(long pfn) {
        return ((NodeStat) ask(new StatNode(requirePfn(pfn), ""), "stat")).node();
    }

    /** Removes the node of that name and returns its sequence. */
    public long remove(String name) {
        return removeIfSequence(name, 0);
    }

    /** Removes the node of that name if it still has that sequence, else ESTALE; 0 is any. */
    public long removeIfSequence(String name, long sequence) {
        RemoveNode request = new RemoveNode(sequence, 0, Refusals.requireName(name));
        return ((Removed) change(request, "remove")).sequence();
    }

    /** Removes the quarantined node with that pfn and returns its sequence. */
    public long removeQuarantined(long pfn) {
        return ((Removed) change(new RemoveNode(0, requirePfn(pfn), ""), "remove")).sequence();
    }

    /** Removes every READY node whose name has a prefix, one by one, and returns how many. */
    public long removeAll(String prefix) {
        RemoveAll request = new RemoveAll(Refusals.requirePrefix(prefix));
        return ((AllRemoved) change(request, "remove all")).count();
    }

    /**
     * What became of a save. A save that is not done by then never will be: the question fences its
     * id.
     */
    public OutcomeIs outcome(SaveId saveId) {
        return (OutcomeIs) ask(new AskOutcome(saveId), "outcome");
    }

    /** The daemon's figures by dotted key, in the daemon's order. */
    public Map<String, InfoValue> info() {
        return ((InfoIs) ask(new AskInfo(), "info")).values();
    }

    /** Has the daemon check its memory file. */
    public Checked check() {
        return (Checked) ask(new AskCheck(), "check");
    }

    /** Returns once the daemon has answered. */
    public void ping() {
        ask(new Ping(), "ping");
    }

    /** Ends all connections: open saves are discarded, open loads aborted. */
    @Override
    public void close() {
        connections.close();
    }

    private PageDownload download(String name, StreamType type, boolean peek, LoadOptions options) {
        return new PageDownload(connections, name, type, peek, options);
    }

    private Message ask(Message request, String what) {
        return connections.request(request, connections.config().noProgress(), Effect.NONE, what);
    }

    private Message change(Message request, String what) {
        return connections.request(request, connections.config().noProgress(), Effect.CHANGE, what);
    }

    private static long requirePfn(long pfn) {
        if (pfn <= 0) {
            throw RejectedException.invalid("a pfn is greater than 0: pfn=" + pfn);
        }
        return pfn;
    }
}
