package io.pramd.daemon.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.pramd.daemon.fixture.Certificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One owner. Two implementations of TLS, between two channels of this process: both ends are of the
 * same one, so that each figure is of a sender and a receiver together.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@State(Scope.Benchmark)
public class TlsBenchmark {
    private static final int BYTES = 1 << 20;

    @Param({"JDK", "OPENSSL"})
    public SslProvider provider;

    private Path folder;
    private SslContext server;
    private SslContext client;
    private EmbeddedChannel from;
    private EmbeddedChannel to;
    private ByteBuf data;

    @Setup
    public void connect() throws IOException {
        folder = Files.createTempDirectory("tls-benchmark");
        Certificates made = Certificates.in(folder);
        Certificates.Issued shown = made.server();
        server =
                SslContextBuilder.forServer(shown.certificates().toFile(), shown.key().toFile())
                        .sslProvider(provider)
                        .protocols("TLSv1.3")
                        .build();
        client =
                SslContextBuilder.forClient()
                        .sslProvider(provider)
                        .protocols("TLSv1.3")
                        .trustManager(made.authority().toFile())
                        .build();
        data = PooledByteBufAllocator.DEFAULT.directBuffer(BYTES).writeZero(BYTES);
        from = channel(server);
        to = channel(client);
        shakeHands(from, to);
    }

    @TearDown
    public void close() throws IOException {
        data.release();
        from.finishAndReleaseAll();
        to.finishAndReleaseAll();
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }

    /** 1 MiB, encrypted and decrypted. */
    @Benchmark
    public int megabyte() {
        from.writeOutbound(data.retainedDuplicate());
        int bytes = 0;
        for (ByteBuf sent = from.readOutbound(); sent != null; sent = from.readOutbound()) {
            to.writeInbound(sent);
            for (ByteBuf in = to.readInbound(); in != null; in = to.readInbound()) {
                bytes += in.readableBytes();
                in.release();
            }
        }
        if (bytes != BYTES) {
            throw new IllegalStateException("not all has come: bytes=" + bytes);
        }
        return bytes;
    }

    /** A connection that shows the certificate, with a key of P-256. */
    @Benchmark
    public boolean handshake() {
        EmbeddedChannel one = channel(server);
        EmbeddedChannel other = channel(client);
        shakeHands(one, other);
        one.finishAndReleaseAll();
        other.finishAndReleaseAll();
        return true;
    }

    private EmbeddedChannel channel(SslContext context) {
        SslHandler handler =
                context == client
                        ? context.newHandler(PooledByteBufAllocator.DEFAULT, "localhost", 0)
                        : context.newHandler(PooledByteBufAllocator.DEFAULT);
        return new EmbeddedChannel(handler);
    }

    private static void shakeHands(EmbeddedChannel one, EmbeddedChannel other) {
        boolean moved = true;
        while (moved) {
            moved = pass(one, other) | pass(other, one);
        }
        boolean isDone =
                one.pipeline().get(SslHandler.class).handshakeFuture().isSuccess()
                        && other.pipeline().get(SslHandler.class).handshakeFuture().isSuccess();
        if (!isDone) {
            throw new IllegalStateException("the handshake has not ended");
        }
    }

    private static boolean pass(EmbeddedChannel from, EmbeddedChannel to) {
        from.runPendingTasks();
        boolean moved = false;
        for (ByteBuf sent = from.readOutbound(); sent != null; sent = from.readOutbound()) {
            to.writeInbound(sent);
            moved = true;
        }
        return moved;
    }
}
