package io.pramd.daemon.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pramd.client.PramClient;
import io.pramd.client.PramConfig;
import io.pramd.client.PramException;
import io.pramd.client.RejectedException;
import io.pramd.client.SaveStream;
import io.pramd.daemon.fixture.Await;
import io.pramd.daemon.fixture.OnDevice;
import io.pramd.daemon.layout.Durability;
import io.pramd.daemon.memory.FileLock;
import io.pramd.daemon.memory.MemoryObserver;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.recovery.Fsck;
import io.pramd.daemon.recovery.FsckReport;
import io.pramd.protocol.Errno;
import io.pramd.protocol.InfoValue;
import io.pramd.protocol.NodeRecord;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class EmbeddedPramdTest {
    private static final int MIB = 1 << 20;
    private static final byte[] BYTES = new byte[3 * MIB + 1];
    private static final PramConfig IMPATIENT = PramConfig.defaults().withRetryFor(Duration.ZERO);

    static {
        new Random(1).nextBytes(BYTES);
    }

    /**
     * Beside the build, so that there is a device: the folder for temporary files may have none.
     */
    @TempDir(factory = OnDevice.class)
    Path folder;

    @Test
    void servesTwoSideBySideOnFreePorts() {
        try (EmbeddedPramd one = EmbeddedPramd.start();
                EmbeddedPramd other = EmbeddedPramd.start();
                PramClient client = PramClient.connect(one.uri());
                PramClient otherClient = PramClient.connect(other.uri())) {
            client.save("a", BYTES);
            otherClient.save("b", BYTES);

            assertThat(one.memory()).hasSize(64 * MIB).isNotEqualTo(other.memory());
            assertThat(names(client)).containsExactly("a");
            assertThat(names(otherClient)).containsExactly("b");
            assertThat(load(client, "a")).isEqualTo(BYTES);
            assertThat(load(otherClient, "b")).isEqualTo(BYTES);
        }
    }

    @Test
    void comesBackAtTheSameAddressesWithTheSameNodes() {
        try (EmbeddedPramd daemon =
                        EmbeddedPramd.builder().listen("pram://127.0.0.1:0").unixSocket().start();
                PramClient client = PramClient.connect(daemon.uri())) {
            List<String> uris = daemon.uris();
            client.save("a", BYTES);

            daemon.restart();
            client.save("b", BYTES);
            daemon.stop();
            assertThat(daemon.isRunning()).isFalse();
            daemon.stop();
            daemon.restart();

            assertThat(daemon.uris()).isEqualTo(uris);
            assertThat(names(client)).containsExactly("a", "b");
            try (PramClient overSocket = PramClient.connect(uris.get(1))) {
                assertThat(load(overSocket, "a")).isEqualTo(BYTES);
            }
        }
    }

    @Test
    void leavesNoThreadNoMappingNoLockAndACleanFile() throws Exception {
        Path memory = folder.resolve("memory");
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        EmbeddedPramd daemon = EmbeddedPramd.builder().memory(memory).sizeBytes(16 * MIB).start();
        try (PramClient client = PramClient.connect(daemon.uri())) {
            client.save("a", BYTES);
            client.save("b", BYTES);
            load(client, "a");
            assertThat(client.check().clean()).isTrue(); // which has a thread of its own
            assertThat(isMapped(memory)).isTrue();
            assertThat(FileLock.isHeld(memory)).isTrue();

            daemon.close();
            daemon.close();
        }

        assertThat(isMapped(memory)).isFalse();
        assertThat(FileLock.isHeld(memory)).isFalse();
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(memory);
        }
        assertCleanWithAForcedRootOf(memory, 1);
        awaitNoThreadSince(before);
        assertThatIllegalStateException().isThrownBy(daemon::restart);
    }

    @Test
    void removesItsTemporaryFiles() {
        EmbeddedPramd daemon = EmbeddedPramd.builder().unixSocket().start();
        Path temporary = daemon.memory().getParent();
        assertThat(temporary.resolve("socket")).exists();

        daemon.close();

        assertThat(temporary).doesNotExist();
    }

    @Test
    void refusesAFileThatIsServedAlready() {
        Path memory = folder.resolve("memory");
        try (EmbeddedPramd daemon = EmbeddedPramd.start(memory);
                PramClient client = PramClient.connect(daemon.uri())) {
            StoreException refused =
                    catchThrowableOfType(StoreException.class, () -> EmbeddedPramd.start(memory));

            assertThat(refused.errno()).isEqualTo(Errno.EBUSY);
            assertThat(refused)
                    .hasMessageContainingAll(
                            memory.toString(), "pid=" + ProcessHandle.current().pid());
            client.save("a", BYTES);
            daemon.restart();
            assertThat(names(client)).containsExactly("a");
        }
    }

    @Test
    void leavesNothingBehindAStartThatFails() throws Exception {
        Path memory = folder.resolve("memory");
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            String uri = "pram://127.0.0.1:" + taken.getLocalPort();

            assertThatThrownBy(() -> EmbeddedPramd.builder().memory(memory).listen(uri).start())
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EBUSY))
                    .hasMessageContaining(uri);
            assertThatThrownBy(() -> EmbeddedPramd.builder().listen("pram://0.0.0.0:1").start())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("beyond loopback");
        }

        assertThat(FileLock.isHeld(memory)).isFalse();
        assertThat(isMapped(memory)).isFalse();
        awaitNoThreadSince(before);
        EmbeddedPramd.start(memory).close();
    }

    @Test
    void cutsStreamsAtTheEndOfTheDrain() {
        Path memory = folder.resolve("memory");
        EmbeddedPramd daemon =
                EmbeddedPramd.builder().memory(memory).drain(Duration.ofMillis(200)).start();
        try (PramClient client = PramClient.connect(daemon.uri(), IMPATIENT)) {
            client.save("a", BYTES);
            try (SaveStream open = client.openSave("b")) {
                open.write(BYTES, 0, BYTES.length);

                daemon.close();

                assertThatThrownBy(
                                () -> {
                                    open.write(BYTES, 0, BYTES.length);
                                    open.finish();
                                })
                        .isInstanceOf(PramException.class);
            }
        }
        assertCleanWithAForcedRootOf(memory, 1);
    }

    @Test
    void stopsCleanlyAlsoWhenInterrupted() {
        Path memory = folder.resolve("memory");
        EmbeddedPramd daemon = EmbeddedPramd.start(memory);
        try (PramClient client = PramClient.connect(daemon.uri())) {
            client.save("a", BYTES);
        }
        Thread.currentThread().interrupt();

        daemon.close();

        assertThat(Thread.interrupted()).isTrue();
        assertThat(FileLock.isHeld(memory)).isFalse();
        assertCleanWithAForcedRootOf(memory, 1);
    }

    /** A device that fails from some moment on. */
    private static final class FailingDevice implements MemoryObserver {
        private final AtomicBoolean fails = new AtomicBoolean();

        @Override
        public void forcing(long fileOffset, long bytes) {
            if (fails.get()) {
                throw StoreException.of(Errno.EIO, "the test's device fails");
            }
        }
    }

    @Test
    void tellsEverybodyWhenItsStoreFailsAndLeavesTheJvmAlone() {
        Path memory = folder.resolve("memory");
        FailingDevice device = new FailingDevice();
        EmbeddedPramd daemon =
                EmbeddedPramd.builder()
                        .memory(memory)
                        .sizeBytes(16 * MIB)
                        .durability(Durability.PROCESS)
                        .observer(device)
                        .start();
        try (PramClient client = PramClient.connect(daemon.uri(), IMPATIENT)) {
            client.save("forced", new byte[8 * MIB]);
            daemon.restart();
            awaitRecovery(client);
            client.save("afterwards", new byte[MIB]);
            client.remove("forced"); // its frames are held: only a newer forced root frees them
            device.fails.set(true);

            assertThatThrownBy(() -> client.save("filling", new byte[10 * MIB]))
                    .isInstanceOf(PramException.class);
            assertThatThrownBy(() -> client.remove("forced"))
                    .isInstanceOf(RejectedException.class)
                    .hasMessageContaining("read-only");
            assertThat(names(client)).containsExactly("afterwards");

            assertThat(daemon.isRunning()).isTrue();
            assertThatThrownBy(daemon::stop)
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EIO))
                    .hasMessageContaining("the test's device fails");
            assertThat(folder.resolve("memory.force-failed")).exists();
            assertThat(FileLock.isHeld(memory)).isFalse();
            assertThat(isMapped(memory)).isFalse();

            device.fails.set(false);
            daemon.restart();
            assertThat(names(client)).containsExactly("forced");
            assertThat(folder.resolve("memory.force-failed")).doesNotExist();
            daemon.close();
        }
        assertCleanWithAForcedRootOf(memory, 1);
    }

    @Test
    void saysWhenAStopCouldNotForceARoot() {
        Path memory = folder.resolve("memory");
        FailingDevice device = new FailingDevice();
        EmbeddedPramd daemon = EmbeddedPramd.builder().memory(memory).observer(device).start();
        try (PramClient client = PramClient.connect(daemon.uri())) {
            client.save("a", BYTES);
        }
        device.fails.set(true);

        assertThatThrownBy(daemon::close)
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EIO))
                .hasMessageContaining("the test's device fails");
        daemon.close();

        assertThat(folder.resolve("memory.force-failed")).exists();
        assertThat(FileLock.isHeld(memory)).isFalse();
    }

    private static void awaitRecovery(PramClient client) {
        Await.until(
                "recovery is complete",
                () -> client.info().get("recovery.complete").equals(InfoValue.of(true)));
    }

    private static List<String> names(PramClient client) {
        return client.list().stream().map(NodeRecord::name).toList();
    }

    private static byte[] load(PramClient client, String name) {
        return client.load(name, in -> in.readAllBytes());
    }

    private static boolean isMapped(Path file) {
        try (var mappings = Files.lines(Path.of("/proc/self/maps"))) {
            return mappings.anyMatch(line -> line.endsWith(" " + file));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void awaitNoThreadSince(Set<Thread> before) {
        Await.until(
                "all threads have ended",
                () -> before.containsAll(Thread.getAllStackTraces().keySet()));
    }

    private static void assertCleanWithAForcedRootOf(Path memory, long nodes) {
        FsckReport report = Fsck.check(memory);
        assertThat(report.isClean()).as(report.toString()).isTrue();
        FsckReport.ChosenRoot root = report.root().orElseThrow();
        assertThat(root.forced()).isTrue();
        assertThat(root.nodeCount()).isEqualTo(nodes);
    }
}
