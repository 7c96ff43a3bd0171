package io.pramd.daemon.node;

import io.pramd.daemon.memory.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/** Thread-safe. Takes nodes out by name, by prefix, or by the place of a quarantined one. */
final class Removing {
    private final NodeTable table;
    private final Listing listing;
    private final Salvage salvage;

    Removing(NodeTable table, Listing listing, Salvage salvage) {
        this.table = table;
        this.listing = listing;
        this.salvage = salvage;
    }

    CompletableFuture<Long> byName(Changes ready, String name, long ifSequence) {
        return ready.drop(table.leaveByName(name, ifSequence), State.READY);
    }

    CompletableFuture<Long> quarantined(Changes ready, long pfn) {
        Quarantined damage = table.quarantined().leave(pfn);
        return salvage.keeping(damage).thenCompose(ready::dropQuarantined);
    }

    CompletableFuture<Long> all(Changes ready, String prefix, Predicate<String> mayRemove) {
        return listing.readyNames(prefix, mayRemove).thenCompose(names -> dropAll(ready, names));
    }

    private CompletableFuture<Long> dropAll(Changes ready, List<String> names) {
        List<CompletableFuture<Integer>> removed = new ArrayList<>();
        names.forEach(name -> removed.add(dropIfReady(ready, name)));
        return CompletableFuture.allOf(removed.toArray(CompletableFuture[]::new))
                .thenApply(all -> removed.stream().mapToLong(CompletableFuture::join).sum());
    }

    private CompletableFuture<Integer> dropIfReady(Changes ready, String name) {
        try {
            return byName(ready, name, 0).thenApply(sequence -> 1);
        } catch (StoreException e) {
            // taken by a loader, a replacement or another remover since the names were listed
            return CompletableFuture.completedFuture(0);
        }
    }
}
