package io.pramd.client;

import io.pramd.client.WarmCheckpoint.Counts;
import io.pramd.client.WarmCheckpoint.Result;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Thread-safe: counts the checkpoints of one state, and says what an operator has to know. */
final class WarmJournal {
    private static final Logger LOG = LoggerFactory.getLogger(WarmState.class);

    private final String name;
    private final Set<String> warned = new HashSet<>(); // kinds, since the last that was saved
    private long saved;
    private long superseded;
    private long failed;
    private WarmCheckpoint last;

    WarmJournal(String name) {
        this.name = name;
    }

    synchronized Counts counts() {
        return new Counts(saved, superseded, failed);
    }

    synchronized Optional<WarmCheckpoint> last() {
        return Optional.ofNullable(last);
    }

    void began(WarmReport report) {
        LOG.info("{}", report);
        report.failure().ifPresent(failure -> LOG.debug("it failed so:", failure));
    }

    /** Warns once of each kind of failure, until a checkpoint works again; always of the last. */
    synchronized void ended(WarmCheckpoint checkpoint, boolean isLast) {
        count(checkpoint);
        String which = isLast ? "last checkpoint" : "checkpoint";
        boolean isNew = !checkpoint.isSaved() && warned.add(kind(checkpoint));
        if (checkpoint.isSaved()) {
            LOG.atLevel(isLast || !warned.isEmpty() ? Level.INFO : Level.DEBUG)
                    .log(
                            "warm state {}: {}: saved {} bytes in {} ms",
                            name,
                            which,
                            checkpoint.bytes(),
                            checkpoint.took().toMillis());
            warned.clear();
        } else if (isLast && checkpoint.result() == Result.SUPERSEDED) {
            LOG.info("warm state {}: {} {}", name, which, why(checkpoint)); // as it should be
        } else if (isLast || isNew) {
            LOG.warn("warm state {}: {} {}", name, which, why(checkpoint));
        }
    }

    void gaveUpLast(Duration limit) {
        LOG.warn("warm state {}: last checkpoint given up: not done within {}", name, limit);
    }

    private void count(WarmCheckpoint ended) {
        last = ended;
        switch (ended.result()) {
            case SAVED -> saved++;
            case SUPERSEDED -> superseded++;
            case FAILED -> failed++;
        }
    }

    private static String kind(WarmCheckpoint ended) {
        Throwable failure = ended.failure().orElse(null);
        String kind = ended.result() + " " + (failure == null ? "" : failure.getClass());
        return failure instanceof PramException e ? kind + " " + e.errno() : kind;
    }

    private static String why(WarmCheckpoint ended) {
        String how = ended.result() == Result.SUPERSEDED ? "left out: " : "failed: ";
        return how + ended.failure().map(WarmJournal::text).orElse("");
    }

    /** The classes of this library's exceptions say nothing that their texts do not. */
    static String text(Throwable failure) {
        boolean isOwn = failure.getClass().getPackage() == WarmJournal.class.getPackage();
        return isOwn ? failure.getMessage() : failure.toString();
    }
}
