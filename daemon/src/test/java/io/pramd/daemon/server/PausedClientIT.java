package io.pramd.daemon.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.client.PramClient;
import io.pramd.client.SaveOptions;
import io.pramd.daemon.fixture.Await;
import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.process.HoldingClient;
import io.pramd.daemon.process.HoldingClient.Place;
import io.pramd.protocol.NodeState;
import io.pramd.protocol.WireLimits;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Client processes that stand still for longer than the idle limit of a daemon. */
@Timeout(60)
class PausedClientIT {
    private static final long IDLE_MILLIS = 1500;
    private static final long MEMORY_BYTES = 64 << 20;

    @TempDir Path folder;

    private static ServerLimits impatient() {
        ServerLimits defaults = ServerLimits.defaults();
        return new ServerLimits(
                defaults.packetBytesMax(),
                defaults.streamsMax(),
                defaults.requestsMax(),
                defaults.connectionsMax(),
                defaults.readsQueuedMax(),
                defaults.failedSavesMax(),
                defaults.answerBytesQueuedMax(),
                IDLE_MILLIS,
                WireLimits.HANDSHAKE_MILLIS,
                0,
                defaults.lingerMillis());
    }

    @Test
    void losesWhatItHoldsAndHearsOfItWhenItGoesOn() {
        byte[] bytes = HoldingClient.BYTES;
        try (StoreFixture fixture =
                        StoreFixture.format(
                                folder.resolve("m"), MEMORY_BYTES, StoreFixture.How.THREADED);
                Server server =
                        Server.start(
                                ServerConfig.of(
                                                fixture.store(),
                                                List.of(ListenAddress.parse("pram://127.0.0.1:0")),
                                                "pramd test")
                                        .withLimits(impatient()));
                PramClient client = PramClient.connect(server.addresses().getFirst().toString())) {
            String uri = server.addresses().getFirst().toString();
            client.save("loaded", bytes);
            long before = fixture.freeAndHeld();
            try (HoldingClient saver = HoldingClient.start(uri, Place.SENDING, "saved");
                    HoldingClient loader = HoldingClient.start(uri, Place.LOADING, "loaded")) {
                HoldingClient.signal("STOP", saver.pid());
                HoldingClient.signal("STOP", loader.pid());

                Await.until("the name is free", () -> client.find("saved").isEmpty());
                Await.until(
                        "the node is given back",
                        () -> client.stat("loaded").state() == NodeState.READY);
                Await.until("all frames are back", () -> fixture.freeAndHeld() == before);
                client.save("saved", SaveOptions.defaults(), bytes);

                for (HoldingClient each : List.of(saver, loader)) {
                    HoldingClient.signal("CONT", each.pid());
                    each.goOn();
                }
                assertThat(saver.answer()).startsWith("NotSentException");
                // reading goes on over another connection, as the same node is there
                assertThat(loader.answer()).isEqualTo("done");
            }
            assertThat(client.list("")).extracting("name").containsExactly("saved");
        }
    }
}
