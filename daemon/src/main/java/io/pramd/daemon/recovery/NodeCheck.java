package io.pramd.daemon.recovery;

import io.pramd.daemon.layout.LinkLayout;
import io.pramd.daemon.layout.MetaLayout;
import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.layout.NodeLayout;
import io.pramd.daemon.memory.FrameReader;
import io.pramd.daemon.memory.PageChecksum;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.ChainReader;
import io.pramd.daemon.node.ChainReader.Chain;
import io.pramd.daemon.node.NodePageReader;
import io.pramd.daemon.recovery.FrameRoles.Role;
import io.pramd.daemon.recovery.FsckProblem.Kind;
import java.nio.ByteBuffer;
import java.util.Optional;

/** One owner. Checks one node after the other: its page, its links and every byte of its data. */
final class NodeCheck {
    private final FrameReader frames;
    private final byte[] uuid;
    private final FrameRoles roles;
    private final Suspicions suspicions;
    private final RootWatch watch;
    private final NodePageReader nodePages;
    private final PageChecksum checksum = new PageChecksum();
    private final DataCheck data;
    private final LostCheck lost;
    private final ByteBuffer nodePage = MetadataPage.allocate();
    private final ByteBuffer again = MetadataPage.allocate();

    /** What all parts of a check share. */
    record Parts(
            FrameReader frames,
            byte[] uuid,
            FrameRoles roles,
            Suspicions suspicions,
            RootWatch watch) {}

    NodeCheck(Parts parts) {
        frames = parts.frames();
        uuid = parts.uuid();
        roles = parts.roles();
        suspicions = parts.suspicions();
        watch = parts.watch();
        nodePages = new NodePageReader(frames, uuid, roles.frameCount());
        data = new DataCheck(parts);
        lost = new LostCheck(parts, data);
    }

    /**
     * Looks for what damaged nodes have lost; behind all other nodes, since it takes what is left.
     */
    void checkLost() {
        lost.run();
    }

    /**
     * Checks the node that a leaf entry names.
     *
     * @param ownerNumber of the node
     * @param tag of the leaf entry
     * @return its sequence, or 0 when its page does not verify
     */
    long check(int ownerNumber, int tag) {
        Owner owner = roles.owner(ownerNumber);
        Optional<String> fault = pageFault(owner, nodePage);
        if (fault.isPresent()) {
            suspicions.report(
                    owner,
                    new FsckProblem(Kind.NODE_PAGE, owner.text(), "a whole node page", fault.get()),
                    () -> pageFault(owner, again).isPresent());
            lost.addNode(ownerNumber);
            return 0;
        }
        long sequence = NodeLayout.sequence(nodePage);
        checkContents(owner, tag);
        if (suspicions.claim(owner.pfn(), Role.NODE, ownerNumber)) {
            new ChainCheck(owner, ownerNumber).run();
        }
        return sequence;
    }

    private Optional<String> pageFault(Owner owner, ByteBuffer page) {
        try {
            nodePages.read(owner.pfn(), owner.csum(), page);
            return Optional.empty();
        } catch (StoreException e) {
            return Optional.of(e.getMessage());
        }
    }

    /** What a page with a right checksum can still say wrong: it was not written by us then. */
    private void checkContents(Owner owner, int tag) {
        String name = NodeLayout.name(nodePage);
        int nameTag = checksum.ofName(name);
        String where = owner.text() + " name=" + name;
        if (nameTag != tag) {
            certain(owner, Kind.NODE_PAGE, where, hex("tag", nameTag), hex("tag", tag));
        }
        long sequence = NodeLayout.sequence(nodePage);
        long streamSequence = NodeLayout.streamSequence(nodePage);
        if (!isReserved(sequence)) {
            FsckProblem problem =
                    new FsckProblem(
                            Kind.SEQUENCE,
                            where,
                            "sequence below the reserved limit " + watch.sequenceLimit(),
                            "sequence " + sequence);
            suspicions.report(owner, problem, () -> !isReserved(sequence));
        }
        if (streamSequence <= 0 || streamSequence > sequence) {
            String actual = "stream sequence " + streamSequence;
            certain(owner, Kind.SEQUENCE, where, "at most " + sequence, actual);
        }
        long metaBytes = NodeLayout.metaBytes(nodePage);
        if (MetaLayout.bytesOf(NodeLayout.meta(nodePage)) != metaBytes
                || !NodeLayout.isRestZero(nodePage)) {
            String actual = "metadata, or bytes behind it or its entries, that are not zero";
            certain(owner, Kind.NODE_PAGE, where, metaBytes + " bytes of pairs", actual);
        }
    }

