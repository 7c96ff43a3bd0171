package io.pramd.daemon.node;

import static io.pramd.daemon.fixture.Refusals.await;
import static io.pramd.daemon.fixture.Refusals.refused;
import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static io.pramd.daemon.fixture.StreamDriver.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StreamDriver;
import io.pramd.daemon.layout.NodeType;
import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.Errno;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SameNameRaceTest {
    private static final int RIVALS = 8;
    private static final int ROUNDS = 100;

    @TempDir Path folder;

    @Test
    void letsExactlyOneOfManySaversHaveTheName() throws Exception {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            StreamDriver streams = fixture.streams();
            for (int round = 0; round < ROUNDS; round++) {
                String name = "n" + round % 3;
                List<SaveStream> winners =
                        race(rival -> streams.open(request(name, NodeType.BYTE)), Errno.EEXIST);
                assertThat(winners).hasSize(1);
                streams.append(winners.getFirst(), bytes(round, 5000));
                await(winners.getFirst().finish(5000));
                assertThat(streams.consume(name)).isEqualTo(bytes(round, 5000));
            }
            fixture.requireEveryFrameAccountedFor();
        }
    }

    @Test
    void letsExactlyOneOfManyLoadersHaveTheNode() throws Exception {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            StreamDriver streams = fixture.streams();
            for (int round = 0; round < ROUNDS; round++) {
                streams.save("a", bytes(round, 5000));
                List<LoadStream> winners = race(rival -> streams.openLoad("a", false), Errno.EBUSY);
                assertThat(winners).hasSize(1);
                LoadStream winner = winners.getFirst();
                refused(Errno.EBUSY, () -> streams.openLoad("a", false));
                assertThat(streams.readAll(winner)).isEqualTo(bytes(round, 5000));
                await(winner.finish(winner.info().sequence()));
                refused(Errno.ENOENT, () -> streams.openLoad("a", false));
            }
            fixture.requireEveryFrameAccountedFor();
        }
    }

    @Test
    void letsExactlyOneOfManyRemoversRemoveTheNode() throws Exception {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            for (int round = 0; round < ROUNDS; round++) {
                long sequence = fixture.streams().save("a", bytes(round, 5000));
                List<Long> removed =
                        race(
                                rival -> await(fixture.store().remove("a", 0)),
                                Errno.EBUSY,
                                Errno.ENOENT);
                assertThat(removed).containsExactly(sequence);
            }
            fixture.requireEveryFrameAccountedFor();
        }
    }

    private static <T> List<T> race(IntFunction<T> attempt, Errno... losersGet) throws Exception {
        CyclicBarrier start = new CyclicBarrier(RIVALS);
        List<CompletableFuture<T>> attempts = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(RIVALS)) {
            for (int rival = 0; rival < RIVALS; rival++) {
                int number = rival;
                CompletableFuture<T> answer = new CompletableFuture<>();
                attempts.add(answer);
                threads.execute(() -> compete(start, answer, () -> attempt.apply(number)));
            }
        }
        List<T> winners = new ArrayList<>();
        for (CompletableFuture<T> answer : attempts) {
            try {
                winners.add(await(answer));
            } catch (StoreException e) {
                assertThat(e.errno()).isIn((Object[]) losersGet);
            }
        }
        return winners;
    }

    private static <T> void compete(
            CyclicBarrier start,
            CompletableFuture<T> answer,
            java.util.function.Supplier<T> attempt) {
        try {
            start.await();
            answer.complete(attempt.get());
        } catch (Exception e) {
            answer.completeExceptionally(e);
        }
    }
}
