package io.pramd.daemon.supervise;

import static io.pramd.daemon.fixture.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import io.pramd.daemon.fixture.Await;
import io.pramd.daemon.life.EndStep;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.server.ListenAddress;
import io.pramd.daemon.server.ListenSocket;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the two sides of a hand-over say to each other. */
@Timeout(60)
class HandoverTest {
    @TempDir Path folder;

    private Path memory;
    private Door door;
    private UnixStream successor;
    private UnixStream predecessor;

    @BeforeEach
    void connect() throws Exception {
        memory = Files.createFile(folder.resolve("a memory file\nof two lines"));
        door = Door.open(folder.resolve("h"));
        successor = UnixStream.connect(folder.resolve("h")).orElseThrow();
        predecessor = door.accept();
    }

    @AfterEach
    void close() {
        successor.close();
        predecessor.close();
        door.close();
    }

    @Test
    void nobodyIsThereWithoutADoor() throws Exception {
        assertThat(UnixStream.connect(folder.resolve("none"))).isEmpty();
    }

    @Test
    void theSameMemoryFileIsMeantByAnyOfItsNames() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("link"), memory);
        Handover.ask(successor, link);

        Handover.requireAskedFor(predecessor.receive(), memory);
    }

    @Test
    void anotherMemoryFileAndOtherWordsAreRefused() throws Exception {
        Handover.ask(successor, Files.createFile(folder.resolve("other")));
        String request = predecessor.receive();

        refused(Errno.EINVAL, () -> requireAskedFor(request));
        refused(Errno.EINVAL, () -> requireAskedFor("pramd-handover 2 " + memory));
    }

    private void requireAskedFor(String request) {
        spoken(() -> Handover.requireAskedFor(request, memory));
    }

    /** Something said or heard. */
    private interface Spoken {
        void run() throws IOException;
    }

    private static void spoken(Spoken words) {
        try {
            words.run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void anotherUserIsRefused() throws Exception {
        UnixStream.Peer self = successor.peer();
        Handover.requireSameUser(self);
        assertThat(self.pid()).isEqualTo((int) ProcessHandle.current().pid());

        UnixStream.Peer other = new UnixStream.Peer(self.pid(), self.uid() + 1);
        refused(Errno.EACCES, () -> spoken(() -> Handover.requireSameUser(other)));
    }

    @Test
    void anOfferArrivesAsItWasMade() throws Exception {
        Socket listening = Socket.newSocketDomain();
        Path path = folder.resolve("s");
        listening.bind(new DomainSocketAddress(path.toString()));
        listening.listen(1);
        ListenAddress address = ListenAddress.parse("pram+unix://" + path);
        List<ListenSocket> made =
                List.of(
                        new ListenSocket(address, listening.intValue(), true),
                        new ListenSocket(address, listening.intValue(), false));
        Offer.send(predecessor, made, door.fd(), 7728);

        Offer offer = Offer.receive(successor);

        assertThat(offer.adminPort()).isEqualTo(7728);
        assertThat(offer.sockets()).extracting(ListenSocket::isLent).containsExactly(true, false);
        assertThat(offer.sockets())
                .allSatisfy(
                        socket -> {
                            assertThat(socket.address()).isEqualTo(address);
                            assertThat(socket.fd()).isNotEqualTo(listening.intValue());
                            assertThat(new Socket(socket.fd()).localDomainSocketAddress().path())
                                    .isEqualTo(path.toString());
                        });
        offer.close();
        listening.close();
    }

    @Test
    void aRefusalArrivesWithItsReason() throws Exception {
        Handover.refuse(predecessor, StoreException.of(Errno.EAGAIN, "stopping\nalready"));

        assertThat(refused(Errno.EAGAIN, () -> spoken(() -> Offer.receive(successor))))
                .hasMessageContaining("stopping already");
    }

    @Test
    void whatIsNoOfferIsNotUnderstood() throws Exception {
        for (String said : new String[] {"HTTP/1.1 400", "sockets 9999 admin 0", "sockets x"}) {
            predecessor.send(said);

            refused(Errno.EINVAL, () -> spoken(() -> Offer.receive(successor)));
        }
    }

    @Test
    void thePidIsTheOneThatIsSaidAndElseUnknown() throws Exception {
        assertThat(pidOfAPredecessorThatSays("pid 4711", "of a later version")).isEqualTo("4711");
        assertThat(pidOfAPredecessorThatSays()).as("of an older one").isEqualTo("unknown");
    }

    private String pidOfAPredecessorThatSays(String... lines) throws Exception {
        CompletableFuture<Void> said =
                CompletableFuture.runAsync(
                        () ->
                                spoken(
                                        () -> {
                                            try (UnixStream next = door.accept()) {
                                                next.receive();
                                                Offer.send(next, List.of(), door.fd(), 0);
                                                next.receive();
                                                for (String line : lines) {
                                                    next.send(line);
                                                }
                                                next.send(EndStep.RELEASED.word());
                                            }
                                        }));
        Predecessor found =
                Predecessor.ask(folder.resolve("h"), memory, Duration.ZERO).orElseThrow();
        found.take();
        found.offer().close();
        said.get();
        return found.pid();
    }

    @Test
    void theEndOfTheOtherProcessIsTold() {
        predecessor.close();

        assertThat(catchThrowable(successor::receive)).isInstanceOf(UnixStream.Ended.class);
    }

    @Test
    void whoGivesUpLeavesADoorAtWhichItIsWaitedWithoutSpinning() throws Exception {
        Offer.send(predecessor, List.of(), door.fd(), 0);
        Offer.receive(successor).close();
        assertThat(doorWaits()).isFalse(); // both have the one socket

        CompletableFuture<UnixStream> next = CompletableFuture.supplyAsync(this::accepted);

        Await.until("it waits", this::doorWaits);
        assertThat(next).isNotDone();
        UnixStream.connect(folder.resolve("h")).orElseThrow().close();
        next.get().close();
    }

    private UnixStream accepted() {
        try {
            return door.accept();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As the kernel sees it: without O_NONBLOCK. */
    private boolean doorWaits() {
        try {
            String info = Files.readString(Path.of("/proc/self/fdinfo/" + door.fd()));
            String flags = info.replaceAll("(?s).*flags:\\s*([0-7]+).*", "$1");
            return (Integer.parseInt(flags, 8) & 04000) == 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void whoEndsWithoutReadingIsGone() throws Exception {
        predecessor.close();
        assertThat(catchThrowable(() -> successor.send("taken")))
                .isInstanceOf(UnixStream.Ended.class);
    }

    @Test
    void nobodyServesWhereTheDaemonEndsBeforeItHasReadTheRequest() throws Exception {
        Path path = folder.resolve("ends");
        try (ServerSocketChannel ends = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            ends.bind(UnixDomainSocketAddress.of(path));
            CompletableFuture<Void> ended = CompletableFuture.runAsync(() -> endUnread(ends));

            assertThat(Predecessor.ask(path, memory, Duration.ZERO)).isEmpty();
            ended.get();
        }
    }

    /** With the rest of the request unread, which the kernel answers with a reset. */
    private static void endUnread(ServerSocketChannel door) {
        try (SocketChannel asking = door.accept()) {
            asking.read(ByteBuffer.allocate(1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
