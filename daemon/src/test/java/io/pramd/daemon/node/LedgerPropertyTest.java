package io.pramd.daemon.node;

import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.KillingMemory;
import io.pramd.daemon.fixture.ManualClock;
import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.daemon.fixture.StreamDriver;
import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.NodeType;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.quota.QuotaLimits;
import io.pramd.daemon.quota.QuotaRules;
import io.pramd.daemon.quota.Quotas;
import io.pramd.daemon.quota.Usage;
import io.pramd.daemon.recovery.FirstContents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

/**
 * Whatever is saved, replaced, removed, consumed, given up, refused, expired or killed, under rules
 * that change: the ledger is what the node pages and the open streams say.
 */
class LedgerPropertyTest {
    private static final long BYTES = FileLayout.fileOffset(FileLayout.FRAMES_MIN);
    private static final List<String> NAMES = List.of("a", "ab", "abc", "b", "ba", "c");
    private static final List<String> OWNERS = List.of("", "ann", "bob", "cyd");
    private static final List<String> PREFIXES = List.of("", "a", "ab", "b", "z");

    private final ManualClock clock = new ManualClock();

    /** One life of a store, with the streams that it has open. */
    private final class Life {
        private final StoreFixture store;
        private final Random random;
        private final Map<String, SaveStream> saves = new HashMap<>();
        private final Map<String, LoadStream> loads = new HashMap<>();
        private final Map<LoadStream, Set<String>> lingering = new HashMap<>();

        Life(StoreFixture store, Random random) {
            this.store = store;
            this.random = random;
        }

        private <T> T any(List<T> of) {
            return of.get(random.nextInt(of.size()));
        }

        void step() {
            String name = any(NAMES);
            try {
                verb(name);
            } catch (StoreException e) {
                // refused: the ledger must not have moved
            } catch (CompletionException e) {
                assertThat(e.getCause()).isInstanceOf(StoreException.class);
            }
        }

        private void verb(String name) {
            switch (random.nextInt(11)) {
                case 0, 1, 2 -> {
                    SaveStream open = store.streams().open(request(name));
                    SaveStream before = saves.put(name, open);
                    if (before != null) {
                        store.streams().close(before);
                    }
                }
                case 3 -> append(saves.get(name));
                case 4, 5 -> finish(name);
                case 6 -> {
                    if (saves.containsKey(name)) {
                        saves.remove(name).discard();
                    }
                }
                case 7 -> store.store().remove(name, 0).join();
                case 8 -> load(name);
                case 9 -> rules();
                default -> {
                    clock.advance(random.nextInt(3000));
                    store.store().expiry().look();
                }
            }
        }

        private SaveRequest request(String name) {
            SaveRequest request =
                    random.nextBoolean()
                            ? StreamDriver.replacing(name, NodeType.PAGE)
                            : StreamDriver.request(name, NodeType.PAGE);
            return request.by(new Saver(any(OWNERS), random.nextBoolean()))
                    .livingMillis(random.nextInt(3) * 2000L);
        }

        private void append(SaveStream stream) {
            if (stream != null) {
                store.streams().append(stream, bytes(1, random.nextInt(60) * StreamDriver.PAGE));
            }
        }

        private void finish(String name) {
            SaveStream stream = saves.remove(name);
            if (stream != null) {
                try {
                    append(stream);
                    stream.finish(stream.pages() * StreamDriver.PAGE).join();
                } finally {
                    store.streams().close(stream);
                }
            }
        }

        private void load(String name) {
            LoadStream open = loads.remove(name);
            if (open == null) {
                loads.put(name, store.streams().openLoad(name, random.nextBoolean()));
            } else if (random.nextBoolean()) {
                open.abort();
            } else {
                try {
                    open.finish(open.info().sequence()).join();
                } finally {
                    open.abort();
                }
            }
        }

        private void rules() {
            Map<String, QuotaLimits> principals = new HashMap<>();
            Map<String, QuotaLimits> prefixes = new HashMap<>();
            OWNERS.stream()
                    .filter(o -> random.nextBoolean())
                    .forEach(o -> principals.put(o, limits()));
            PREFIXES.stream()
                    .filter(p -> random.nextBoolean())
                    .forEach(p -> prefixes.put(p, limits()));
            // what nobody can find any more cannot be counted for a prefix that is new
            lingering.values().forEach(limited -> limited.retainAll(prefixes.keySet()));
            long reserve = random.nextInt(2) * (1L << 20);
            store.store().quotas().rules(new QuotaRules(principals, prefixes, reserve));
        }

        private QuotaLimits limits() {
            return new QuotaLimits(
                    random.nextInt(200) * 4096L,
                    random.nextInt(8),
                    random.nextInt(8),
                    random.nextInt(100) * 4096L);
        }

