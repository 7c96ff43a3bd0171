package io.pramd.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.embedded.EmbeddedChannel;
import io.pramd.client.fixture.FakeDaemon;
import io.pramd.client.fixture.TestTls;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a client is doing when it is closed ends, and leaves nothing behind. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ClosingClientTest {
    private static final int ROUNDS = Boolean.getBoolean("pramd.tests.full") ? 100 : 30;
    private static final int THREADS = 4;
    private static final long END_MILLIS = 10_000;

    /** Longer: a call that is not told of the end, and only loses its patience, is a fault. */
    private static final Duration NO_PROGRESS = Duration.ofSeconds(30);

    private static final SaveOptions REPLACE = SaveOptions.defaults().withReplace(true);

    private final FakeDaemon daemon = new FakeDaemon();

    @AfterEach
    void close() {
        daemon.close();
    }

    @Test
    void everyCallEndsAndGivesItsBuffersBack() throws InterruptedException {
        closeUnderLoad(PramTls.defaults(), 15_000);
    }

    /**
     * The torture found writers waiting for a loop that had ended before its channels were closed.
     */
    @Test
    void soItIsInsideTls(@TempDir Path folder) throws Exception {
        TestTls authority = new TestTls();
        daemon.gate().useTls(authority.server(authority.ofThisMachine()));
        PramTls tls = PramTls.defaults().withTrust(authority.writeTrust(folder.resolve("ca")));
        closeUnderLoad(tls, 100_000);
    }

    private void closeUnderLoad(PramTls tls, int microsMax) throws InterruptedException {
        long before = directBytes();
        for (int round = 0; round < ROUNDS; round++) {
            closeUnderLoad(round, tls, microsMax);
        }
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (directBytes() > before && System.nanoTime() < deadline) {
            LockSupport.parkNanos(1_000_000);
        }
        assertThat(directBytes()).as("bytes of direct buffers in use").isEqualTo(before);
    }

    /**
     * The torture found a writer that was descheduled in the middle of handing over its packet,
     * while the client was closed and its loops ended.
     */
    @Test
    void aPacketBehindTheEndOfTheLoopsFailsAndIsReleased() {
        EmbeddedChannel open = new EmbeddedChannel();
        Channel ended =
                (Channel)
                        Proxy.newProxyInstance(
                                Channel.class.getClassLoader(),
                                new Class<?>[] {Channel.class},
                                (proxy, method, arguments) -> {
                                    if (method.getName().startsWith("write")) {
                                        throw new RejectedExecutionException("terminated");
                                    }
                                    return method.invoke(open, arguments);
                                });
        PramUri uri = PramUri.parse(daemon.uri());
        Listeners listeners = new Listeners(uri, PramListener.NONE);
        Connection connection = new Connection(ended, listeners, new Departure(listeners));
        ByteBuf packet = Unpooled.directBuffer().writeZero(100);

        ChannelFuture sent = connection.send(packet, new Exchange());

        assertThat(sent.isDone()).isTrue();
        assertThat(sent.cause()).isInstanceOf(ClosedChannelException.class);
        assertThat(packet.refCnt()).isZero();
    }

    private void closeUnderLoad(int round, PramTls tls, int microsMax) throws InterruptedException {
        PramConfig config = PramConfig.defaults().withNoProgress(NO_PROGRESS).withTls(tls);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        List<Thread> threads = new ArrayList<>();
        try (PramClient client = PramClient.connect(daemon.uri(), config)) {
            for (int i = 0; i < THREADS; i++) {
                int number = i;
                Thread thread = new Thread(() -> work(client, number, failure), "busy-" + number);
                thread.setDaemon(true);
                thread.start();
                threads.add(thread);
            }
            TimeUnit.MICROSECONDS.sleep(ThreadLocalRandom.current().nextInt(microsMax));
        }
        for (Thread thread : threads) {
            thread.join(END_MILLIS);
            if (thread.isAlive()) {
                AssertionError hung = new AssertionError("round " + round + " hangs: " + thread);
                hung.setStackTrace(thread.getStackTrace());
                throw hung;
            }
        }
        if (failure.get() != null) {
            throw new AssertionError("round " + round, failure.get());
        }
    }

    private static void work(PramClient client, int number, AtomicReference<Throwable> failure) {
        Random random = new Random();
        ByteBuffer direct = ByteBuffer.allocateDirect(6 << 20);
        try {
            while (true) {
                String name = "n" + number;
                ByteBuffer part = direct.duplicate().limit(random.nextInt(direct.capacity()));
                switch (random.nextInt(4)) {
                    case 0 -> client.save(name, REPLACE, part);
                    case 1 -> client.save(name, REPLACE, new byte[random.nextInt(3 << 20)]);
                    case 2 -> client.findPeek(name, in -> in.read(direct.duplicate()));
                    default -> client.findPeek(name, LoadStream::readAllBytes);
                }
            }
        } catch (PramException e) {
            // closed
        } catch (Throwable e) {
            failure.set(e);
        }
    }

    private static long directBytes() {
        return UnpooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
    }
}
