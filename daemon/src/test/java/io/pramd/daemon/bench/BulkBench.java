package io.pramd.daemon.bench;

import io.pramd.client.LoadOptions;
import io.pramd.client.LoadStream;
import io.pramd.client.PramClient;
import io.pramd.client.SaveOptions;
import io.pramd.client.SaveStream;
import io.pramd.daemon.fixture.DaemonProcess;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Saves and loads one stream against a real daemon, interleaved in one run with a plain socket copy
 * between two processes. Prints medians of throughput and of CPU seconds per GiB of both sides.
 * {@code scripts/bench} starts it.
 */
public final class BulkBench {
    private static final int CHUNK = 1 << 20;
    private static final double GIB = 1 << 30;
    private static final int TICKS_PER_SECOND = 100;

    private final long bytes;
    private final int rounds;
    private final ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK);

    private BulkBench(long bytes, int rounds) {
        this.bytes = bytes;
        this.rounds = rounds;
        byte[] random = new byte[CHUNK];
        new Random(1).nextBytes(random);
        chunk.put(random).flip();
    }

    /** One measurement. */
    private record Sample(double seconds, double serverCpu, double clientCpu) {}

    /** Something that moves the bytes once. */
    private interface Job {
        void run() throws IOException;
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        if (args[0].equals("peer")) {
            servePeer();
            return;
        }
        long bytes = Long.parseLong(args[1]) << 20;
        new BulkBench(bytes, Integer.parseInt(args[2])).run(Path.of(args[0]));
    }

    private void run(Path memory) throws IOException, InterruptedException {
        Process peer = startPeer();
        int port = Integer.parseInt(peer.inputReader().readLine());
        try (DaemonProcess daemon =
                        DaemonProcess.start(memory, "--size", (bytes >> 20) * 5 / 2 + 64 + "M");
                PramClient client = PramClient.connect(daemon.uri())) {
            List<Sample> copyOut = new ArrayList<>();
            List<Sample> saves = new ArrayList<>();
            List<Sample> copyIn = new ArrayList<>();
            List<Sample> loads = new ArrayList<>();
            // the first two rounds warm both JVMs up and are not counted
            for (int round = 0; round < rounds + 2; round++) {
                Sample out = measure(peer.pid(), () -> copy(port, 'w'));
                Sample save = measure(daemon.pid(), () -> save(client));
                Sample in = measure(peer.pid(), () -> copy(port, 'r'));
                Sample load = measure(daemon.pid(), () -> load(client));
                if (round >= 2) {
                    copyOut.add(out);
                    saves.add(save);
                    copyIn.add(in);
                    loads.add(load);
                }
            }
            System.out.printf(
                    Locale.ROOT,
                    "%-12s %8s %8s %14s %14s%n",
                    "",
                    "GiB/s",
                    "x copy",
                    "server s/GiB",
                    "client s/GiB");
            print("copy out", copyOut, copyOut);
            print("save", saves, copyOut);
            print("copy in", copyIn, copyIn);
            print("load (peek)", loads, copyIn);
        } finally {
            peer.destroy();
        }
    }

    private Process startPeer() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        BulkBench.class.getName(),
                        "peer")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static void servePeer() throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(CHUNK);
        try (ServerSocketChannel server =
                ServerSocketChannel.open().bind(new InetSocketAddress("127.0.0.1", 0))) {
            System.out.println(((InetSocketAddress) server.getLocalAddress()).getPort());
            while (true) {
                try (SocketChannel socket = server.accept()) {
                    serveOne(socket, buffer);
                }
            }
        }
    }

    private static void serveOne(SocketChannel socket, ByteBuffer buffer) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(9);
        while (head.hasRemaining()) {
            socket.read(head);
        }
        long left = head.getLong(1);
        boolean isReading = head.get(0) == 'w';
        while (left > 0) {
            buffer.clear().limit((int) Math.min(left, buffer.capacity()));
            left -= isReading ? socket.read(buffer) : socket.write(buffer);
        }
        if (isReading) {
            socket.write(ByteBuffer.allocate(1));
        }
    }

    private void copy(int port, char direction) throws IOException {
        try (SocketChannel socket = SocketChannel.open(new InetSocketAddress("127.0.0.1", port))) {
            ByteBuffer head = ByteBuffer.allocate(9).put((byte) direction).putLong(bytes).flip();
            socket.write(head);
            ByteBuffer target = ByteBuffer.allocateDirect(CHUNK);
            for (long left = bytes; left > 0; ) {
                if (direction == 'w') {
                    left -= socket.write(chunk.duplicate().limit((int) Math.min(left, CHUNK)));
                } else {
                    left -= socket.read(target.clear());
                }
            }
            if (direction == 'w') {
                socket.read(target.clear());
            }
        }
    }

    private void save(PramClient client) {
        SaveOptions options = SaveOptions.defaults().withReplace(true).withDeclaredBytes(bytes);
        try (SaveStream out = client.openSave("bench", options)) {
            for (long left = bytes; left > 0; left -= CHUNK) {
                out.write(chunk.duplicate());
            }
            out.finish();
        }
    }

    private void load(PramClient client) {
        ByteBuffer target = ByteBuffer.allocateDirect(CHUNK);
        try (LoadStream in = client.openPeek("bench", LoadOptions.defaults())) {
            int read = 0;
            while (read >= 0) {
                read = in.read(target.clear());
            }
        }
    }

    private Sample measure(long serverPid, Job job) throws IOException {
        double server = cpu(serverPid);
        double client = cpu(ProcessHandle.current().pid());
        long begin = System.nanoTime();
        job.run();
        double seconds = (System.nanoTime() - begin) / 1e9;
        return new Sample(
                seconds, cpu(serverPid) - server, cpu(ProcessHandle.current().pid()) - client);
    }

    /** User and system seconds of a process, from /proc/PID/stat. */
    private static double cpu(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12]))
                / (double) TICKS_PER_SECOND;
    }

    private void print(String what, List<Sample> samples, List<Sample> copies) {
        double gib = bytes / GIB;
        double rate = gib / median(samples.stream().mapToDouble(Sample::seconds).toArray());
        double copyRate = gib / median(copies.stream().mapToDouble(Sample::seconds).toArray());
        System.out.printf(
                Locale.ROOT,
                "%-12s %8.2f %8.2f %14.3f %14.3f%n",
                what,
                rate,
                rate / copyRate,
                median(samples.stream().mapToDouble(Sample::serverCpu).toArray()) / gib,
                median(samples.stream().mapToDouble(Sample::clientCpu).toArray()) / gib);
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        return values[values.length / 2];
    }
}