        /** Nodes that are gone and still read, with the prefixes that were limited all the time. */
        private void noteLingering(List<NodeInfo> nodes, Set<String> limited) {
            Set<Long> there = nodes.stream().map(NodeInfo::sequence).collect(Collectors.toSet());
            lingering.keySet().retainAll(loads.values());
            loads.values().stream()
                    .filter(stream -> !there.contains(stream.info().sequence()))
                    .forEach(stream -> lingering.putIfAbsent(stream, new HashSet<>(limited)));
        }

        private Used gone(LoadStream stream) {
            NodeInfo node = stream.info();
            return new Used(node.owner(), node.name(), committed(node), lingering.get(stream));
        }

        void requireExact() {
            Quotas quotas = store.store().quotas();
            List<NodeInfo> nodes =
                    StreamDriver.get(store.store().list(new ListRequest("", 0, 0, 1000))).nodes();
            assertThat(quotas.counting()).isZero();
            List<Used> used = new ArrayList<>();
            nodes.stream()
                    .filter(node -> node.state() != State.SAVING)
                    .map(node -> new Used(node.owner(), node.name(), committed(node), null))
                    .forEach(used::add);
            saves.values().forEach(stream -> used.add(open(stream)));
            noteLingering(nodes, quotas.rules().prefixes().keySet());
            lingering.keySet().forEach(stream -> used.add(gone(stream)));
            Map<String, Usage> owners = new TreeMap<>();
            used.forEach(each -> owners.merge(each.owner(), each.usage(), LedgerPropertyTest::sum));
            owners.remove("");
            assertThat(quotas.usageByOwner()).isEqualTo(owners);
            Map<String, Usage> prefixes = new TreeMap<>();
            for (String prefix : quotas.rules().prefixes().keySet()) {
                prefixes.put(
                        prefix,
                        used.stream()
                                .filter(each -> each.name().startsWith(prefix))
                                .filter(each -> each.countsFor(prefix))
                                .map(Used::usage)
                                .reduce(Usage.NOTHING, LedgerPropertyTest::sum));
            }
            assertThat(quotas.usageByPrefix()).isEqualTo(prefixes);
        }
    }

    private record Used(String owner, String name, Usage usage, Set<String> prefixes) {
        boolean countsFor(String prefix) {
            return prefixes == null || prefixes.contains(prefix); // null: for all that it is of
        }
    }

    private static Usage committed(NodeInfo node) {
        return new Usage(node.pages() * StreamDriver.PAGE, 1, 0);
    }

    /** A stream that has failed holds no pages, though some had come. */
    private static Used open(SaveStream stream) {
        long pages = stream.failure().isPresent() ? 0 : stream.pages();
        return new Used(
                stream.request().saver().principal(),
                stream.request().name(),
                new Usage(pages * StreamDriver.PAGE, 1, 1),
                null);
    }

    private static Usage sum(Usage one, Usage other) {
        return new Usage(
                one.bytes() + other.bytes(),
                one.nodes() + other.nodes(),
                one.streams() + other.streams());
    }

    @Property(tries = 25)
    void isWhatNodePagesAndStreamsSay(
            @ForAll long seed, @ForAll @LongRange(min = 60, max = 900) long killAt)
            throws IOException {
        Path folder = Files.createTempDirectory("ledger");
        Path file = folder.resolve("m");
        Path image = folder.resolve("image");
        try {
            FirstContents.format(file, BYTES, StoreFixture.BOOT).close();
            Random random = new Random(seed);
            for (int number = 0; number < 3; number++) {
                KillingMemory memory = new KillingMemory(file, image, killAt, random.nextLong());
                How how = How.ON_CALLER_ALONE.by(clock).observedBy(memory);
                Life life = new Life(StoreFixture.open(file, how), random);
                live(life, memory::isDead);
                life.store.kill();
                if (memory.isDead()) {
                    Files.move(image, file, StandardCopyOption.REPLACE_EXISTING);
                }
            }
            Life last = new Life(StoreFixture.open(file, How.ON_CALLER_ALONE.by(clock)), random);
            last.requireExact();
            last.rules();
            last.requireExact();
            last.store.close();
        } finally {
            Files.deleteIfExists(image);
            Files.deleteIfExists(file);
            try (var left = Files.list(folder)) {
                for (Path each : left.toList()) {
                    Files.delete(each);
                }
            }
            Files.delete(folder);
        }
    }

    private static void live(Life life, java.util.function.BooleanSupplier isDead) {
        life.requireExact();
        for (int step = 0; step < 150; step++) {
            life.step();
            if (isDead.getAsBoolean()) {
                return;
            }
            life.requireExact();
        }
    }
}
