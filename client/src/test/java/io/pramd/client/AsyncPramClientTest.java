package io.pramd.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pramd.client.fixture.FakeDaemon;
import io.pramd.protocol.Errno;
import io.pramd.protocol.MessageType;
import io.pramd.protocol.NodeState;
import io.pramd.protocol.Outcome;
import io.pramd.protocol.SaveId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AsyncPramClientTest {
    private final FakeDaemon daemon = new FakeDaemon();
    private final PramClient client = PramClient.connect(daemon.uri());
    private final AsyncPramClient async = client.async();

    @AfterEach
    void closeBoth() {
        client.close();
        daemon.close();
    }

    @Test
    void hasTheSameVerbs() {
        byte[] bytes = {1, 2, 3};
        long sequence = async.save("n", bytes).join();
        assertThat(async.stat("n").join().sequence()).isEqualTo(sequence);
        assertThat(async.find("other").join()).isEmpty();
        assertThat(async.list("").join()).hasSize(1);
        assertThat(async.peek("n", LoadStream::readAllBytes).join()).isEqualTo(bytes);
        assertThat(async.findPeek("n", LoadStream::readAllBytes).join()).hasValue(bytes);
        assertThat(async.load("n", LoadStream::readAllBytes).join()).isEqualTo(bytes);
        assertThat(async.findLoad("n", LoadStream::readAllBytes).join()).isEmpty();
        assertThat(async.save("m", out -> out.write(1)).join()).isPositive();
        assertThat(async.remove("m").join()).isPositive();
        assertThat(async.removeAll("").join()).isZero();
        assertThat(async.outcome(SaveId.random()).join().outcome()).isEqualTo(Outcome.NOT_DONE);
        assertThat(async.info().join()).isNotEmpty();
        assertThat(async.check().join().clean()).isFalse();
        async.ping().join();
    }

    @Test
    void whatACallThrowsCompletesTheFuture() {
        assertThatThrownBy(() -> async.stat("n").join())
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        RejectedException.class,
                        e -> assertThat(e.errno()).isEqualTo(Errno.ENOENT));
        IOException mine = new IOException("mine");
        StreamWriter<IOException> writer =
                out -> {
                    throw mine;
                };
        assertThatThrownBy(() -> async.save("n", writer).join()).hasCause(mine);
    }

    @Test
    void cancellingDiscardsASave() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        CompletableFuture<Long> save =
                async.save(
                        "n",
                        out -> {
                            out.write(new byte[100_000], 0, 100_000);
                            begun.countDown();
                            awaitInterrupt(ended);
                        });
        begun.await();
        assertThat(save.cancel(true)).isTrue();
        assertThatThrownBy(save::join).isInstanceOf(CancellationException.class);
        ended.await();
        daemon.awaitGone("n");
        client.save("n", new byte[1]); // over the same connections
    }

    @Test
    void cancellingAbortsALoadThatWaitsForTheDaemon() throws Exception {
        client.save("n", new byte[10]);
        daemon.ignore(MessageType.READ);
        CompletableFuture<byte[]> load = async.load("n", LoadStream::readAllBytes);
        awaitState("n", NodeState.LOADING);
        load.cancel(true);
        awaitState("n", NodeState.READY);
    }

    @Test
    void aTimeoutEndsTheCall() {
        daemon.ignore(MessageType.STAT);
        CompletableFuture<?> stat = async.stat("n").orTimeout(200, TimeUnit.MILLISECONDS);
        assertThatThrownBy(stat::join).hasCauseInstanceOf(TimeoutException.class);
    }

    @Test
    void manyCallsGoAtOnce() {
        List<CompletableFuture<byte[]>> all = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            String name = "n" + i;
            byte[] bytes = new byte[] {(byte) i};
            all.add(
                    async.save(name, bytes)
                            .thenCompose(s -> async.load(name, LoadStream::readAllBytes)));
        }
        for (int i = 0; i < all.size(); i++) {
            assertThat(all.get(i).join()).containsExactly((byte) i);
        }
        assertThat(daemon.connectionCount()).isLessThanOrEqualTo(9);
    }

    @Test
    void callsAfterTheEndOfTheClientAreNotSent() {
        async.ping().join();
        client.close();
        assertThatThrownBy(() -> async.ping().join()).hasCauseInstanceOf(NotSentException.class);
    }

    private static void awaitInterrupt(CountDownLatch ended) {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            ended.countDown();
        }
    }

    private void awaitState(String name, NodeState state) throws InterruptedException {
        while (client.find(name).map(node -> node.state() != state).orElse(true)) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }
}
