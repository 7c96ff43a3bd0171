package io.pramd.daemon.admin;

import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.server.Administration.Administrator;
import io.pramd.protocol.Errno;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Immutable: removes one node, which must be the one that was looked at. */
final class Removal {
    private Removal() {}

    static CompletionStage<Answer> remove(Request request) {
        Administrator administrator = request.administrator().orElseThrow();
        Optional<String> name = request.text("name");
        long pfn = request.number("quarantined", 0, 1, Long.MAX_VALUE);
        long sequence = request.number("sequence", 0, 1, Long.MAX_VALUE);
        if (name.isPresent() == (pfn != 0) || name.isPresent() == (sequence == 0)) {
            throw StoreException.of(
                    Errno.EINVAL,
                    "which node is not said: expected=name and sequence, or quarantined alone");
        }
        CompletionStage<Long> removed =
                name.isPresent()
                        ? administrator.remove(name.get(), sequence)
                        : administrator.removeQuarantined(pfn);
        return removed.thenApply(gone -> Answer.json(Map.of("removed", gone)));
    }
}
