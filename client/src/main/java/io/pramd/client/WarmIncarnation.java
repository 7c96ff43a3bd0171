package io.pramd.client;

import io.pramd.protocol.NodeRecord;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;

/**
 * Immutable: one life of a service, as its nodes' metadata tells it. Lives are ordered by when they
 * began; one that has seen an earlier one's node comes after it, whatever the clock says.
 *
 * @param fingerprint empty for none
 * @param started when it began, to the microsecond
 */
record WarmIncarnation(String fingerprint, Instant started) {
    /** What claims to have begun later is no time of a life. */
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

    static WarmIncarnation begin(String fingerprint) {
        return new WarmIncarnation(fingerprint, Instant.now().truncatedTo(ChronoUnit.MICROS));
    }

    /** The one with the most metadata of all that may have this fingerprint. */
    static WarmIncarnation longest(String fingerprint) {
        return new WarmIncarnation(fingerprint, LATEST.plusNanos(1)); // nine digits more
    }

    /** The same, later than the life that saved that node. */
    WarmIncarnation after(NodeRecord node) {
        Instant other = startedOf(node);
        return other.isBefore(started)
                ? this
                : new WarmIncarnation(fingerprint, other.plus(1, ChronoUnit.MICROS));
    }

    /** Whether a later life has saved that node. */
    boolean isSupersededBy(NodeRecord node) {
        return startedOf(node).isAfter(started);
    }

    boolean hasFingerprintOf(NodeRecord node) {
        return fingerprint.equals(fingerprintOf(node));
    }

    static String fingerprintOf(NodeRecord node) {
        return node.meta().getOrDefault(WarmState.FINGERPRINT_KEY, "");
    }

    Map<String, String> meta() {
        return fingerprint.isEmpty()
                ? Map.of(WarmState.STARTED_KEY, started.toString())
                : Map.of(
                        WarmState.STARTED_KEY,
                        started.toString(),
                        WarmState.FINGERPRINT_KEY,
                        fingerprint);
    }

    /** Of a node that no warm state has saved: before all others. */
    static Instant startedOf(NodeRecord node) {
        String text = node.meta().get(WarmState.STARTED_KEY);
        if (text == null) {
            return Instant.EPOCH;
        }
        try {
            Instant parsed = Instant.parse(text);
            return parsed.isAfter(LATEST) ? Instant.EPOCH : parsed;
        } catch (DateTimeException e) {
            return Instant.EPOCH; // somebody else's word for something else
        }
    }
}
