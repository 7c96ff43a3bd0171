package io.pramd.client.cli;

import io.pramd.protocol.NodeRecord;
import java.util.List;

/**
 * Immutable: what one look at a daemon showed.
 *
 * @param epochMillis when
 * @param nanos when, for what lies between two of them
 * @param figures the newest there are
 * @param rates since the look before
 * @param nodes the newest listing, in its own order
 * @param nodesNote why nodes are not listed; else empty
 * @param failure why the daemon did not answer this time; else null
 */
record TopSample(
        long epochMillis,
        long nanos,
        TopFigures figures,
        TopRates rates,
        List<NodeRecord> nodes,
        String nodesNote,
        Exception failure) {

    TopSample {
        nodes = List.copyOf(nodes);
    }

    /** The same figures, and that newer ones are waited for. */
    TopSample silent(long whenMillis, long seconds) {
        return failed(whenMillis, new LocalFailure("waiting for " + seconds + " s", null));
    }

    /** The same figures, and that there are no newer ones. */
    TopSample failed(long whenMillis, Exception why) {
        return new TopSample(whenMillis, nanos, figures, TopRates.UNKNOWN, nodes, nodesNote, why);
    }
}
