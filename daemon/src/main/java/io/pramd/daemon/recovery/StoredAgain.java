package io.pramd.daemon.recovery;

import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.memory.MappedMemory;
import io.pramd.daemon.memory.ReferenceCounts;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.ChainReader;
import io.pramd.daemon.node.ChainReader.Chain;
import io.pramd.daemon.node.DirectoryTree;
import io.pramd.daemon.node.LeafEntries;
import io.pramd.daemon.node.NodePageReader;
import java.nio.ByteBuffer;

/**
 * One owner. Stores again, byte for byte, what a tree reaches beyond another that is on the device.
 * Pages whose write-back failed look clean: only a page that is stored again is written again.
 */
final class StoredAgain {
    private final MappedMemory memory;
    private final byte[] uuid;
    private final NodePageReader nodePages;
    private final ReferenceCounts onDevice;
    private final ByteBuffer page = MetadataPage.allocate();
    private final ByteBuffer copy = MetadataPage.allocate();
    private long stored;
    private long unreadable;

    StoredAgain(MappedMemory memory, byte[] uuid) {
        this.memory = memory;
        this.uuid = uuid;
        this.nodePages = new NodePageReader(memory::read, uuid, memory.frameCount());
        this.onDevice = new ReferenceCounts(memory.frameCount());
    }

    /** What a root reaches that was forced, so that it need not be stored again. */
    void skip(DirectoryTree forced) {
        forced.forEachPage(
                ref -> {
                    onDevice.retain(ref.pfn1());
                    onDevice.retain(ref.pfn2());
                });
        LeafEntries leaves = forced.leaves();
        for (int slot = leaves.nextUsed(0); slot >= 0; slot = leaves.nextUsed(slot + 1)) {
            if (isInFile(leaves.pfn(slot))) {
                onDevice.retain(leaves.pfn(slot));
            }
        }
    }

    private boolean isInFile(long pfn) {
        return pfn > 0 && pfn < memory.frameCount();
    }

    /** Stores everything else that this root reaches; what cannot be read stays as it is. */
    void store(DirectoryTree chosen) {
        chosen.forEachPage(
                ref -> {
                    again(ref.pfn1());
                    again(ref.pfn2());
                });
        LeafEntries leaves = chosen.leaves();
        for (int slot = leaves.nextUsed(0); slot >= 0; slot = leaves.nextUsed(slot + 1)) {
            long pfn = leaves.pfn(slot);
            // a node's frame is not used again while a forced root reaches it: it is the same node
            if (isInFile(pfn) && onDevice.count(pfn) == 0) {
                again(pfn);
                chainAgain(pfn, leaves.csum(slot));
            }
        }
    }

    private void chainAgain(long nodePfn, int csum) {
        try {
            nodePages.read(nodePfn, csum, page);
            ChainReader links =
                    new ChainReader(memory::read, uuid, memory.frameCount(), Chain.of(page));
            while (links.hasNext()) {
                links.next();
                if (links.hasFrame()) {
                    again(links.pfn());
                }
                for (int entry = 0; entry < links.entries(); entry++) {
                    again(links.entryPfn(entry));
                }
            }
        } catch (StoreException e) {
            requireGoesOn(e);
            unreadable++; // the walk says what is wrong with the node, and quarantines it
        }
    }

    private void again(long pfn) {
        if (onDevice.count(pfn) > 0) {
            return;
        }
        onDevice.retain(pfn);
        try {
            memory.read(pfn, copy);
        } catch (StoreException e) {
            requireGoesOn(e);
            unreadable++;
            return;
        }
        storeAgain(pfn);
        stored++;
    }

    /** What cannot be stored again must not be taken for unreadable: a force would not cover it. */
    private void storeAgain(long pfn) {
        try {
            memory.store(pfn, copy);
        } catch (StoreException e) {
            throw StoreException.outcomeUnknown(
                    "cannot store again what a force may have left: " + e.getMessage());
        }
    }

    /** An interrupt closes the file for reading: what cannot be read then is not damaged. */
    private static void requireGoesOn(StoreException e) {
        if (e.isOutcomeUnknown() || Thread.currentThread().isInterrupted()) {
            throw e;
        }
    }

    /** Whether all of it could be read. */
    boolean isWhole() {
        return unreadable == 0;
    }

    /** For the report. */
    String found() {
        return "a force was under way when the last daemon ended: what it may have left is stored"
                + " again: frames="
                + stored
                + " unreadable="
                + unreadable;
    }
}
