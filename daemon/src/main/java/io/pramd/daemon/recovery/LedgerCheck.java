package io.pramd.daemon.recovery;

import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.layout.NodeLayout;
import io.pramd.daemon.memory.MappedMemory;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.LeafEntries;
import io.pramd.daemon.node.NodePageReader;
import io.pramd.daemon.quota.Quotas;
import io.pramd.daemon.quota.Usage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** One owner. Counts what owners and limited prefixes use from the node pages, and compares. */
final class LedgerCheck {
    private final MappedMemory memory;
    private final byte[] uuid;
    private final Map<String, Usage> byOwner = new TreeMap<>();
    private final Map<String, Usage> byPrefix = new TreeMap<>();

    LedgerCheck(MappedMemory memory, byte[] uuid) {
        this.memory = memory;
        this.uuid = uuid;
    }

    /**
     * What the ledger says otherwise, in words.
     *
     * @param leaves of a root that nothing is changed of meanwhile; no save may be open
     */
    List<String> run(LeafEntries leaves, Quotas quotas) {
        Map<String, Usage> ledgerByOwner = quotas.usageByOwner();
        Map<String, Usage> ledgerByPrefix = quotas.usageByPrefix();
        ledgerByPrefix.keySet().forEach(prefix -> byPrefix.put(prefix, Usage.NOTHING));
        NodePageReader pages = new NodePageReader(memory::read, uuid, memory.frameCount());
        ByteBuffer page = MetadataPage.allocate();
        for (int slot = leaves.nextUsed(0); slot >= 0; slot = leaves.nextUsed(slot + 1)) {
            try {
                pages.read(leaves.pfn(slot), leaves.csum(slot), page);
            } catch (StoreException e) {
                continue; // owns nothing; what does not verify is fsck's to say
            }
            count(page);
        }
        List<String> problems = new ArrayList<>();
        compare("owner", byOwner, ledgerByOwner, problems);
        compare("prefix", byPrefix, ledgerByPrefix, problems);
        return problems;
    }

    private void count(ByteBuffer page) {
        Usage node = new Usage(NodeLayout.pages(page) * FileLayout.FRAME_BYTES, 1, 0);
        String owner = NodeLayout.owner(page);
        if (!owner.isEmpty()) {
            byOwner.merge(owner, node, LedgerCheck::sum);
        }
        String name = NodeLayout.name(page);
        byPrefix.replaceAll((prefix, usage) -> name.startsWith(prefix) ? sum(usage, node) : usage);
    }

    private static Usage sum(Usage one, Usage other) {
        return new Usage(one.bytes() + other.bytes(), one.nodes() + other.nodes(), 0);
    }

    private static void compare(
            String kind,
            Map<String, Usage> counted,
            Map<String, Usage> ledger,
            List<String> problems) {
        Set<String> all = new TreeSet<>(counted.keySet());
        all.addAll(ledger.keySet());
        for (String name : all) {
            String expected = text(counted.getOrDefault(name, Usage.NOTHING));
            String actual = text(ledger.getOrDefault(name, Usage.NOTHING));
            if (!expected.equals(actual)) {
                problems.add(
                        "LEDGER "
                                + kind
                                + " "
                                + name
                                + ": expected "
                                + expected
                                + ", found "
                                + actual);
            }
        }
    }

    private static String text(Usage usage) {
        return "bytes=" + usage.bytes() + " nodes=" + usage.nodes();
    }
}
