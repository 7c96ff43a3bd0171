package io.pramd.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.pramd.client.fixture.FakeDaemon;
import io.pramd.client.fixture.StandStill;
import io.pramd.protocol.Errno;
import io.pramd.protocol.MessageType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ReconnectTest {
    private static final int MEBIBYTE = 1 << 20;

    private final List<String> retried = new CopyOnWriteArrayList<>();
    private final List<PramListener.Ended> ended = new CopyOnWriteArrayList<>();
    private final List<String> lost = new CopyOnWriteArrayList<>();
    private final FakeDaemon daemon = new FakeDaemon();
    private final PramClient client =
            PramClient.connect(daemon.uri(), PramConfig.defaults().withListener(new Recorder()));

    @AfterEach
    void closeBoth() {
        client.close();
        daemon.close();
    }

    @Test
    void whatChangesNothingIsAskedAgain() {
        client.save("n", new byte[10]);
        for (MessageType type : List.of(MessageType.STAT, MessageType.LIST, MessageType.PING)) {
            daemon.cutBefore(type);
            assertThat(client.stat("n").length()).isEqualTo(10);
            assertThat(client.list()).hasSize(1);
            client.ping();
        }
        assertThat(retried).hasSize(3);
        assertThat(lost).hasSize(3);
    }

    @Test
    void aDaemonThatWasGreetedTooLateForItIsGreetedAgain() {
        daemon.refuse(MessageType.HELLO, Errno.ETIMEDOUT, 3);
        PramConfig patient = PramConfig.defaults().withRetryFor(Duration.ofSeconds(20));
        try (PramClient other = PramClient.lazy(daemon.uri(), patient)) {
            other.ping();
        }
    }

    @Test
    void aPeekGoesOnWhereItWas() {
        byte[] bytes = random(9 * MEBIBYTE + 17);
        client.save("n", bytes);
        try (LoadStream in = client.openPeek("n")) {
            byte[] read = new byte[bytes.length];
            ByteBuffer into = ByteBuffer.wrap(read);
            for (int i = 0; into.hasRemaining(); i++) {
                if (i % 40 == 20) {
                    daemon.cutConnections();
                }
                into.limit(Math.min(read.length, into.position() + 100_000));
                in.read(into);
                into.limit(read.length);
            }
            assertThat(read).isEqualTo(bytes);
            assertThat(in.read()).isEqualTo(-1);
        }
        assertThat(retried).contains("peek n");
    }

    @Test
    void aLoadGoesOnWhereItWasAndConsumes() throws IOException {
        byte[] bytes = random(3 * MEBIBYTE);
        client.save("n", bytes);
        byte[] read =
                client.load(
                        "n",
                        in -> {
                            in.readNBytes(MEBIBYTE);
                            daemon.cutConnections();
                            return in.readAllBytes();
                        });
        assertThat(read).hasSize(2 * MEBIBYTE);
        assertThat(daemon.find("n")).isEmpty();
    }

    @Test
    void aLoadDoesNotGoOnWithAnotherNode() {
        client.save("n", random(9 * MEBIBYTE));
        SaveOptions replace = SaveOptions.defaults().withReplace(true);
        assertThatThrownBy(
                        () ->
                                client.peek(
                                        "n",
                                        in -> {
                                            in.readNBytes(MEBIBYTE);
                                            client.save("n", replace, random(8 * MEBIBYTE));
                                            daemon.cutConnections();
                                            return in.readAllBytes();
                                        }))
                .isInstanceOfSatisfying(
                        RejectedException.class,
                        e -> assertThat(e.errno()).isEqualTo(Errno.ESTALE));
    }

    @Test
    void aNodeThatCouldNotBeReadIsNotConsumed() {
        client.save("n", random(2 * MEBIBYTE));
        daemon.find("n").orElseThrow().damage(300);
        try (LoadStream in = client.openLoad("n")) {
            assertThatThrownBy(in::readAllBytes).isInstanceOf(RejectedException.class);
            assertThatThrownBy(in::finish).isInstanceOf(RejectedException.class);
        }
        assertThat(daemon.find("n")).isPresent();
    }

    @Test
    void aCallThatHasTakenLongIsTriedAgainAllTheSame() throws Exception {
        Duration retryFor = Duration.ofMillis(300);
        while (!isTriedAgainBehindLonger(retryFor)) {
            retryFor = retryFor.multipliedBy(2); // so long the machine may have stood still
        }
    }

    private boolean isTriedAgainBehindLonger(Duration retryFor) throws Exception {
        PramConfig hasty = PramConfig.defaults().withRetryFor(retryFor);
        int before = daemon.faults().timesHeard(MessageType.PREPARE_LOAD);
        try (PramClient other = PramClient.connect(daemon.uri(), hasty)) {
            LoadOptions wait = LoadOptions.defaults().withWaitFor(Duration.ofSeconds(30));
            daemon.ignore(MessageType.PREPARE_LOAD);
            CompletableFuture<byte[]> load =
                    other.async().load("n", wait, LoadStream::readAllBytes);
            while (daemon.faults().timesHeard(MessageType.PREPARE_LOAD) == before) {
                Thread.onSpinWait(); // up to the timeout of the test
            }
            TimeUnit.MILLISECONDS.sleep(retryFor.toMillis() * 5 / 3);
            daemon.faults().ignoreNothing();
            client.save("n", SaveOptions.defaults().withReplace(true), new byte[10]);
            daemon.cutConnections();
            assertThat(load.get(10, TimeUnit.SECONDS)).hasSize(10);
            return true;
        } catch (ExecutionException e) {
            assertThat(e).hasCauseInstanceOf(NotSentException.class);
            return false;
        }
    }

    @Test
    void nothingRetriesPastItsDeadline() {
        daemon.close();
        SaveOptions options = SaveOptions.defaults().withDeadline(Duration.ofMillis(700));
        LoadOptions load = LoadOptions.defaults().withDeadline(Duration.ofMillis(700));
        assertTakes(
                400,
                1900,
                () -> {
                    assertThatThrownBy(() -> client.save("n", options, new byte[10]))
                            .isInstanceOf(NotSentException.class);
                    assertThatThrownBy(() -> client.load("n", load, LoadStream::readAllBytes))
                            .isInstanceOf(NotSentException.class);
                });
        assertThat(retried).isNotEmpty();
        PramConfig hasty = PramConfig.defaults().withRetryFor(Duration.ofSeconds(2));
        try (PramClient other = PramClient.lazy(daemon.uri(), hasty)) {
            assertTakes(
                    500,
                    4000,
                    () -> assertThatThrownBy(other::ping).isInstanceOf(NotSentException.class));
        }
    }

    /** Done again while it takes longer, and the machine stood still meanwhile. */
    private static void assertTakes(long millisMin, long millisMax, Runnable task) {
        boolean isMeasured = false;
        while (!isMeasured) {
            try (StandStill still = new StandStill()) {
                long begin = System.nanoTime();
                task.run();
                long millis = millisSince(begin);
                isMeasured = millis <= millisMax || !still.wasSeen();
                assertThat(millis).isBetween(millisMin, isMeasured ? millisMax : Long.MAX_VALUE);
            }
        }
    }

    @Test
    void aDeadlineEndsACallThatTheDaemonDoesNotAnswer() {
        client.save("n", new byte[10]);
        daemon.ignore(MessageType.READ);
        LoadOptions soon = LoadOptions.defaults().withDeadline(Duration.ofMillis(300));
        assertThatThrownBy(() -> client.peek("n", soon, LoadStream::readAllBytes))
                .isInstanceOfSatisfying(
                        NotSentException.class,
                        e -> assertThat(e.errno()).isEqualTo(Errno.ETIMEDOUT))
                .hasMessageContaining("deadline");
        daemon.ignore(MessageType.FINISH_SAVE);
        Duration time = Duration.ofMillis(300);
        while (!isUnknownAtItsDeadline(time)) {
            time = time.multipliedBy(2);
        }
    }

    /** False: the machine was so slow that the deadline had passed before the finish was sent. */
    private boolean isUnknownAtItsDeadline(Duration time) {
        int before = daemon.faults().timesHeard(MessageType.FINISH_SAVE);
        SaveOptions soon = SaveOptions.defaults().withDeadline(time);
        Throwable failure = catchThrowable(() -> client.save("m" + time, soon, new byte[10]));
        assertThat(failure).hasMessageContaining("deadline");
        if (failure instanceof NotSentException) {
            assertThat(daemon.faults().timesHeard(MessageType.FINISH_SAVE)).isEqualTo(before);
            return false;
        }
        assertThat(failure).isInstanceOf(OutcomeUnknownException.class);
        return true;
    }

    @Test
    void aRemovalUnderASequenceIsAskedForAgain() {
        long sequence = client.save("n", new byte[10]);
        daemon.cutAfter(MessageType.REMOVE);
        assertThat(client.removeIfSequence("n", sequence)).isEqualTo(sequence);
        sequence = client.save("n", new byte[10]);
        daemon.cutBefore(MessageType.REMOVE);
        assertThat(client.removeIfSequence("n", sequence)).isEqualTo(sequence);
        assertThat(client.find("n")).isEmpty();
    }

    @Test
    void manyStreamsShareFewConnections() throws Exception {
        byte[] bytes = random(50_000);
        List<SaveStream> saves = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            saves.add(client.openSave("n" + i));
        }
        for (SaveStream save : saves) {
            save.write(bytes, 0, bytes.length);
        }
        for (SaveStream save : saves) {
            save.finish();
        }
        ExecutorService threads = Executors.newFixedThreadPool(16);
        try {
            List<Future<byte[]>> loads = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                String name = "n" + i;
                loads.add(threads.submit(() -> client.load(name, LoadStream::readAllBytes)));
            }
            for (Future<byte[]> load : loads) {
                assertThat(load.get()).isEqualTo(bytes);
            }
        } finally {
            threads.shutdown();
        }
        assertThat(client.list()).isEmpty();
        assertThat(daemon.connectionCount()).isBetween(3, 9);
    }

    @Test
    void aStreamThatEndsBadlyLeavesItsNeighboursAlone() {
        PramConfig one = PramConfig.defaults().withStreamConnections(1);
        try (PramClient narrow = PramClient.connect(daemon.uri(), one);
                SaveStream good = narrow.openSave("good")) {
            SaveStream given = narrow.openSave("given up");
            given.write(new byte[5000], 0, 5000);
            given.discard();
            assertThatThrownBy(() -> narrow.openSave("good")).isInstanceOf(RejectedException.class);
            good.write(1);
            good.finish();
            assertThat(narrow.list()).hasSize(1);
        }
        assertThat(lost).isEmpty();
    }

    @Test
    void theListenerHearsHowEveryCallEnded() {
        client.save("n", new byte[10_000]);
        client.peek("n", LoadStream::readAllBytes);
        client.openLoad("n").abort();
        client.find("other");
        assertThat(ended)
                .extracting(e -> e.verb() + " " + e.name() + " " + e.result() + " " + e.bytes())
                .containsExactly(
                        "save n DONE 10000",
                        "peek n DONE 10000",
                        "load n GIVEN_UP 0",
                        "stat other REJECTED 0");
        assertThat(ended).allSatisfy(e -> assertThat(e.nanos()).isPositive());
    }

    @Test
    void theListenerHearsOfALossBeforeTheCallThatItEnds() {
        CompletableFuture<CompletableFuture<Void>> asked = new CompletableFuture<>();
        CompletableFuture<Boolean> isOver = new CompletableFuture<>();
        PramListener slow =
                new PramListener() {
                    @Override
                    public void lost(PramUri uri, String reason) {
                        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
                        isOver.complete(asked.join().isDone());
                    }
                };
        daemon.cutBefore(MessageType.PING);
        PramConfig config = PramConfig.defaults().withListener(slow);
        try (PramClient told = PramClient.connect(daemon.uri(), config)) {
            asked.complete(told.async().ping());
            assertThat(isOver.join()).isFalse();
            asked.join().join();
        }
    }

    @Test
    void aListenerThatThrowsChangesNothing() {
        PramListener bad =
                new PramListener() {
                    @Override
                    public void connected(PramUri uri) {
                        throw new NoSuchMethodError("of another version");
                    }

                    @Override
                    public void ended(Ended call) {
                        if (call.verb().equals("load")) {
                            throw new NoSuchMethodError("of another version");
                        }
                        throw new IllegalStateException("mine");
                    }
                };
        try (PramClient told =
                PramClient.connect(daemon.uri(), PramConfig.defaults().withListener(bad))) {
            told.save("n", new byte[10]);
            assertThat(told.find("n")).isPresent();
            assertThat(told.load("n", LoadStream::readAllBytes)).hasSize(10);
        }
    }

    private static long millisSince(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    /** Thread-safe. */
    private final class Recorder implements PramListener {
        @Override
        public void lost(PramUri uri, String reason) {
            lost.add(reason);
        }

        @Override
        public void retried(String verb, String name, int attempt, PramException reason) {
            retried.add(verb + (name.isEmpty() ? "" : " " + name));
        }

        @Override
        public void ended(Ended call) {
            ended.add(call);
        }
    }
}
