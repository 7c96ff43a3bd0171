package io.pramd.daemon.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** One owner. A program of others that runs as a server, and ends at the latest with this JVM. */
final class PeerProcess implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(30);
    private static final long STOP_SECONDS = 20;
    private static final long POLL_NANOS = 1_000_000; // leaves the cores to what starts

    private final Process process;
    private final Path log;
    private final Thread atExit;

    private PeerProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
        atExit = new Thread(process::destroyForcibly, "peer-end");
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /** In a folder of its own, where its log goes, too. */
    static PeerProcess start(Path folder, List<String> command) throws IOException {
        Path log = folder.resolve("log");
        Process process =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                        .start();
        return new PeerProcess(process, log);
    }

    /** A port of 127.0.0.1 on which nothing listened just now. */
    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Returns once it listens there. */
    PeerProcess awaitListening(SocketAddress address) throws IOException {
        long limit = System.nanoTime() + START_LIMIT.toNanos();
        while (!isListening(address)) {
            if (!process.isAlive() || System.nanoTime() > limit) {
                String printed = Files.readString(log);
                close();
                throw new IOException("a server did not start: log=" + printed.strip());
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        return this;
    }

    private static boolean isListening(SocketAddress address) {
        try (SocketChannel probe = SocketChannel.open(address)) {
            return probe.isConnected();
        } catch (IOException e) {
            return false; // not yet
        }
    }

    long pid() {
        return process.pid();
    }

    /** SIGKILL, and waits until the kernel has taken everything back. */
    void kill() {
        process.destroyForcibly();
        process.onExit().join();
        forget();
    }

    /** The signal of that name, and waits until it has ended. */
    void end(String signal) throws IOException {
        new ProcessBuilder("kill", "-" + signal, String.valueOf(pid())).inheritIO().start();
        process.onExit().join();
        forget();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        process.onExit().join();
        forget();
    }

    private void forget() {
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            return; // this JVM ends, and the hook runs
        }
    }

    /** A folder of its own for one server. */
    static Path folder(Path parent, String name) {
        try {
            return Files.createDirectories(parent.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
