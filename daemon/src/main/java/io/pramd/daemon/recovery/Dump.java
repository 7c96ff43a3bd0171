package io.pramd.daemon.recovery;

import io.pramd.daemon.layout.BootId;
import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.LinkLayout;
import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.layout.NodeLayout;
import io.pramd.daemon.memory.ForceMarker;
import io.pramd.daemon.memory.FrameReader;
import io.pramd.daemon.memory.PageChecksum;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.ChainReader;
import io.pramd.daemon.node.ChainReader.Chain;
import io.pramd.daemon.node.LeafEntries;
import io.pramd.daemon.node.NodePageReader;
import io.pramd.daemon.recovery.RootChoice.Circumstances;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * One owner. Prints a memory file, or one frame or node of it, as text. Changes nothing; beside a
 * daemon what it prints is of different moments.
 */
public final class Dump implements AutoCloseable {
    private final Path file;
    private final BootId bootId;
    private final FileChannel channel;
    private final FrameReader frames;
    private final Identity identity;
    private final DumpWriter out;
    private final ByteBuffer page = MetadataPage.allocate();

    /**
     * Opens a file to print.
     *
     * @param bootId under which the root is chosen
     * @throws StoreException ENOENT or EIO when it cannot be read, EINVAL when it is no memory file
     */
    public static Dump open(Path file, BootId bootId, Appendable out) {
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
            try {
                return new Dump(file, bootId, channel, out);
            } catch (StoreException e) {
                channel.close();
                throw e;
            }
        } catch (NoSuchFileException e) {
            throw StoreException.of(Errno.ENOENT, "no such file: file=" + file);
        } catch (IOException e) {
            throw StoreException.of(Errno.EIO, "cannot read the file: file=" + file + " " + e);
        }
    }

    private Dump(Path file, BootId bootId, FileChannel channel, Appendable out) {
        this.file = file;
        this.bootId = bootId;
        this.channel = channel;
        this.frames = FileFrames.of(channel);
        this.identity = Identity.readToLook(frames);
        this.out = new DumpWriter(out);
    }

    /**
     * Prints one frame.
     *
     * @throws StoreException EINVAL when the file has no such frame
     */
    public void frame(long pfn) {
        if (pfn < 0 || pfn >= identity.frameCount()) {
            throw StoreException.of(
                    Errno.EINVAL, "no such frame: pfn=" + pfn + " frames=" + identity.frameCount());
        }
        frames.read(pfn, page);
        new FrameDump(identity.uuid(), out).print(pfn, page);
    }

    /** Prints the fixed frames, the root that the next start would take, and its nodes. */
    public void summary() {
        out.heading("memory file " + file);
        printFixed(FileLayout.SUPER_BLOCK_PFN);
        FileLayout.CURRENT_SLOT_PFNS.forEach(this::printFixed);
        FileLayout.FORCED_SLOT_PFNS.forEach(this::printFixed);
        FileLayout.SEQUENCE_RECORD_PFNS.forEach(this::printFixed);
        printFixed(FileLayout.RUN_RECORD_PFN);
        RootChoice choice = chooseRoot();
        choice.findings().forEach(finding -> out.heading("note: " + finding));
        out.heading(
                (choice.isForced() ? "forced" : "current")
                        + " root "
                        + choice.root().sequence()
                        + ": level="
                        + choice.root().level()
                        + " nodes="
                        + choice.root().nodeCount());
        LeafEntries leaves = choice.tree().leaves();
        for (int slot = leaves.nextUsed(0); slot >= 0; slot = leaves.nextUsed(slot + 1)) {
            out.row(nodeLine(leaves, slot));
        }
    }

    private void printFixed(long pfn) {
        for (long copy : List.of(pfn, pfn + FileLayout.SECOND_COPY_DISTANCE)) {
            try {
                frames.read(copy, page);
                new FrameDump(identity.uuid(), out).print(copy, page);
            } catch (StoreException e) {
                out.heading("frame " + copy + ": " + e.getMessage());
            }
        }
    }

    private RootChoice chooseRoot() {
        return RootChoice.choose(
                new FixedFrames(frames, identity.uuid()),
                new TreeReader(frames, identity.uuid(), identity.frameCount()),
                new Circumstances(bootId, new ForceMarker(file).exists()));
    }

    private String ownerAndExpiry() {
        String owner = NodeLayout.owner(page);
        long expiry = NodeLayout.expiryMillis(page);
        return (owner.isEmpty() ? "" : " owner=" + FieldLines.visible(owner))
                + (expiry > 0 ? " expires=" + Instant.ofEpochMilli(expiry) : "");
    }

    private String nodeLine(LeafEntries leaves, int slot) {
        try {
            nodePages().read(leaves.pfn(slot), leaves.csum(slot), page);
            return String.format(
                    "slot %d: pfn=%d sequence=%d type=%d length=%d pages=%d name=%s%s",
                    slot,
                    leaves.pfn(slot),
                    NodeLayout.sequence(page),
                    NodeLayout.type(page),
                    NodeLayout.length(page),
                    NodeLayout.pages(page),
                    FieldLines.visible(NodeLayout.name(page)),
                    ownerAndExpiry());
        } catch (StoreException e) {
            return "slot " + slot + ": " + e.getMessage();
        }
    }

    private NodePageReader nodePages() {
        return new NodePageReader(frames, identity.uuid(), identity.frameCount());
    }

    /**
     * Prints the node of a name with its whole chain; two nodes if the file has two of that name.
     *
     * @throws StoreException ENOENT when the root reaches none
     */
    public void node(String name) {
        LeafEntries leaves = chooseRoot().tree().leaves();
        int tag = new PageChecksum().ofName(name);
        List<Integer> slots = new ArrayList<>();
        for (int slot = leaves.nextUsed(0); slot >= 0; slot = leaves.nextUsed(slot + 1)) {
            if (leaves.tag(slot) == tag && isNamed(leaves.pfn(slot), name)) {
                slots.add(slot);
            }
        }
        if (slots.isEmpty()) {
            throw StoreException.of(Errno.ENOENT, "no node of this name: name=" + name);
        }
        for (int slot : slots) {
            out.heading("node at slot " + slot);
            frame(leaves.pfn(slot));
            printChain(leaves.pfn(slot));
        }
    }

    private boolean isNamed(long pfn, String name) {
        try {
            frames.read(pfn, page);
            return NodeLayout.name(page).equals(name);
        } catch (StoreException e) {
            return false;
        }
    }

    private void printChain(long nodePfn) {
        frames.read(nodePfn, page);
        ChainReader links =
                new ChainReader(frames, identity.uuid(), identity.frameCount(), Chain.of(page));
        try {
            while (links.hasNext()) {
                links.next();
                out.heading(
                        links.hasFrame()
                                ? "link " + links.position() + ": pfn=" + links.pfn() + " verifies"
                                : "no links: entries in the node page");
                for (int entry = 0; entry < links.entries(); entry++) {
                    out.row(
                            String.format(
                                    "page %d: flags=%08x csum=%08x pfn=%d",
                                    links.position() * LinkLayout.ENTRIES + entry,
                                    links.entryFlags(entry),
                                    links.entryCsum(entry),
                                    links.entryPfn(entry)));
                }
            }
        } catch (StoreException e) {
            out.heading("chain is broken: " + e.getMessage());
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
