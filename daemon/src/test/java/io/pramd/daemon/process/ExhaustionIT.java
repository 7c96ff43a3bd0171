package io.pramd.daemon.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.pramd.client.PramClient;
import io.pramd.client.PramConfig;
import io.pramd.client.PramException;
import io.pramd.client.SaveOptions;
import io.pramd.client.SaveStream;
import io.pramd.daemon.fixture.Await;
import io.pramd.daemon.fixture.CommandProcess.Ended;
import io.pramd.daemon.fixture.Commands;
import io.pramd.daemon.fixture.DaemonProcess;
import io.pramd.protocol.AskInfo;
import io.pramd.protocol.Errno;
import io.pramd.protocol.Hello;
import io.pramd.protocol.InfoValue;
import io.pramd.protocol.MessageCodec;
import io.pramd.protocol.NodeRecord;
import io.pramd.protocol.Preface;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A daemon that runs out of descriptors, of heap, of direct memory. */
@Timeout(120)
class ExhaustionIT {
    private static final String QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC ";
    private static final byte[] BYTES = new byte[1_000_003];

    static {
        new Random(1).nextBytes(BYTES);
    }

    private static final PramConfig IMPATIENT =
            PramConfig.defaults()
                    .withRetryFor(Duration.ZERO)
                    .withConnect(Duration.ofSeconds(2))
                    .withNoProgress(Duration.ofSeconds(5));

    /** An open save that takes no frame, and as much of the daemon's heap as one can. */
    private static final SaveOptions HEAP_ONLY =
            SaveOptions.defaults().withDeclaredBytes(0).withMeta(Map.of("note", "x".repeat(3000)));

    @TempDir Path folder;

    private DaemonProcess start(String options) {
        return DaemonProcess.start(Map.of("PRAMD_OPTS", QUICK + options), folder.resolve("m"));
    }

    private static Socket connect(DaemonProcess daemon) throws IOException {
        URI uri = URI.create(daemon.uri());
        return new Socket(uri.getHost(), uri.getPort());
    }

