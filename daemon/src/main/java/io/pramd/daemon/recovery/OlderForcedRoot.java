package io.pramd.daemon.recovery;

import io.pramd.daemon.layout.DirectoryLayout;
import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.memory.FrameReader;
import io.pramd.daemon.memory.PageChecksum;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.ChainReader;
import io.pramd.daemon.node.ChainReader.Chain;
import io.pramd.daemon.node.NodePageReader;
import io.pramd.daemon.node.Root;
import io.pramd.daemon.node.Root.PageRef;
import io.pramd.daemon.recovery.FrameRoles.Role;
import java.nio.ByteBuffer;

/**
 * One owner. Counts as held what an older forced root still reaches. Parts of it may have been used
 * again, since a newer root was forced; that is no damage. What does not verify is passed over, and
 * nodes of which another has a frame, as a start does.
 */
final class OlderForcedRoot {
    private final FrameReader frames;
    private final byte[] uuid;
    private final FrameRoles roles;
    private final TreePages pages;
    private final NodePageReader nodePages;
    private final ByteBuffer nodePage = MetadataPage.allocate();

    OlderForcedRoot(NodeCheck.Parts parts) {
        frames = parts.frames();
        uuid = parts.uuid();
        roles = parts.roles();
        pages = new TreePages(frames, uuid, roles.frameCount(), new PageChecksum());
        nodePages = new NodePageReader(frames, uuid, roles.frameCount());
    }

    void hold(Root root) {
        if (root.level() >= 0 && root.level() <= DirectoryLayout.LEVEL_MAX) {
            holdPage(root.sequence(), root.level(), root.top());
        }
    }

    private void holdPage(long root, int level, PageRef ref) {
        ByteBuffer page = MetadataPage.allocate();
        if (!pages.readGood(level, ref, page)) {
            return;
        }
        int owner = roles.add(new Owner(root, true, level, 0, ref.csum(), ref.pfn1()));
        if (!claim(ref.pfn1(), Role.DIRECTORY, owner)) {
            return;
        }
        claim(ref.pfn2(), Role.DIRECTORY, owner);
        for (int entry = 0; entry < DirectoryLayout.ENTRIES; entry++) {
            PageRef child =
                    level == 0
                            ? TreePages.leafEntry(page, entry)
                            : TreePages.innerEntry(page, entry);
            if (child.exists() && level == 0) {
                holdNode(root, child);
            } else if (child.exists()) {
                holdPage(root, level - 1, child);
            }
        }
    }

    private void holdNode(long root, PageRef ref) {
        try {
            nodePages.read(ref.pfn1(), ref.csum(), nodePage);
            Chain chain = Chain.of(nodePage);
            if (isFree(ref.pfn1()) && !isUsedAgain(chain)) {
                int owner = roles.add(new Owner(root, true, Owner.NODE, 0, ref.csum(), ref.pfn1()));
                claim(ref.pfn1(), Role.NODE, owner);
                claimChain(chain, owner);
            }
        } catch (StoreException e) {
            // overwritten since a newer root was forced
            return;
        }
    }

    private boolean isUsedAgain(Chain chain) {
        ChainReader links = new ChainReader(frames, uuid, roles.frameCount(), chain);
        while (links.hasNext()) {
            links.next();
            if (links.hasFrame() && !isFree(links.pfn())) {
                return false; // a chain that another node has too
            }
            for (int entry = 0; entry < links.entries(); entry++) {
                if (!isFree(links.entryPfn(entry))) {
                    return true;
                }
            }
        }
        return false;
    }

    private void claimChain(Chain chain, int owner) {
        ChainReader links = new ChainReader(frames, uuid, roles.frameCount(), chain);
        while (links.hasNext()) {
            links.next();
            Role role = links.position() == 0 ? Role.FIRST_LINK : Role.LINK;
            if (links.hasFrame() && !claim(links.pfn(), role, owner)) {
                return;
            }
            for (int entry = 0; entry < links.entries(); entry++) {
                claim(links.entryPfn(entry), Role.DATA, owner);
            }
        }
    }

    private boolean claim(long pfn, Role role, int owner) {
        if (!isFree(pfn)) {
            return false;
        }
        roles.claim(pfn, role, owner);
        return true;
    }

    private boolean isFree(long pfn) {
        return roles.isUsable(pfn) && roles.role(pfn) == Role.UNREACHED;
    }
}
