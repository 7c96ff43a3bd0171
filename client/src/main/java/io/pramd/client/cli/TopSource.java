package io.pramd.client.cli;

import io.pramd.client.PramClient;
import io.pramd.client.PramException;
import io.pramd.client.RejectedException;
import io.pramd.protocol.NodeRecord;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * One owner: looks at a daemon again and again, over one connection that is opened anew when it was
 * lost.
 */
final class TopSource {
    /** More are not listed: every look would move megabytes. */
    private static final int NODES_MAX = 100_000;

    /** Listing takes a tenth of the time at most. */
    private static final int LISTING_SHARE = 10;

    private final PramClient client;
    private final String prefix;
    private TopSample last;
    private List<NodeRecord> nodes = List.of();
    private String nodesNote = "";
    private long nextListingNanos = System.nanoTime();

    /**
     * @param prefix of the nodes to list
     */
    TopSource(PramClient client, String prefix) {
        this.client = client;
        this.prefix = prefix;
    }

    /**
     * Looks once. A daemon that does not answer is part of the picture once it has answered before.
     *
     * @throws PramException when it does not answer the first time
     */
    TopSample look() {
        try {
            TopFigures figures = TopFigures.of(client.info());
            list(figures);
            last = sample(figures, System.nanoTime());
        } catch (PramException e) {
            if (last == null) {
                throw e;
            }
            last = last.failed(System.currentTimeMillis(), e);
        }
        return last;
    }

    private TopSample sample(TopFigures figures, long now) {
        TopRates rates = TopRates.UNKNOWN;
        TopFigures seen = figures;
        if (last != null && last.failure() == null) {
            rates = TopRates.between(last.figures(), figures, now - last.nanos());
            seen = withRates(last.figures(), figures);
        }
        return new TopSample(System.currentTimeMillis(), now, seen, rates, nodes, nodesNote, null);
    }

    private static TopFigures withRates(TopFigures earlier, TopFigures later) {
        Map<String, OpenStream> before = new HashMap<>();
        Set<String> shared = new HashSet<>(); // nobody can tell which of them is which
        for (OpenStream stream : earlier.streams()) {
            if (before.put(stream.identity(), stream) != null) {
                shared.add(stream.identity());
            }
        }
        before.keySet().removeAll(shared);
        Function<OpenStream, OpenStream> since =
                stream -> {
                    OpenStream old = before.get(stream.identity());
                    return old == null ? stream : stream.since(old);
                };
        return new TopFigures(
                later.values(),
                later.streams().stream().map(since).collect(Collectors.toUnmodifiableList()));
    }

    private void list(TopFigures figures) {
        long start = System.nanoTime();
        if (start - nextListingNanos < 0) {
            return;
        }
        nodesNote = "";
        if (prefix.isEmpty() && figures.count("nodes.ready").orElse(0) > NODES_MAX) {
            nodes = List.of();
            nodesNote = "more than " + NODES_MAX + " nodes: 'pram top PREFIX' lists some of them";
            return;
        }
        try {
            nodes = client.list(prefix);
        } catch (RejectedException e) {
            nodes = List.of();
            nodesNote = e.getMessage();
        }
        long end = System.nanoTime();
        nextListingNanos = end + (end - start) * (LISTING_SHARE - 1);
    }
}
