package io.pramd.daemon.flip;

import io.pramd.daemon.layout.BootId;
import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.layout.NodeLayout;
import io.pramd.daemon.layout.RootSlotLayout;
import io.pramd.daemon.memory.FrameReader;
import io.pramd.daemon.node.ChainReader;
import io.pramd.daemon.node.DirectoryTree;
import io.pramd.daemon.node.LeafEntries;
import io.pramd.daemon.node.NodePageReader;
import io.pramd.daemon.node.Root;
import io.pramd.daemon.recovery.FileFrames;
import io.pramd.daemon.recovery.FixedFrames;
import io.pramd.daemon.recovery.Identity;
import io.pramd.daemon.recovery.RootChoice;
import io.pramd.daemon.recovery.TreeReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Immutable. What each frame of a whole file is, and whose.
 *
 * @param byPfn frames that are not free
 */
public record FrameOwners(Map<Long, Owned> byPfn) {

    /** What a frame is. */
    public enum Role {
        FIXED,
        RESERVED,
        DIRECTORY,
        NODE,
        LINK,
        DATA
    }

    /**
     * A frame that is not free.
     *
     * @param isHeld whether only the forced root reaches it
     * @param node the name of the node; empty for what belongs to all
     * @param page of a data frame, its index in the stream
     */
    public record Owned(Role role, boolean isHeld, String node, long page) {}

    /** Reads a file whose every page verifies. */
    static FrameOwners of(Path file, BootId boot) {
        try (FileChannel channel = FileChannel.open(file)) {
            FrameReader frames = FileFrames.of(channel);
            Reader reader = new Reader(frames, Identity.read(frames));
            reader.fixed();
            FixedFrames fixed = new FixedFrames(frames, reader.identity.uuid());
            RootChoice choice =
                    RootChoice.choose(
                            fixed, reader.trees(), new RootChoice.Circumstances(boot, false));
            reader.tree(choice.tree(), false);
            fixed.slots(RootSlotLayout.KIND_FORCED).stream()
                    .findFirst()
                    .ifPresent(
                            slot -> reader.tree(reader.trees().read(Root.of(slot.slot())), true));
            return new FrameOwners(reader.owned);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private record Reader(FrameReader frames, Identity identity, Map<Long, Owned> owned) {
        Reader(FrameReader frames, Identity identity) {
            this(frames, identity, new TreeMap<>());
        }

        TreeReader trees() {
            return new TreeReader(frames, identity.uuid(), identity.frameCount());
        }

        void fixed() {
            for (long pfn = 0; pfn < FileLayout.FIXED_FRAMES; pfn++) {
                Role role = pfn > FileLayout.RUN_RECORD_PFN ? Role.RESERVED : Role.FIXED;
                for (long copy : List.of(pfn, pfn + FileLayout.SECOND_COPY_DISTANCE)) {
                    owned.put(copy, new Owned(role, false, "", 0));
                }
            }
        }

        void tree(DirectoryTree tree, boolean isHeld) {
            tree.forEachPage(
                    page -> {
                        own(page.pfn1(), new Owned(Role.DIRECTORY, isHeld, "", 0));
                        own(page.pfn2(), new Owned(Role.DIRECTORY, isHeld, "", 0));
                    });
            LeafEntries leaves = tree.leaves();
            NodePageReader nodes =
                    new NodePageReader(frames, identity.uuid(), identity.frameCount());
            ByteBuffer page = MetadataPage.allocate();
            for (int slot = leaves.nextUsed(0); slot >= 0; slot = leaves.nextUsed(slot + 1)) {
                nodes.read(leaves.pfn(slot), leaves.csum(slot), page);
                String name = NodeLayout.name(page);
                own(leaves.pfn(slot), new Owned(Role.NODE, isHeld, name, 0));
                chain(ChainReader.Chain.of(page), name, isHeld);
            }
        }

        private void chain(ChainReader.Chain chain, String name, boolean isHeld) {
            ChainReader links =
                    new ChainReader(frames, identity.uuid(), identity.frameCount(), chain);
            long page = 0;
            while (links.hasNext()) {
                links.next();
                if (links.hasFrame()) {
                    own(links.pfn(), new Owned(Role.LINK, isHeld, name, 0));
                }
                for (int entry = 0; entry < links.entries(); entry++) {
                    own(links.entryPfn(entry), new Owned(Role.DATA, isHeld, name, page++));
                }
            }
        }

        private void own(long pfn, Owned what) {
            owned.putIfAbsent(pfn, what);
        }
    }
}
