package io.pramd.daemon.bench;

import io.pramd.client.PramClient;
import io.pramd.client.PramConfig;
import io.pramd.client.SaveOptions;
import io.pramd.daemon.fixture.DaemonProcess;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

/** One owner. Ends by SIGKILL; a client that runs all the time waits for the next one's socket. */
final class PramdRestart implements Restartable {
    private static final Duration START_LIMIT = Duration.ofMinutes(2);
    private static final long POLL_NANOS = 1_000_000; // leaves the cores to what starts

    private final Stage stage;
    private final Work work;
    private final Path socket;
    private final String uri;
    private final PramClient client;
    private CompletableFuture<DaemonProcess> daemon;

    PramdRestart(Stage stage, Work work) {
        this.stage = stage;
        this.work = work;
        socket = stage.folder().resolve("daemon.socket");
        uri = "pram+unix://" + socket;
        client = PramClient.lazy(uri, PramConfig.defaults());
    }

    @Override
    public String name() {
        return "pramd";
    }

    @Override
    public void fill() throws Exception {
        start();
        SaveOptions options = SaveOptions.defaults();
        DaemonProcess first = daemon.join();
        PramdContender.of(name(), work, options, first).saveAll("");
        readFirstByte(0); // compiled, or at least loaded, before it is measured
    }

    @Override
    public void end() throws IOException {
        daemon.join().kill();
        Files.delete(socket); // that the new one has made its own can then be seen
    }

    @Override
    public void start() {
        daemon =
                CompletableFuture.supplyAsync(
                        () -> stage.startDaemon("memory", work.memoryMebibytesOnce(), uri));
    }

    @Override
    public void readFirstByte(int node) {
        awaitListener();
        if (client.peek(Work.name(node), in -> in.read()) < 0) {
            throw new AssertionError("a node is empty: node=" + node);
        }
    }

    private void awaitListener() {
        long limit = System.nanoTime() + START_LIMIT.toNanos();
        while (!isListening()) {
            if (System.nanoTime() > limit || daemon.isCompletedExceptionally()) {
                throw new AssertionError("the daemon did not start: limit=" + START_LIMIT);
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    private boolean isListening() {
        try (SocketChannel probe = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            return probe.isConnected();
        } catch (IOException e) {
            return false; // not yet
        }
    }

    @Override
    public void saveFirst() {
        client.save("first", SaveOptions.defaults().withReplace(true), new byte[] {1});
    }

    @Override
    public long serverPid() {
        return daemon.join().pid();
    }

    @Override
    public void close() throws IOException {
        client.close();
        if (daemon != null) {
            daemon.join().close();
        }
        Files.deleteIfExists(stage.folder().resolve("memory")); // the next store needs the room
    }
}