    private static void closeAll(List<Socket> sockets) throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        sockets.clear();
    }

    private void run(String... command) {
        Ended ended = Commands.in(folder).run(List.of(command));
        assertThat(ended.exitCode()).as(ended.stderr()).isZero();
    }

    private static long open(DaemonProcess daemon) {
        return Path.of("/proc/" + daemon.pid() + "/fd").toFile().list().length;
    }

    private static void assertServesAsEver(DaemonProcess daemon) {
        Await.until(
                "a new client is served",
                () -> {
                    try (PramClient client = PramClient.connect(daemon.uri(), IMPATIENT)) {
                        client.save("after", SaveOptions.defaults().withReplace(true), BYTES);
                        return client.peek("after", in -> in.readAllBytes()).length == BYTES.length;
                    } catch (PramException e) {
                        return false;
                    }
                });
    }

    @Test
    void withoutDescriptorsOthersWaitAndThoseConnectedGoOn() throws Exception {
        List<Socket> flood = new ArrayList<>();
        try (DaemonProcess daemon = start("");
                PramClient client = PramClient.connect(daemon.uri(), IMPATIENT)) {
            SaveStream save = client.openSave("before", SaveOptions.defaults());
            save.write(BYTES, 0, 500_000);
            client.ping();
            long max = open(daemon) + 3;
            run("prlimit", "--pid", "" + daemon.pid(), "--nofile=" + max + ":" + max);

            for (int i = 0; i < 20; i++) {
                flood.add(connect(daemon));
            }
            Await.until("it says so", () -> daemon.log().contains("no connection can be accepted"));
            save.write(BYTES, 500_000, BYTES.length - 500_000);
            save.finish();
            client.ping();

            closeAll(flood);
            assertServesAsEver(daemon);
            byte[] loaded = client.load("before", in -> in.readAllBytes());
            assertThat(loaded).isEqualTo(BYTES);
            daemon.awaitLog("a connection is accepted again");
            assertThat(daemon.log().lines().filter(line -> line.contains("WARN"))).hasSize(1);
            assertThat(daemon.stop()).isZero();
        } finally {
            closeAll(flood);
        }
    }

    @Test
    void withFewDescriptorsItServesFewerAndRefusesTheOthersWithAWord() throws Exception {
        List<PramClient> clients = new ArrayList<>();
        try (DaemonProcess daemon = startWithDescriptors(160)) {
            PramClient first = PramClient.connect(daemon.uri(), IMPATIENT);
            clients.add(first);
            long max = ((InfoValue.Count) first.info().get("limits.connectionsMax")).value();
            assertThat(max).isBetween(5L, 60L);
            for (int i = 1; i < max; i++) {
                clients.add(PramClient.connect(daemon.uri(), IMPATIENT));
            }

            assertThatThrownBy(() -> PramClient.connect(daemon.uri(), IMPATIENT))
                    .isInstanceOf(PramException.class)
                    .hasMessageContaining("too many connections")
                    .extracting(e -> ((PramException) e).errno())
                    .isEqualTo(Errno.EAGAIN);

            first.ping();
            clients.forEach(PramClient::close);
            assertServesAsEver(daemon);
            assertThat(daemon.log())
                    .contains("fewer connections")
                    .doesNotContain("can be accepted");
        } finally {
            clients.forEach(PramClient::close);
        }
    }

    private DaemonProcess startWithDescriptors(int count) {
        return DaemonProcess.startThrough(
                List.of("sh", "-c", "ulimit -n " + count + "; exec \"$@\"", "sh"),
                folder.resolve("m"));
    }

    @Test
    void withoutHeapItEndsAtOnceAndARestartLosesNothing() throws Exception {
        Map<String, Long> acknowledged = new HashMap<>();
        List<PramClient> clients = new ArrayList<>();
        try (DaemonProcess daemon = start("-Xmx16m")) {
            try (PramClient client = PramClient.connect(daemon.uri(), IMPATIENT)) {
                for (int i = 0; i < 200; i++) {
                    acknowledged.put("first/" + i, client.save("first/" + i, new byte[5000]));
                }
                while (clients.size() < 1000) {
                    PramClient another = PramClient.connect(daemon.uri(), IMPATIENT);
                    clients.add(another);
                    String name = "n" + clients.size();
                    acknowledged.put(name, another.save(name, new byte[5000]));
                    for (int i = 0; i < 40; i++) {
                        another.openSave("open/" + clients.size() + "/" + i, HEAP_ONLY);
                    }
                }
            } catch (PramException e) {
                assertThat(daemon.awaitExit()).as(e.getMessage()).isEqualTo(3);
            }
            assertThat(daemon.log()).contains("OutOfMemoryError");
        } finally {
            clients.forEach(PramClient::close);
        }
        System.err.println("ExhaustionIT: heap: acknowledged=" + acknowledged.size());
        try (DaemonProcess daemon = start("");
                PramClient client = PramClient.connect(daemon.uri())) {
            Map<String, Long> found = new HashMap<>();
            client.list("").forEach(node -> found.put(node.name(), node.sequence()));
            assertThat(found).containsAllEntriesOf(acknowledged).doesNotContainKey("open/1/0");
            assertThat(client.list("open/")).extracting(NodeRecord::name).isEmpty();
            byte[] loaded = client.load("n1", in -> in.readAllBytes());
            assertThat(loaded).isEqualTo(new byte[5000]);
            assertThat(daemon.stop()).isZero();
        }
        Ended checked = Commands.in(folder).pramd("fsck", folder.resolve("m").toString());
        assertThat(checked.exitCode()).as(checked.stdout()).isZero();
    }

    @Test
    void withoutDirectMemoryItClosesConnectionsSaysSoAndGoesOn() throws Exception {
        byte[] questions = questions(4_000);
        List<Socket> flood = new ArrayList<>();
        try (DaemonProcess daemon = start("-XX:MaxDirectMemorySize=6m")) {
            assertServesAsEver(daemon);
            for (int i = 0; i < 12; i++) {
                Socket socket = connect(daemon);
                flood.add(socket);
                Thread.ofVirtual().start(() -> ask(socket, questions));
            }
            Await.until("it says so", () -> daemon.log().contains("there is no memory"));
            closeAll(flood);

            assertServesAsEver(daemon);
            assertThat(daemon.log()).doesNotContain("\tat ");
            assertThat(daemon.stop()).isZero();
        } finally {
            closeAll(flood);
        }
    }

    /** Of somebody who never reads an answer. */
    private static byte[] questions(int count) {
        ByteBuf all = Unpooled.buffer();
        append(all, Preface.buffer());
        Hello hello = Hello.of("flood");
        append(all, MessageCodec.encode(UnpooledByteBufAllocator.DEFAULT, 0, hello));
        for (int i = 1; i <= count; i++) {
            append(all, MessageCodec.encode(UnpooledByteBufAllocator.DEFAULT, i, new AskInfo()));
        }
        byte[] bytes = new byte[all.readableBytes()];
        all.readBytes(bytes);
        return bytes;
    }

    private static void append(ByteBuf all, ByteBuf part) {
        all.writeBytes(part);
        part.release();
    }

    private static void ask(Socket socket, byte[] questions) {
        try {
            socket.getOutputStream().write(questions);
        } catch (IOException e) {
            assertThat(socket.isClosed() || e.getMessage() != null).isTrue(); // cut, as it should
        }
    }
}
