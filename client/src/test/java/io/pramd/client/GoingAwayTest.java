package io.pramd.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pramd.client.fixture.FakeDaemon;
import io.pramd.client.fixture.Letters;
import io.pramd.protocol.Errno;
import io.pramd.protocol.Features;
import io.pramd.protocol.MessageType;
import io.pramd.protocol.NodeRecord;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of calls when the daemon says that it is going away. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GoingAwayTest {
    private static final byte[] BYTES = new byte[10];

    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final FakeDaemon daemon = offering(new FakeDaemon());
    private final PramConfig config =
            PramConfig.defaults().withRetryFor(Duration.ofMillis(100)).withListener(new Recorder());
    private final PramClient client = PramClient.connect(daemon.uri(), config);

    @AfterEach
    void closeBoth() {
        client.close();
        daemon.close();
    }

    @Test
    void whatBeginsThenTakesAConnectionOfItsOwn() {
        client.save("n", BYTES);
        assertThat(heard).containsExactly("connected", "connected");
        daemon.goAway(0);
        awaitHeard("away 0");
        SaveOptions replace = SaveOptions.defaults().withReplace(true);
        await(
                () -> { // each connection hears it for itself
                    client.ping();
                    client.save("n", replace, BYTES);
                    return heard.size() == 5;
                });
        assertThat(client.peek("n", LoadStream::readAllBytes)).isEqualTo(BYTES);
        assertThat(heard)
                .containsExactly(
                        "connected", "connected", "away 0", "connected", "connected", "connected");
        await(() -> daemon.connectionCount() == 3);
    }

    @Test
    void aStreamThatIsOpenGoesOnAndItsConnectionEndsWithIt() {
        byte[] bytes = new byte[5 << 20];
        new Random(1).nextBytes(bytes);
        client.save("n", bytes);
        SaveStream save = client.openSave("m");
        try (LoadStream load = client.openLoad("n")) {
            daemon.goAway(0);
            awaitHeard("away 0");
            assertThat(load.readAllBytes()).isEqualTo(bytes);
            load.finish();
        }
        save.write(bytes, 0, bytes.length);
        assertThat(save.finish()).isPositive();
        assertThat(heard).noneMatch(event -> event.startsWith("retried"));
        await(
                () -> { // closes the one for requests, which had nothing open
                    client.ping();
                    return daemon.connectionCount() == 1;
                });
        assertThat(heard).doesNotContain("lost");
    }

    @Test
    void whatTheDaemonHasNotHeardIsAskedAgain() {
        daemon.goAwayBefore(MessageType.PREPARE_SAVE);
        client.save("written once", out -> out.write(1));
        daemon.goAwayBefore(MessageType.FINISH_SAVE);
        client.save("n", BYTES);
        assertThat(daemon.find("n")).isPresent();
        daemon.goAwayBefore(MessageType.READ);
        assertThat(client.peek("n", LoadStream::readAllBytes)).isEqualTo(BYTES);
        daemon.goAwayBefore(MessageType.FINISH_LOAD);
        assertThat(client.load("n", LoadStream::readAllBytes)).isEqualTo(BYTES);
        assertThat(daemon.find("n")).isEmpty();
        daemon.goAwayBefore(MessageType.REMOVE);
        client.remove("written once");
        assertThat(daemon.find("written once")).isEmpty();
        daemon.goAwayBefore(MessageType.GROW);
        assertThat(client.grow(1 << 20)).isEqualTo(1 << 20);
    }

    @Test
    void aFinishThatWasNotHeardDidNotHappen() {
        SaveStream save = client.openSave("n");
        daemon.goAwayBefore(MessageType.FINISH_SAVE);
        assertThatThrownBy(save::finish)
                .isInstanceOfSatisfying(
                        NotSentException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EAGAIN))
                .hasMessageContaining("the daemon is draining");
        assertThat(daemon.find("n")).isEmpty();
    }

    @Test
    void theSuccessorIsWaitedForAsLongAsTheCallHasTime() throws Exception {
        PramConfig hasty =
                config.withConnect(Duration.ofMillis(200)).withConnectWait(Duration.ofSeconds(50));
        try (PramClient other = PramClient.connect(daemon.uri(), hasty)) {
            heard.clear();
            SaveOptions patient = SaveOptions.defaults().withDeadline(Duration.ofSeconds(50));
            daemon.holdGreetings();
            daemon.goAway(0);
            await(() -> heard.size() == 2); // both clients
            CompletableFuture<Long> save = other.async().save("n", patient, BYTES);
            CompletableFuture<Void> ping = other.async().ping(); // as long as for any answer
            TimeUnit.MILLISECONDS.sleep(600); // longer than a connection may take, and retryFor
            assertThat(save).isNotDone();
            assertThat(ping).isNotDone();
            daemon.welcomeAll();
            save.get();
            ping.get();
        }
        // nobody has left the queue to come again
        assertThat(heard).containsExactly("away 0", "away 0", "connected", "connected");
    }

    @Test
    void whoConnectsForTheFirstTimeWaitsForTheSuccessorAsWell() throws Exception {
        PramConfig hasty = config.withConnect(Duration.ofMillis(200)); // and no connectWait
        daemon.holdGreetings();
        CompletableFuture<PramClient> first =
                CompletableFuture.supplyAsync(() -> PramClient.connect(daemon.uri(), hasty));
        TimeUnit.MILLISECONDS.sleep(600);
        assertThat(first).isNotDone();
        daemon.welcomeAll();
        first.get().close();
    }

    @Test
    void whoIsTurnedAwayInPlaceOfAGreetingComesAgainAlthoughItNeverTriesAgain() throws Exception {
        PramConfig once =
                config.withRetryFor(Duration.ZERO) // and no connectWait
                        .withConnect(Duration.ofMillis(200)); // over when it is turned away
        daemon.holdGreetings();
        CompletableFuture<PramClient> first =
                CompletableFuture.supplyAsync(() -> PramClient.connect(daemon.uri(), once));
        TimeUnit.MILLISECONDS.sleep(300);
        daemon.endConnections(Errno.EAGAIN, "the daemon is draining");
        TimeUnit.MILLISECONDS.sleep(100);
        assertThat(first).isNotDone();
        daemon.welcomeAll();
        first.get().close();
    }

    @Test
    void whoNeverTriesAgainAsksTheSuccessorWhatWasNotHeard() {
        PramConfig once = config.withRetryFor(Duration.ZERO);
        try (PramClient other = PramClient.connect(daemon.uri(), once)) {
            daemon.goAwayBefore(MessageType.PREPARE_SAVE);
            other.save("n", BYTES);
            daemon.goAwayBefore(MessageType.LIST);
            assertThat(other.list()).hasSize(1);
            daemon.goAwayBefore(MessageType.READ);
            assertThat(other.peek("n", LoadStream::readAllBytes)).isEqualTo(BYTES);
            daemon.goAwayBefore(MessageType.REMOVE);
            other.remove("n");
            assertThat(daemon.find("n")).isEmpty();
        }
    }

    @Test
    void whoWaitsForTheConnectionOfAnotherWaitsAsLong() throws Exception {
        PramConfig hasty = config.withNoProgress(Duration.ofSeconds(2));
        try (PramClient other = PramClient.connect(daemon.uri(), hasty)) {
            heard.clear();
            daemon.holdGreetings();
            daemon.goAway(0);
            await(() -> heard.size() == 2); // both clients
            CompletableFuture<Optional<NodeRecord>> first = find(other);
            CompletableFuture<Optional<NodeRecord>> second = find(other);
            TimeUnit.MILLISECONDS.sleep(2500);
            daemon.welcomeAll();
            assertThat(first.get()).isEmpty();
            assertThat(second.get()).isEmpty();
        }
    }

    private static CompletableFuture<Optional<NodeRecord>> find(PramClient client) {
        return CompletableFuture.supplyAsync(() -> client.find("n", Duration.ofSeconds(50)));
    }

    @Test
    void aCallWithoutTimeSaysThatTheDaemonIsGoingAway() {
        daemon.holdGreetings();
        daemon.goAway(0);
        awaitHeard("away 0");
        SaveOptions soon = SaveOptions.defaults().withDeadline(Duration.ofMillis(300));
        assertThatThrownBy(() -> client.save("n", soon, BYTES))
                .isInstanceOfSatisfying(
                        NotSentException.class,
                        e -> assertThat(e.errno()).isEqualTo(Errno.ETIMEDOUT))
                .hasMessageContaining("the daemon has said that it is going away");
        daemon.welcomeAll();
    }

    @Test
    void nobodyConnectsBeforeTheDaemonAllowsIt() {
        long begin = System.nanoTime();
        daemon.goAway(2000);
        awaitHeard("away 2000");
        SaveOptions soon = SaveOptions.defaults().withDeadline(Duration.ofMillis(1));
        assertThatThrownBy(() -> client.save("n", soon, BYTES))
                .isInstanceOf(NotSentException.class)
                .hasMessageContaining("too early");
        client.ping();
        assertThat(System.nanoTime() - begin).isGreaterThan(TimeUnit.SECONDS.toNanos(2));
    }

    @Test
    void whereNothingListensForAMomentItIsTriedAgain() throws Exception {
        int port = URI.create(daemon.uri()).getPort();
        daemon.goAway(0);
        awaitHeard("away 0");
        daemon.close();
        awaitHeard("lost"); // else the client may close it first, which is no loss
        CompletableFuture<Void> ping = client.async().ping();
        TimeUnit.MILLISECONDS.sleep(400); // longer than retryFor
        assertThat(ping).isNotDone();
        try (FakeDaemon successor = new FakeDaemon(port)) {
            ping.get();
            assertThat(heard).contains("retried ping");
            client.save("n", BYTES);
            assertThat(successor.find("n")).isPresent();
        }
    }

    @Test
    void whoIsJustGreetingADrainingDaemonComesAgain() {
        daemon.refuse(MessageType.HELLO, Errno.EAGAIN, 2);
        PramClient.connect(daemon.uri(), config.withConnect(Duration.ofSeconds(5))).close();
    }

    @Test
    void aCheckpointThatWasCutIsMadeAgain() {
        AtomicInteger written = new AtomicInteger();
        AtomicBoolean goesAway = new AtomicBoolean();
        try (WarmState<Letters> warm =
                WarmState.of(client, "n")
                        .restoreOrBuild(
                                Letters::read,
                                () -> new Letters("state"),
                                (letters, out) -> {
                                    written.incrementAndGet();
                                    if (goesAway.getAndSet(false)) {
                                        daemon.goAwayBefore(MessageType.FINISH_SAVE);
                                    }
                                    letters.writeTo(out);
                                })) {
            await(() -> warm.counts().saved() == 1);
            goesAway.set(true);
            assertThat(warm.checkpoint().result()).isEqualTo(WarmCheckpoint.Result.SAVED);
            assertThat(written).hasValue(3);
            assertThat(warm.counts().failed()).isZero();
        }
        assertThat(client.peek("n", Letters::read).text()).isEqualTo("state");
    }

    private static FakeDaemon offering(FakeDaemon daemon) {
        daemon.gate().offer(Features.GOING_AWAY);
        return daemon;
    }

    private void awaitHeard(String event) {
        await(() -> heard.contains(event));
    }

    private static void await(BooleanSupplier isSo) {
        while (!isSo.getAsBoolean()) {
            Thread.onSpinWait(); // up to the timeout of the test
        }
    }

    /** Thread-safe. */
    private final class Recorder implements PramListener {
        @Override
        public void connected(PramUri uri) {
            heard.add("connected");
        }

        @Override
        public void lost(PramUri uri, String reason) {
            heard.add("lost");
        }

        @Override
        public void goingAway(PramUri uri, Duration retryAfter) {
            heard.add("away " + retryAfter.toMillis());
        }

        @Override
        public void retried(String verb, String name, int attempt, PramException reason) {
            heard.add("retried " + verb);
        }
    }
}
