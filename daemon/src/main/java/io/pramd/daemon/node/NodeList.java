package io.pramd.daemon.node;

import java.util.List;

/** Immutable. A part of the listing, and whether more follows. */
public record NodeList(List<NodeInfo> nodes, boolean more) {
    /** Nothing to see. */
    public static final NodeList NONE = new NodeList(List.of(), false);
}
