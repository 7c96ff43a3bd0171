package io.pramd.daemon.node;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/**
 * Thread-safe. Lists nodes in sequence order, on workers: names are in the node pages, so each page
 * is read. A part of the listing costs as much as it has nodes, and as it passes over.
 */
final class Listing {
    private static final int BATCH = 1024;
    private static final Comparator<NodeInfo> ORDER =
            Comparator.comparing(NodeInfo::sequence, Long::compareUnsigned)
                    .thenComparing(NodeInfo::pfn, Long::compareUnsigned);

    private final StoreContext context;
    private final NodeTable table;
    private final Naming naming;
    private final LoadStream.Owner owner;
    private final NodeDescriber describer;

    Listing(StoreContext context, NodeTable table, Naming naming, LoadStream.Owner owner) {
        this.context = context;
        this.table = table;
        this.naming = naming;
        this.owner = owner;
        this.describer = new NodeDescriber(context, table);
    }

    CompletableFuture<NodeList> list(ListRequest request) {
        return naming.allNamed()
                .thenApplyAsync(ready -> listNow(request), context.threads().workers());
    }

    private NodeList listNow(ListRequest request) {
        List<NodeInfo> found = new ArrayList<>();
        Predicate<NodeInfo> isWanted = request::wants;
        long after = request.afterSequence();
        boolean isBehindAllNamed = after == NodeInfo.UNKNOWN_SEQUENCE;
        while (!isBehindAllNamed && found.size() <= request.limit()) {
            // one more than asked for tells whether there are more
            int missing = request.limit() + 1 - found.size();
            List<Listed> batch = table.seen().after(after, Math.clamp(missing, 1, BATCH));
            if (batch.isEmpty()) {
                break;
            }
            after = batch.getLast().sequence();
            // one that was found damaged just now comes with the others of its kind
            describe(batch).stream()
                    .filter(isWanted.and(info -> info.state() != State.QUARANTINED))
                    .forEach(found::add);
        }
        table.quarantined().all().stream()
                .map(describer::describe)
                .filter(isWanted.and(info -> isBehind(request, info)))
                .forEach(found::add);
        found.sort(ORDER);
        boolean more = found.size() > request.limit();
        return new NodeList(List.copyOf(more ? found.subList(0, request.limit()) : found), more);
    }

    /** What can be said of those that are still there; unpins all that are pinned. */
    private List<NodeInfo> describe(List<Listed> batch) {
        List<NodeInfo> infos = new ArrayList<>();
        int unpinned = 0;
        try {
            for (Listed each : batch) {
                Optional<NodeInfo> info = describe(each);
                unpinned++;
                info.ifPresent(infos::add);
            }
        } finally {
            batch.subList(unpinned, batch.size()).forEach(this::unpin);
        }
        return infos;
    }

    private Optional<NodeInfo> describe(Listed listed) {
        return switch (listed) {
            case Listed.InUse(Node node) -> {
                Optional<NodeInfo> info = describer.describeAnyway(node);
                owner.unpin(node);
                yield info;
            }
            case Listed.AtRest place -> describer.describe(place);
        };
    }

    private void unpin(Listed listed) {
        if (listed instanceof Listed.InUse(Node node)) {
            owner.unpin(node);
        }
    }

    private static boolean isBehind(ListRequest request, NodeInfo info) {
        int order = Long.compareUnsigned(info.sequence(), request.afterSequence());
        return order > 0 || order == 0 && Long.compareUnsigned(info.pfn(), request.afterPfn()) > 0;
    }

    /** Wanted names of ready nodes with a prefix, in sequence order. */
    CompletableFuture<List<String>> readyNames(String prefix, Predicate<String> isWanted) {
        return CompletableFuture.supplyAsync(
                () -> readyNamesNow(prefix, isWanted), context.threads().workers());
    }

    private List<String> readyNamesNow(String prefix, Predicate<String> isWanted) {
        List<String> names = new ArrayList<>();
        List<Listed> batch = table.seen().after(0, BATCH);
        while (!batch.isEmpty()) {
            long after = batch.getLast().sequence();
            describe(batch).stream()
                    .filter(info -> info.state() == State.READY)
                    .map(NodeInfo::name)
                    .filter(name -> name.startsWith(prefix) && isWanted.test(name))
                    .forEach(names::add);
            batch = table.seen().after(after, BATCH);
        }
        return names;
    }
}
