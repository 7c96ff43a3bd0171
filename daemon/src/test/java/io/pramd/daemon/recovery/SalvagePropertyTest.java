package io.pramd.daemon.recovery;

import static io.pramd.daemon.fixture.Refusals.await;
import static io.pramd.daemon.fixture.Refusals.refused;
import static io.pramd.daemon.fixture.StreamDriver.PAGE;
import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.Damage;
import io.pramd.daemon.fixture.FrameCensus;
import io.pramd.daemon.fixture.Salvaged;
import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.ListRequest;
import io.pramd.daemon.node.NodeInfo;
import io.pramd.daemon.node.State;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Bytes flipped, and frames wiped out, anywhere in the nodes of a file. */
class SalvagePropertyTest {
    private static final ListRequest ALL = new ListRequest("", 0, 0, 1000);
    private static final int NODES = 6;
    private static final int PAGES_MAX = 330;

    private static Path whole;
    private static FrameCensus census;

    @BeforeContainer
    static void saveNodes() throws IOException {
        whole = Files.createTempFile("salvage", "");
        Files.delete(whole);
        StoreFixture fixture = StoreFixture.format(whole);
        // what is removed leaves links of streams that are gone
        fixture.streams().save("gone", bytes(99, 600 * PAGE));
        await(fixture.store().remove("gone", 0));
        await(fixture.store().force());
        for (int node = 0; node < NODES; node++) {
            fixture.streams().save("n" + node, contents(node));
        }
        census = fixture.census();
        fixture.close();
    }

    @AfterContainer
    static void deleteFile() throws IOException {
        Files.deleteIfExists(whole);
        Files.deleteIfExists(damaged());
    }

    private static Path damaged() {
        return whole.resolveSibling(whole.getFileName() + ".damaged");
    }

    private static byte[] contents(int node) {
        return bytes(node, new Random(node).nextInt(PAGES_MAX * PAGE));
    }

    @Property(tries = 40)
    void costsNoMoreThanItHits(@ForAll long seed) throws IOException {
        Path file = Files.copy(whole, damaged(), StandardCopyOption.REPLACE_EXISTING);
        damage(file, new Random(seed));
        try (StoreFixture fixture = StoreFixture.open(file, How.THREADED).damaged()) {
            salvageAll(fixture);
            requireSameFree(fixture, file);
            removeAll(fixture);
            fixture.kill();
        }
        try (StoreFixture next = StoreFixture.open(file, How.THREADED)) {
            assertThat(next.info("nodes.quarantined")).isZero();
            next.requireEveryFrameAccountedFor();
        }
    }

    private static void damage(Path file, Random random) {
        List<BitSet> roles = List.of(census.nodeFrames(), census.linkFrames(), census.dataFrames());
        for (int hit = random.nextInt(4); hit >= 0; hit--) {
            int[] frames = roles.get(random.nextInt(roles.size())).stream().toArray();
            long pfn = frames[random.nextInt(frames.length)];
            if (random.nextInt(3) == 0) {
                Damage.zero(file, pfn);
            } else {
                Damage.flip(file, pfn, random.nextInt(PAGE));
            }
        }
    }

    private static void salvageAll(StoreFixture fixture) {
        for (NodeInfo node : await(fixture.store().list(ALL)).nodes()) {
            Salvaged salvaged;
            try {
                salvaged =
                        node.state() == State.READY
                                ? Salvaged.byName(fixture.store(), node.name())
                                : Salvaged.byPfn(fixture.store(), node.pfn());
            } catch (StoreException e) {
                assertThat(e).hasMessageContaining("nothing of the node can be found");
                continue;
            }
            requireGoodPages(salvaged);
        }
    }

    /** Each page is a saved one in its place, or named as bad. */
    private static void requireGoodPages(Salvaged salvaged) {
        byte[] got = salvaged.bytes();
        for (int node = 0; node < NODES; node++) {
            byte[] saved = Arrays.copyOf(contents(node), got.length);
            if (Arrays.equals(Salvaged.without(saved, salvaged.badPages()), got)) {
                return;
            }
        }
        throw new AssertionError("pages that nobody has saved so: " + salvaged.info());
    }

    /** The checker counts as the start did. */
    private static void requireSameFree(StoreFixture fixture, Path file) {
        await(fixture.store().force());
        fixture.requireHeldAtMost(0);
        FsckReport report = Fsck.check(file, StoreFixture.BOOT);
        long free = report.counts().unreached() + report.counts().held();
        assertThat(free).as(report.toString()).isEqualTo(fixture.info("frames.free"));
    }

    private static void removeAll(StoreFixture fixture) {
        List<Long> pfns = new ArrayList<>();
        for (NodeInfo node : await(fixture.store().list(ALL)).nodes()) {
            if (node.state() == State.QUARANTINED) {
                pfns.add(node.pfn());
                await(fixture.store().removeQuarantined(node.pfn()));
            } else if (!Salvaged.byName(fixture.store(), node.name()).badPages().isEmpty()) {
                await(fixture.store().remove(node.name(), 0)); // only its data pages are damaged
            }
        }
        pfns.forEach(pfn -> refused(Errno.ENOENT, fixture.store().removeQuarantined(pfn)));
        await(fixture.store().force());
        fixture.requireHeldAtMost(0);
        fixture.requireEveryFrameAccountedFor();
    }
}
