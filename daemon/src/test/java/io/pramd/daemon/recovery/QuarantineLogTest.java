package io.pramd.daemon.recovery;

import static io.pramd.daemon.fixture.Refusals.await;
import static io.pramd.daemon.fixture.Refusals.refused;
import static io.pramd.daemon.fixture.StreamDriver.PAGE;
import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.pramd.daemon.fixture.Damage;
import io.pramd.daemon.fixture.FrameCensus;
import io.pramd.daemon.fixture.LogLines;
import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.daemon.node.LoadStream;
import io.pramd.protocol.Errno;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever finds a damaged node first tells of it, and nobody else does. */
class QuarantineLogTest {
    @TempDir Path folder;
    private Path file;
    private int data;
    private int link;
    private long nodePfn;
    private LogLines log;

    @BeforeEach
    void saveOne() {
        file = folder.resolve("m");
        StoreFixture fixture = StoreFixture.format(file);
        fixture.streams().save("bad", bytes(2, 600 * PAGE));
        FrameCensus census = fixture.census();
        data = census.dataFrames().nextSetBit(0);
        link = census.linkFrames().nextSetBit(0);
        nodePfn = await(fixture.store().stat("bad")).pfn();
        fixture.kill();
        log = new LogLines("io.pramd.daemon");
    }

    @AfterEach
    void stopListening() {
        log.close();
    }

    private StoreFixture open() {
        return StoreFixture.open(file, How.THREADED).damaged();
    }

    private void requireToldOnce(String reason) {
        List<String> told =
                log.lines(Level.WARN).stream().filter(line -> line.contains("bad")).toList();
        assertThat(told)
                .singleElement()
                .asString()
                .startsWith("WARN quarantined: pfn=" + nodePfn + " name=bad reason=" + reason)
                .contains(
                        "pram stat --quarantined " + nodePfn,
                        "pram load --quarantined " + nodePfn + " --salvage FILE",
                        "pram rm --quarantined " + nodePfn,
                        "docs/operations.md");
    }

    @Test
    void aLoadThatFindsABadPageTellsOfIt() {
        Damage.flip(file, data, 7);
        try (StoreFixture store = open()) {
            LoadStream load = store.streams().openLoad("bad", true);
            LoadStream beside = store.streams().openLoad("bad", true);
            refused(Errno.EIO, load.verify(0, 600));
            refused(Errno.EIO, beside.verify(0, 600));
            load.abort();
            beside.abort();
            requireToldOnce("data page does not verify");
            store.kill();
        }
    }

    @Test
    void theWalkTellsOfABadLink() {
        Damage.flip(file, link, 50);
        try (StoreFixture store = open()) {
            refused(Errno.ENOENT, () -> store.streams().peek("bad"));
            requireToldOnce("link does not verify");
            assertThat(store.opened().report().isClean()).isFalse();
            store.kill();
        }
    }

    @Test
    void theReaderOfNodePagesTellsOfABadOneAndTheWalkDoesNotAgain() {
        Damage.flip(file, nodePfn, 900);
        try (StoreFixture store = open()) {
            requireToldOnce("node page does not verify");
            store.kill();
        }
    }

    @Test
    void aRemovedOneIsNotToldOfAgain() {
        Damage.flip(file, link, 50);
        try (StoreFixture store = open()) {
            await(store.store().removeQuarantined(nodePfn));
            requireToldOnce("link does not verify");
            store.kill();
        }
        try (StoreFixture store = open()) {
            requireToldOnce("link does not verify");
            store.kill();
        }
    }

    @Test
    void anOlderNodeIsToldOfOnlyIfItStaysWithoutItsName() {
        Damage.flip(file, nodePfn, 900);
        long newPfn;
        try (StoreFixture store = open()) {
            store.streams().save("bad", bytes(3, 10));
            newPfn = await(store.store().stat("bad")).pfn();
            store.kill();
        }
        Damage.flip(file, nodePfn, 900); // a bit that flips back: the older one verifies again
        log.close();
        log = new LogLines("io.pramd.daemon");
        try (StoreFixture store = open()) {
            requireToldOnce("a newer node has this name");
            store.kill();
        }
        Damage.flip(file, newPfn, 900);
        log.close();
        log = new LogLines("io.pramd.daemon");
        try (StoreFixture store = open()) {
            assertThat(log.lines(Level.WARN))
                    .filteredOn(line -> line.contains("quarantined: "))
                    .singleElement()
                    .asString()
                    .contains("pfn=" + newPfn + " ");
            store.kill();
        }
    }
}
