package io.pramd.daemon.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.server.ServerBytes.Answer;
import io.pramd.protocol.AbortLoad;
import io.pramd.protocol.Aborted;
import io.pramd.protocol.BackupOpened;
import io.pramd.protocol.Errno;
import io.pramd.protocol.FinishSave;
import io.pramd.protocol.FrameRun;
import io.pramd.protocol.FramesAre;
import io.pramd.protocol.NextFrames;
import io.pramd.protocol.Ping;
import io.pramd.protocol.Pong;
import io.pramd.protocol.PrepareBackup;
import io.pramd.protocol.Saved;
import io.pramd.protocol.WireLimits;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backups as bytes on a connection; time stands still unless a test lets it pass. */
class BackupSessionTest {
    private static final int PAGES = 400;
    private static final long IDLE_MILLIS = WireLimits.IDLE_MILLIS;

    @TempDir Path folder;
    private ServedStore served;
    private EmbeddedClient client;

    @BeforeEach
    void saveAndConnect() {
        served = ServedStore.in(folder);
        client = served.greeted();
        client.send(
                ClientBytes.of()
                        .message(1, ClientBytes.prepareSave("a"))
                        .pages(1, ClientBytes.pagesFrom(0, PAGES))
                        .message(1, new FinishSave((long) PAGES * WireLimits.PAGE_BYTES)));
        client.next();
        client.next(1, Saved.class);
    }

    @AfterEach
    void disconnect() {
        client.close();
        served.close();
    }

    private void prepare(long id) {
        client.send(ClientBytes.of().message(id, new PrepareBackup()));
    }

    private void ask(long id) {
        client.send(ClientBytes.of().message(id, new NextFrames()));
    }

    private boolean isUnderWay() {
        return served.store().view().isRootKept();
    }

    /** One part, which is added to the frames that have come; answers whether it is the last. */
    private boolean takePart(long id, Set<Long> frames) {
        FramesAre part = client.next(id, FramesAre.class);
        Answer pages = client.next();
        assertThat(pages.id()).isEqualTo(id);
        assertThat(pages.isLast() && pages.isEnd()).isTrue();
        assertThat(pages.pages()).hasSize((int) part.pages());
        for (FrameRun run : part.runs()) {
            for (long pfn = run.pfn(); pfn < run.pfn() + run.frames(); pfn++) {
                assertThat(frames.add(pfn)).isTrue();
            }
        }
        assertThat(part.framesSent()).isEqualTo(frames.size());
        assertThat(part.damage()).isEmpty();
        return part.last();
    }

    @Test
    void comesPartByPartAsItIsAskedFor() {
        prepare(5);
        BackupOpened opened = client.next(5, BackupOpened.class);
        assertThat(opened.nodes()).isOne();
        client.expectNothing();
        Set<Long> frames = new TreeSet<>();
        ask(5);
        assertThat(takePart(5, frames)).isFalse();
        client.expectNothing();
        assertThat(isUnderWay()).isTrue();
        ask(5);
        assertThat(takePart(5, frames)).isTrue();

        assertThat(isUnderWay()).isFalse();
        assertThat(frames).hasSizeGreaterThan(PAGES).contains(0L, 1L, 2L, 3L, 4L, 5L, 512L);
        assertThat(opened.framesMax()).isGreaterThanOrEqualTo(frames.size());
        ask(5);
        client.nextError(5, Errno.EBADF);
    }

    @Test
    void oneIsUnderWayAtATime() {
        prepare(5);
        client.next(5, BackupOpened.class);
        prepare(6);
        client.nextError(6, Errno.EBUSY);
        try (EmbeddedClient other = served.greeted()) {
            other.send(ClientBytes.of().message(1, new PrepareBackup()));
            other.nextError(1, Errno.EBUSY);
        }
        ask(6);
        client.nextError(6, Errno.EBADF);
    }

    @Test
    void abortAndTheEndOfTheConnectionEndIt() {
        prepare(5);
        client.next(5, BackupOpened.class);
        client.send(ClientBytes.of().message(5, new AbortLoad()));
        client.next(5, Aborted.class);
        assertThat(isUnderWay()).isFalse();
        try (EmbeddedClient other = served.greeted()) {
            other.send(ClientBytes.of().message(1, new PrepareBackup()));
            other.next(1, BackupOpened.class);
            assertThat(isUnderWay()).isTrue();
        }
        assertThat(isUnderWay()).isFalse();
    }

    @Test
    void clientThatAsksAndTakesNothingLosesIt() {
        prepare(5);
        client.next(5, BackupOpened.class);
        client.hasRoom(false);
        ask(5);
        client.passMillis(IDLE_MILLIS - 1);
        ask(5);
        assertThat(isUnderWay()).isTrue();

        client.passMillis(1);

        assertThat(isUnderWay()).isFalse();
        client.nextError(5, Errno.ETIMEDOUT);
    }

    /** What was asked for before still comes. */
    @Test
    void sixteenPartsMayBeAskedForAhead() {
        prepare(5);
        client.next(5, BackupOpened.class);
        client.hasRoom(false);
        for (int i = 0; i < 16; i++) {
            ask(5);
        }
        client.expectNothing();
        ask(5);
        client.nextError(5, Errno.EAGAIN);
        client.hasRoom(true);
        Set<Long> frames = new TreeSet<>();
        assertThat(takePart(5, frames)).isFalse();
        assertThat(takePart(5, frames)).isTrue();
        client.expectNothing();
    }

    @Test
    void eachPartThatIsTakenGivesTimeForTheNext() {
        prepare(5);
        client.next(5, BackupOpened.class);
        Set<Long> frames = new TreeSet<>();
        client.hasRoom(false);
        ask(5);
        ask(5);
        client.passMillis(IDLE_MILLIS - 1);
        client.hasRoom(true);
        assertThat(takePart(5, frames)).isFalse();
        assertThat(takePart(5, frames)).isTrue();
        assertThat(isUnderWay()).isFalse();
        client.passMillis(IDLE_MILLIS);
        client.expectNothing();
    }

    @Test
    void clientThatIsThereAndAsksForNothingLosesIt() {
        prepare(5);
        client.next(5, BackupOpened.class);
        client.passMillis(IDLE_MILLIS - 1);
        client.send(ClientBytes.of().message(6, new Ping()));
        client.next(6, Pong.class);
        assertThat(isUnderWay()).isTrue();

        client.passMillis(1);

        client.nextError(5, Errno.ETIMEDOUT);
        assertThat(isUnderWay()).isFalse();
        client.send(ClientBytes.of().message(7, new Ping()));
        client.next(7, Pong.class);
    }
}
