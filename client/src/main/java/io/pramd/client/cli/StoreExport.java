package io.pramd.client.cli;

import io.pramd.client.LoadOptions;
import io.pramd.client.PramClient;
import io.pramd.client.RejectedException;
import io.pramd.client.SalvageStream;
import io.pramd.protocol.Errno;
import io.pramd.protocol.NodeRecord;
import io.pramd.protocol.NodeState;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** One owner: writes the nodes of a daemon into an archive, in their order, each as it is then. */
final class StoreExport {
    /** How often a node that became another one while it was read is read again. */
    private static final int AGAIN_MAX = 3;

    private final PramClient client;
    private final ArchiveWriter archive;
    private final NodeExport export;
    private final Tally tally;
    private final boolean salvage;

    StoreExport(PramClient client, Sink sink, ProgressMeter meter, Tally tally, boolean salvage) {
        this.client = client;
        this.tally = tally;
        this.salvage = salvage;
        archive = new ArchiveWriter(sink);
        export = new NodeExport(archive, meter);
    }

    /** Writes the whole archive. */
    void run(List<NodeRecord> nodes) {
        archive.member(
                MemberNames.HEAD,
                "{\"format\":"
                        + ArchiveWriter.FORMAT
                        + ",\"pram\":\""
                        + Version.text()
                        + "\",\"written\":\""
                        + Instant.ofEpochMilli(System.currentTimeMillis())
                        + "\"}\n");
        Set<String> names =
                nodes.stream()
                        .filter(node -> node.state() != NodeState.QUARANTINED)
                        .map(NodeRecord::name)
                        .collect(Collectors.toSet());
        for (NodeRecord node : nodes) {
            if (node.state() == NodeState.QUARANTINED) {
                quarantined(node, names);
            } else {
                named(node.name());
            }
        }
        archive.member(
                MemberNames.END,
                "{\"nodes\":" + tally.nodes() + ",\"bytes\":" + tally.bytes() + "}\n");
        archive.finish();
    }

    private void named(String name) {
        for (int attempt = 1; ; attempt++) {
            long begin = archive.position();
            try (PageSource source =
                    new PageSource.Whole(client.openRawPeek(name, LoadOptions.defaults()))) {
                write(source, MemberNames.component(name), name);
                return;
            } catch (RejectedException e) {
                takeBack(begin, e);
                if (e.errno() == Errno.ESTALE && attempt < AGAIN_MAX) {
                    continue; // the connection was lost, and it was replaced meanwhile
                }
                leftOut(name, e);
                return;
            }
        }
    }

    private void leftOut(String name, RejectedException e) {
        switch (e.errno()) {
            case ENOENT -> tally.note(name, "gone since the export began");
            case EBUSY -> tally.note(name, "being saved, and not there yet");
            case EIO -> {
                if (salvage) {
                    salvaged(() -> client.openSalvage(name), MemberNames.component(name), name);
                } else {
                    tally.damaged(name, e.getMessage());
                }
            }
            default -> throw e;
        }
    }

    private void quarantined(NodeRecord node, Set<String> names) {
        String name = node.name();
        if (!salvage) {
            tally.damaged(
                    name.isEmpty() ? "pfn " + node.pfn() : name,
                    "quarantined: pfn=" + node.pfn() + " reason=" + node.reason());
            return;
        }
        boolean isFree = !name.isEmpty() && !names.contains(name);
        salvaged(
                () -> client.openSalvageOfQuarantined(node.pfn()),
                MemberNames.component(name, node.pfn()),
                isFree ? name : "quarantined-" + node.pfn());
    }

    private void salvaged(Supplier<SalvageStream> opening, String component, String name) {
        long begin = archive.position();
        try (PageSource source = new PageSource.Salvaged(opening)) {
            long missing = write(source, component, name);
            if (missing > 0) {
                tally.incomplete(name, missing, source.node().pages());
            }
        } catch (RejectedException e) {
            takeBack(begin, e);
            tally.damaged(name, e.getMessage());
        }
    }

    private long write(PageSource source, String component, String name) {
        NodeAbout about = NodeAbout.of(source.node(), name);
        long missing = export.write(source, component, about);
        tally.moved(about.length());
        return missing;
    }

    /** Nothing stays of a node that could not be read to its end. */
    private void takeBack(long begin, RejectedException why) {
        if (archive.position() == begin) {
            return;
        }
        if (!archive.isFile()) {
            throw why; // it ends in the middle, where nothing can be taken back
        }
        archive.backTo(begin);
    }
}