    private boolean isReserved(long sequence) {
        long limit = watch.sequenceLimit();
        // without a record that verifies, which is a problem of its own, any may have been
        return sequence > 0 && (limit == 0 || sequence < limit);
    }

    private void certain(Owner owner, Kind kind, String where, String expected, String actual) {
        suspicions.report(owner, new FsckProblem(kind, where, expected, actual), () -> true);
    }

    private static String hex(String what, int value) {
        return String.format("%s %08x", what, value);
    }

    /** The chain of the node whose page was read last. */
    private final class ChainCheck {
        private final Owner owner;
        private final int ownerNumber;
        private final Chain chain = Chain.of(nodePage);
        private final long length = NodeLayout.length(nodePage);
        private final String name = NodeLayout.name(nodePage);
        private final ChainReader links = new ChainReader(frames, uuid, roles.frameCount(), chain);
        private boolean isShared;

        ChainCheck(Owner owner, int ownerNumber) {
            this.owner = owner;
            this.ownerNumber = ownerNumber;
        }

        void run() {
            while (links.hasNext()) {
                if (!nextLink()) {
                    lost.addChain(ownerNumber, chain, links.position() + 1);
                    return;
                }
                if (!claimLink()) {
                    return;
                }
                if (!isShared && !data.check(ownerNumber, where(), links, length)) {
                    return;
                }
            }
            checkUnusedEntries();
        }

        private boolean nextLink() {
            long position = links.position() + 1;
            long pfn = links.nextPfn();
            try {
                links.next();
                return true;
            } catch (StoreException e) {
                suspicions.report(
                        owner,
                        new FsckProblem(
                                Kind.LINK,
                                where() + " link=" + position + " pfn=" + pfn,
                                "a whole link",
                                e.getMessage()),
                        () -> linkFails(position, pfn));
                return false;
            }
        }

        private boolean linkFails(long position, long pfn) {
            ChainReader reader = new ChainReader(frames, uuid, roles.frameCount(), chain);
            reader.jumpTo(position, pfn);
            try {
                reader.next();
                return false;
            } catch (StoreException e) {
                return true;
            }
        }

        private boolean claimLink() {
            if (!links.hasFrame()) {
                return true;
            }
            if (links.position() == 0) {
                // a clone shares the whole chain, which was claimed link by link for the other
                isShared = suspicions.isClaimed(links.pfn(), Role.FIRST_LINK);
            }
            Role role = links.position() == 0 ? Role.FIRST_LINK : Role.LINK;
            return isShared || suspicions.claim(links.pfn(), role, ownerNumber);
        }

        private void checkUnusedEntries() {
            if (chain.linkFrames() == 0) {
                return;
            }
            for (int entry = links.entries(); entry < LinkLayout.ENTRIES; entry++) {
                if (links.entryFlags(entry) != 0
                        || links.entryCsum(entry) != 0
                        || links.entryPfn(entry) != 0) {
                    String at = where() + " link=" + links.position() + " entry=" + entry;
                    certain(owner, Kind.LINK, at, "zeros behind the end", "an entry in use");
                    return;
                }
            }
        }

        private String where() {
            return owner.text() + " name=" + name;
        }
    }
}
