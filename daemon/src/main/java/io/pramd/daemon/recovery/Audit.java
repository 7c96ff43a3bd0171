package io.pramd.daemon.recovery;

import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.memory.FrameAllocator;
import io.pramd.daemon.memory.MappedMemory;
import io.pramd.daemon.memory.ReferenceCounts;
import io.pramd.daemon.node.DirectoryTree;
import io.pramd.daemon.node.Store;
import io.pramd.daemon.node.WatchedRoot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One owner. Walks the root in force of a running store anew and compares: no frame that it reaches
 * may be free or have fewer references than the walk finds. Where no stream is open and nothing is
 * held, no other frame may be in use, and the ledger of the quotas must say what the node pages
 * say.
 */
final class Audit {
    private static final int PROBLEMS_MAX = 100;

    /** What streams that have just ended give back comes a little later. */
    private static final int ATTEMPTS = 20;

    private static final long BETWEEN_ATTEMPTS_MILLIS = 50;

    private final Store store;
    private final MappedMemory memory;
    private final byte[] uuid;
    private final List<String> problems = new ArrayList<>();

    Audit(Store store, MappedMemory memory, byte[] uuid) {
        this.store = store;
        this.memory = memory;
        this.uuid = uuid;
    }

    /** What is wrong, in words; nothing before the references have been counted. */
    List<String> run() {
        for (int attempt = 1; compare() && attempt < ATTEMPTS; attempt++) {
            try {
                Thread.sleep(BETWEEN_ATTEMPTS_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return List.of();
            }
            problems.clear();
        }
        return problems;
    }

    /** Answers whether something was found that streams which end may explain. */
    private boolean compare() {
        var taken = store.view().watchRoot();
        if (taken.isEmpty()) {
            return false;
        }
        try (WatchedRoot watched = taken.get()) {
            long free = watched.allocator().freeFrames();
            boolean isQuiet = isQuiet(watched);
            ReferenceCounts found = new ReferenceCounts(memory.frameCount());
            TreeReader trees = new TreeReader(memory::read, uuid, memory.frameCount());
            // what does not verify is fsck's to say
            DirectoryTree tree = trees.read(watched.root());
            new Walk(memory, uuid, found, 1).countCurrent(tree);
            requireCounted(found, watched.allocator());
            boolean isLedgerWrong = comparesLedger(watched, tree);
            // nothing has begun and ended in between, or other frames would be free now
            boolean hasLeak =
                    isQuiet
                            && isQuiet(watched)
                            && watched.allocator().freeFrames() == free
                            && memory.frameCount() == found.frameCount()
                            && findsLeak(found, watched.allocator(), free);
            return hasLeak || isLedgerWrong;
        }
    }

    private boolean comparesLedger(WatchedRoot watched, DirectoryTree tree) {
        if (!isSettled(watched)) {
            return false;
        }
        List<String> wrong = new LedgerCheck(memory, uuid).run(tree.leaves(), store.quotas());
        if (wrong.isEmpty() || !isSettled(watched)) {
            return false;
        }
        problems.addAll(wrong);
        return true;
    }

    /** Whether the ledger says what the root does: of a node found damaged it says what it was. */
    private boolean isSettled(WatchedRoot watched) {
        Map<String, Object> info = store.info();
        return store.view().isSettled()
                && info.get("nodes.quarantined").equals(0L)
                && info.get("root.sequence").equals(watched.root().sequence());
    }

    private boolean isQuiet(WatchedRoot watched) {
        Map<String, Object> info = store.info();
        return watched.heldFrames() == 0
                && store.view().isSettled()
                && info.get("frames.held").equals(0L)
                && info.get("nodes.saving").equals(0L)
                && info.get("nodes.loading").equals(0L)
                && info.get("nodes.quarantined").equals(0L)
                && info.get("root.sequence").equals(watched.root().sequence());
    }

    private void requireCounted(ReferenceCounts found, FrameAllocator allocator) {
        for (long pfn = 0;
                pfn < found.frameCount() && problems.size() < PROBLEMS_MAX;
                pfn += FrameAllocator.EXTENT_FRAMES_MAX) {
            for (long wrong : allocator.handedOut().undercounted(found, pfn)) {
                problems.add(
                        "COUNT frame "
                                + wrong
                                + ": expected in use with references="
                                + found.count(wrong)
                                + ", found "
                                + (allocator.handedOut().isFree(wrong)
                                        ? "free"
                                        : "fewer references"));
            }
        }
    }

    private boolean findsLeak(ReferenceCounts found, FrameAllocator allocator, long free) {
        long reached = 0;
        for (long pfn = 0; pfn < found.frameCount(); pfn++) {
            reached += found.count(pfn) > 0 || allocator.handedOut().isKeptForGood(pfn) ? 1 : 0;
        }
        long inUse = FileLayout.usableFrames(found.frameCount()) - free;
        if (inUse == reached) {
            return false;
        }
        problems.add("COUNT frames in use: expected " + reached + ", found " + inUse);
        return true;
    }
}
