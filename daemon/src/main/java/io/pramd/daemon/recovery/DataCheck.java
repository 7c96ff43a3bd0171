package io.pramd.daemon.recovery;

import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.LinkLayout;
import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.memory.FrameReader;
import io.pramd.daemon.memory.PageChecksum;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.ChainReader;
import io.pramd.daemon.recovery.FrameRoles.Role;
import io.pramd.daemon.recovery.FsckProblem.Kind;
import io.pramd.daemon.recovery.RootWatch.Verdict;
import java.nio.ByteBuffer;
import java.util.Optional;

/** One owner. Checks data pages, every byte of them, link by link. */
final class DataCheck {
    private final FrameReader frames;
    private final FrameRoles roles;
    private final Suspicions suspicions;
    private final PageChecksum checksum = new PageChecksum();
    private final ByteBuffer dataPage = MetadataPage.allocate();

    DataCheck(NodeCheck.Parts parts) {
        frames = parts.frames();
        roles = parts.roles();
        suspicions = parts.suspicions();
    }

    /**
     * Claims and checks the pages that the link read last names.
     *
     * @param where the node, in words
     * @param length of its stream, bytes
     * @return false when the node has gone meanwhile
     */
    boolean check(int ownerNumber, String where, ChainReader links, long length) {
        Owner owner = roles.owner(ownerNumber);
        int entries = links.entries();
        for (int entry = 0; entry < entries; entry++) {
            long pfn = links.entryPfn(entry);
            boolean isLost = pfn == 0; // of a damaged node page
            if (isLost || !suspicions.claim(pfn, Role.DATA, ownerNumber)) {
                continue;
            }
            int csum = links.entryCsum(entry);
            long index = links.position() * LinkLayout.ENTRIES + entry;
            Optional<String> fault = fault(pfn, csum, index, length);
            if (fault.isPresent()) {
                String at = where + " page=" + index + " pfn=" + pfn;
                FsckProblem problem =
                        new FsckProblem(Kind.DATA_PAGE, at, hex("csum", csum), fault.get());
                if (suspicions.report(
                                owner, problem, () -> fault(pfn, csum, index, length).isPresent())
                        == Verdict.GONE) {
                    return false;
                }
            }
        }
        return true;
    }

    private Optional<String> fault(long pfn, int csum, long index, long length) {
        try {
            frames.read(pfn, dataPage);
        } catch (StoreException e) {
            return Optional.of(e.getMessage());
        }
        int sum = checksum.ofPage(dataPage);
        if (sum != csum) {
            return Optional.of(hex("csum", sum));
        }
        long tail = length - index * FileLayout.FRAME_BYTES;
        boolean isTailZero =
                tail >= FileLayout.FRAME_BYTES || MetadataPage.isZeroFrom(dataPage, (int) tail);
        return isTailZero
                ? Optional.empty()
                : Optional.of("bytes behind the stream's length that are not zero");
    }

    private static String hex(String what, int value) {
        return String.format("%s %08x", what, value);
    }
}
