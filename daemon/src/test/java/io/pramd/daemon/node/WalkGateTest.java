package io.pramd.daemon.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.daemon.fixture.StreamDriver;
import io.pramd.daemon.layout.NodeType;
import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.Errno;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WalkGateTest {
    @TempDir Path folder;
    private StoreFixture fixture;

    @BeforeEach
    void openWithoutWalk() {
        Path file = folder.resolve("memory");
        StoreFixture.format(file).close();
        fixture = StoreFixture.openWithoutWalk(file, How.ON_CALLER);
    }

    @AfterEach
    void walkAndClose() {
        if (!Boolean.TRUE.equals(fixture.store().info().get("recovery.complete"))) {
            fixture.opened().recover();
        }
        fixture.close();
    }

    @Test
    void changesThatWaitedAreMadeInTheOrderInWhichTheyCame() {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            int number = i;
            openSave("n" + i).thenAccept(stream -> order.add(number));
        }
        fixture.opened().recover();
        assertThat(order).containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    void theFirstOfTwoSavesGetsTheName() {
        CompletableFuture<SaveStream> first = openSave("a");
        CompletableFuture<SaveStream> second = openSave("a");
        fixture.opened().recover();
        first.join().discard();
        assertThatThrownBy(() -> StreamDriver.get(second))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EEXIST));
    }

    @Test
    void aWithdrawnSaveLeavesTheNameToTheNext() {
        CompletableFuture<SaveStream> first = openSave("a");
        CompletableFuture<SaveStream> second = openSave("a");
        first.cancel(false);
        fixture.opened().recover();
        second.join().discard();
    }

    private CompletableFuture<SaveStream> openSave(String name) {
        return fixture.store().openSave(StreamDriver.request(name, NodeType.BYTE), () -> {});
    }
}
