package io.pramd.daemon.recovery;

import io.pramd.daemon.memory.Extent;
import io.pramd.daemon.node.NodeInfo;
import io.pramd.daemon.node.OpenSave;
import io.pramd.daemon.node.SeenNode;
import java.util.ArrayList;
import java.util.List;

/**
 * Immutable. A node with its pages.
 *
 * @param firstLinkPfn 0: it has no links
 * @param linkPfns the first of them
 * @param extents runs of adjacent data frames in the order of the pages, the first of them
 * @param extentsTotal runs in all that was read
 * @param isWhole whether all of the chain was read: not of a very long one
 * @param pages those asked for
 * @param badPages those asked for that are lost or do not verify, of a quarantined node
 */
public record NodeDetail(
        NodeRow row,
        NodeInfo info,
        long firstLinkPfn,
        long links,
        List<Long> linkPfns,
        List<Extent> extents,
        long extentsTotal,
        boolean isWhole,
        List<PageSeen> pages,
        List<Long> badPages) {
    /** Links that are named one by one, at most. */
    static final int LINKS_MAX = 256;

    /** Runs that are named one by one, at most. */
    static final int EXTENTS_MAX = 1000;

    /** One page. */
    public record PageSeen(long page, long pfn, int csum, int flags) {}

    static NodeDetail of(OpenSave save, SeenNode node) {
        List<Extent> extents = new ArrayList<>();
        long frames = 0;
        long runs = 0;
        for (int extent = 0; extent < save.extents(); extent++) {
            frames += save.frames(extent);
            runs += save.frames(extent) == 0 ? 0 : 1;
            if (save.frames(extent) > 0 && extents.size() < EXTENTS_MAX) {
                extents.add(new Extent(save.pfn(extent), save.frames(extent)));
            }
        }
        return new NodeDetail(
                NodeRow.of(save.info(), frames, node.isRead(), node.isReplacing()),
                save.info(),
                0,
                0,
                List.of(),
                extents,
                runs,
                true,
                List.of(),
                List.of());
    }
}
