package io.pramd.daemon.recovery;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * Immutable. What is known of one frame.
 *
 * @param role fixed, directory, node, link, data, held, free, saving, kept; or quarantined where it
 *     cannot be told more exactly
 * @param references how many entries, links and nodes name it; 255: that many, or more
 * @param owner the node that it is of
 * @param page which page of the node it holds
 * @param position which link of the node it is
 */
public record FrameSeen(
        long pfn,
        FrameState state,
        String role,
        int references,
        Optional<Owner> owner,
        OptionalLong page,
        OptionalLong position) {

    /** The node of a frame. */
    public record Owner(String name, long sequence, String state) {}

    FrameSeen of(Owner node) {
        return new FrameSeen(pfn, state, role, references, Optional.of(node), page, position);
    }

    FrameSeen at(NodeLook.Place place) {
        return new FrameSeen(
                pfn, state, place.role(), references, owner, place.page(), place.position());
    }
}
