package io.pramd.daemon.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.HeldDevice;
import io.pramd.daemon.fixture.OnDevice;
import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.daemon.layout.Durability;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A saver goes while its save waits for the device; the class ends with a look for lost buffers.
 */
class LostSaverTest {
    @TempDir(factory = OnDevice.class)
    Path folder;

    @Test
    void takesTheAnswerToItsOpeningWithIt() {
        HeldDevice device = new HeldDevice();
        How how = How.THREADED.observedBy(device).at(Durability.POWER);
        try (ServedStore served = ServedStore.opened(folder, how)) {
            EmbeddedClient client = served.greeted();
            device.hold();
            client.send(ClientBytes.of().save(1, "a", ClientBytes.pagesFrom(7, 3)));
            device.awaitForce();
            client.close();
            device.letGo();
            served.store().force().join();
            assertThat(served.store().stat("a").join().pages()).isEqualTo(3);
        }
    }
}
