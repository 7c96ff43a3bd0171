package io.pramd.daemon.torture;

import io.pramd.client.PramClient;
import io.pramd.daemon.fixture.FaultyWire;
import io.pramd.daemon.fixture.WayIn;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * One owner. A client of its own whose connections end soon after it has begun: closed by itself,
 * or cut under it while bytes are on their way.
 */
final class KillDrop implements AutoCloseable {
    private final FaultyWire wire;
    private final PramClient client;
    private final boolean clientOnly;
    private final long afterNanos;
    private Thread ender;

    KillDrop(WayIn way, Random random) {
        boolean isTcp = way.uri().matches("prams?://.*");
        wire = isTcp && random.nextBoolean() ? new FaultyWire(way.uri()) : null;
        clientOnly = random.nextBoolean();
        int scale = 1 << random.nextInt(8); // from 0.25 ms to 32 ms
        afterNanos = random.nextInt(250_000) * (long) scale;
        client = (wire == null ? way : way.over(wire.uri())).lazy(KillHand.IMPATIENT);
    }

    PramClient client() {
        return client;
    }

    /** From here on the end may come at any moment. */
    void begin() {
        ender =
                Thread.ofVirtual()
                        .start(
                                () -> {
                                    LockSupport.parkNanos(afterNanos);
                                    end();
                                });
    }

    private void end() {
        if (wire != null && clientOnly) {
            wire.cutClients();
        } else if (wire != null) {
            wire.cut();
        }
        client.close();
    }

    @Override
    public void close() {
        ender.interrupt(); // it may have most of its time left
        try {
            ender.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        client.close();
        if (wire != null) {
            wire.close();
        }
    }
}
