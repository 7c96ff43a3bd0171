package io.pramd.daemon.supervise;

import static io.pramd.daemon.fixture.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import io.pramd.daemon.fixture.ServePlans;
import io.pramd.daemon.life.ServePlan;
import io.pramd.daemon.life.Serving;
import io.pramd.daemon.memory.FileLock;
import io.pramd.daemon.server.AuditLog;
import io.pramd.daemon.server.ListenAddress;
import io.pramd.daemon.server.ListenSocket;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A successor whose predecessor closes their connection without a word, and holds the lock. */
@Timeout(60)
class ArrivalTest {
    static {
        Epoll.ensureAvailability();
    }

    @TempDir Path folder;

    private final Socket listening = Socket.newSocketDomain();
    private final AtomicBoolean isAuditing = new AtomicBoolean();
    private Path memory;
    private Path handover;
    private Path unlisted;
    private Door door;
    private FileLock lock;
    private CompletableFuture<Void> offered;

    @BeforeEach
    void beginPredecessor() throws Exception {
        memory = folder.resolve("m");
        handover = folder.resolve("h");
        unlisted = folder.resolve("unlisted");
        Serving.start(plan()).stop(Duration.ZERO);
        isAuditing.set(false);
        lock = FileLock.acquire(memory);
        listening.bind(new DomainSocketAddress(unlisted.toString()));
        listening.listen(1);
        door = Door.open(handover);
        offered = CompletableFuture.runAsync(this::offer);
    }

    @AfterEach
    void endPredecessor() throws Exception {
        offered.get();
        lock.close();
        door.close();
        listening.close();
    }

    private void offer() {
        try (UnixStream successor = door.accept()) {
            successor.receive();
            ListenAddress address = ListenAddress.parse("pram+unix://" + unlisted);
            ListenSocket own = new ListenSocket(address, listening.intValue(), false);
            Offer.send(successor, List.of(own), door.fd(), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ServePlan plan() {
        return ServePlans.of(memory).withAudit(AuditLog.to(new NotedBegin()));
    }

    /** Thread-safe. */
    private final class NotedBegin implements AuditLog.Sink {
        @Override
        public void begin() {
            isAuditing.set(true);
        }

        @Override
        public void write(AuditLog.Doer doer, AuditLog.Deed deed) {}

        @Override
        public Map<String, Object> info() {
            return Map.of();
        }
    }

    private Serving start(Duration patience) {
        ServePlan plan = plan();
        Arrival arrival = new Arrival(Map.of(), Optional.of(handover), point -> {}, patience);
        return arrival.start(plan, plan.listen(), plan.listen().getFirst());
    }

    @Test
    void leavesTheFilesOfOneThatGoesOnAfterAll() {
        refused(Errno.EBUSY, () -> start(Duration.ofMillis(100)));

        assertThat(isAuditing).as("the other daemon writes it").isFalse();
        assertThat(unlisted).exists();
        assertThat(handover).exists();
    }

    @Test
    void waitsForTheLockOfOneThatDies() throws Exception {
        long longerThanAnyStartTries = 300;
        CompletableFuture<Void> dead =
                offered.thenRunAsync(
                        () -> {
                            sleep(longerThanAnyStartTries);
                            lock.close();
                        });

        Serving serving = start(Duration.ofSeconds(60));

        assertThat(isAuditing).isTrue();
        assertThat(unlisted).as("nobody wants it any more").doesNotExist();
        assertThat(handover).exists();
        serving.stop(Duration.ZERO);
        dead.get();
        lock = FileLock.acquire(memory); // closed again behind the test
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
