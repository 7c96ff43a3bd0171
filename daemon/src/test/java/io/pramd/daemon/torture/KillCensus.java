package io.pramd.daemon.torture;

import io.pramd.client.PramClient;
import io.pramd.daemon.fixture.FrameCensus;
import io.pramd.daemon.fixture.WayIn;
import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.recovery.BootIds;
import io.pramd.protocol.InfoValue;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** One owner. Compares what a daemon without work says of its frames with what the file reaches. */
final class KillCensus {
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final long BETWEEN_LOOKS_NANOS = 10_000_000;

    private final Path memory;
    private final List<String> principals;

    /**
     * @param principals who have quotas
     */
    KillCensus(Path memory, List<String> principals) {
        this.memory = memory;
        this.principals = principals;
    }

    /** Waits until no stream is open and nothing is being released; what is missing then leaks. */
    void count(WayIn way, KillEvidence evidence) {
        long limit = System.nanoTime() + LIMIT_NANOS;
        try (PramClient client = KillPatience.connect(way, KillHand.IMPATIENT)) {
            Map<String, InfoValue> info = client.info();
            long missing = missing(info);
            while ((missing != 0 || isBusy(info)) && System.nanoTime() < limit) {
                LockSupport.parkNanos(BETWEEN_LOOKS_NANOS);
                info = client.info();
                missing = missing(info);
            }
            if (missing != 0) {
                evidence.fault("leaked", Math.abs(missing), "missing=" + missing + " " + info);
            } else if (isBusy(info)) {
                evidence.fault("wrong", 1, "streams are open, and nobody works: " + info);
            }
            if (count(info, "nodes.quarantined") != 0) {
                evidence.fault("wrong", 1, "quarantined: " + info);
            }
            if (!principals.isEmpty()) {
                compareUsage(client, evidence);
            }
        }
    }

    private void compareUsage(PramClient client, KillEvidence evidence) {
        List<String> wrong = KillUsage.ofAll(client, principals);
        wrong.forEach(text -> evidence.fault("wrong", 1, text));
        evidence.add("usageExact", wrong.isEmpty() ? 1 : 0);
    }

    private static boolean isBusy(Map<String, InfoValue> info) {
        return count(info, "streams.saving") != 0
                || count(info, "streams.loading") != 0
                || count(info, "nodes.saving") != 0
                || count(info, "nodes.loading") != 0
                || !info.get("recovery.complete").equals(InfoValue.of(true));
    }

    private long missing(Map<String, InfoValue> info) {
        FrameCensus census = FrameCensus.of(memory, BootIds.read(BootIds.KERNEL));
        return FileLayout.usableFrames(census.total())
                - census.reached()
                - count(info, "frames.free")
                - count(info, "frames.held");
    }

    private static long count(Map<String, InfoValue> info, String key) {
        return ((InfoValue.Count) info.get(key)).value();
    }
}
