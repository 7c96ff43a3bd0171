package io.pramd.daemon.recovery;

import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.ChainReader;
import io.pramd.daemon.node.ChainReader.Chain;
import io.pramd.daemon.node.DamagedNodePage;
import io.pramd.daemon.node.KeptChain;
import io.pramd.daemon.node.LinkScan;
import io.pramd.daemon.node.LostChain;
import io.pramd.daemon.recovery.FrameRoles.Role;
import java.util.ArrayList;
import java.util.List;

/**
 * One owner. Finds what damaged nodes have lost, as a start does: it is kept with them, and not
 * free.
 */
final class LostCheck {
    private final NodeCheck.Parts parts;
    private final DataCheck data;
    private final List<Lost> lost = new ArrayList<>();

    /**
     * A damaged node.
     *
     * @param linksClaimed links, from the first, that have been claimed with their pages
     */
    private record Lost(int ownerNumber, LostChain stream, long linksClaimed) {}

    LostCheck(NodeCheck.Parts parts, DataCheck data) {
        this.parts = parts;
        this.data = data;
    }

    /** A node whose page does not verify. */
    void addNode(int ownerNumber) {
        Owner owner = parts.roles().owner(ownerNumber);
        if (owner.isForced() || !parts.roles().isUsable(owner.pfn())) {
            return; // what only a forced root reaches is free as soon as it is superseded
        }
        if (parts.suspicions().claim(owner.pfn(), Role.NODE, ownerNumber)) {
            new DamagedNodePage(parts.frames(), parts.uuid(), frameCount(), owner.pfn())
                    .stream(owner.csum())
                            .ifPresent(stream -> lost.add(new Lost(ownerNumber, stream, 0)));
        }
    }

    /** A node whose chain does not verify behind so many links. */
    void addChain(int ownerNumber, Chain chain, long linksClaimed) {
        if (!parts.roles().owner(ownerNumber).isForced()) {
            LostChain stream = LostChain.of(parts.frames(), parts.uuid(), frameCount(), chain);
            stream.follow();
            lost.add(new Lost(ownerNumber, stream, linksClaimed));
        }
    }

    private long frameCount() {
        return parts.roles().frameCount();
    }

    void run() {
        List<LostChain> trailLost =
                lost.stream().map(Lost::stream).filter(LostChain::isTrailLost).toList();
        if (!trailLost.isEmpty()) {
            new LinkScan(parts.frames(), parts.uuid(), frameCount())
                    .run(pfn -> parts.roles().role(pfn) == Role.UNREACHED, trailLost);
        }
        lost.forEach(node -> claim(node, node.stream().settle()));
    }

    private void claim(Lost node, KeptChain kept) {
        Owner owner = parts.roles().owner(node.ownerNumber());
        parts.suspicions().note(owner.text() + " is damaged, " + kept.text());
        ChainReader links =
                new ChainReader(parts.frames(), parts.uuid(), frameCount(), kept.chain());
        for (int index = 0; index < kept.links(); index++) {
            links.jumpTo(kept.position(index), kept.pfn(index));
            if (kept.position(index) < node.linksClaimed() || !isRead(links)) {
                continue;
            }
            Role role = links.position() == 0 ? Role.FIRST_LINK : Role.LINK;
            if (!links.hasFrame()
                    || parts.suspicions().claim(links.pfn(), role, node.ownerNumber())) {
                data.check(node.ownerNumber(), owner.text(), links, Long.MAX_VALUE);
            }
        }
    }

    private static boolean isRead(ChainReader links) {
        try {
            links.next();
            return true;
        } catch (StoreException e) {
            return false; // removed beside this check, and used again
        }
    }
}
