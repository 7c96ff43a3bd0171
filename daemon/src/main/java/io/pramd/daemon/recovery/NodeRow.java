package io.pramd.daemon.recovery;

import io.pramd.daemon.layout.NodeType;
import io.pramd.daemon.node.NodeInfo;
import io.pramd.daemon.node.State;
import java.util.Locale;
import java.util.Optional;

/**
 * Immutable. A node in a list of them.
 *
 * @param sequence 0: not known
 * @param type empty when its page does not verify
 * @param state in a word: ready, saving, loading, quarantined
 * @param frames its page, its links and its pages, those it shares with others as well
 * @param pfn of its page; 0: it has none yet
 * @param isPinned whether somebody reads it
 * @param reason why it is quarantined; else empty
 */
public record NodeRow(
        String name,
        long sequence,
        Optional<NodeType> type,
        String state,
        long bytes,
        long pages,
        long frames,
        long createdMillis,
        long expiryMillis,
        String owner,
        long pfn,
        boolean isPinned,
        boolean isReplacing,
        String reason) {

    static NodeRow of(NodeInfo info, long frames, boolean isPinned, boolean isReplacing) {
        return new NodeRow(
                info.name(),
                Math.max(info.sequence(), 0),
                info.type(),
                word(info.state()),
                info.length(),
                info.pages(),
                frames,
                info.createdMillis(),
                info.expiryMillis(),
                info.owner(),
                info.pfn(),
                isPinned,
                isReplacing,
                info.reason());
    }

    /** A node whose commit is under way is there until that is done. */
    static String word(State state) {
        return state == State.LEAVING ? "ready" : state.name().toLowerCase(Locale.ROOT);
    }
}
