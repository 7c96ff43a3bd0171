package io.pramd.daemon.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.Await;
import io.pramd.daemon.fixture.LogLines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchedFilesTest {
    @TempDir Path folder;

    private final WatchedFiles watched = WatchedFiles.byHand();
    private final AtomicInteger calls = new AtomicInteger();
    private Path file;

    @BeforeEach
    void makeFile() throws IOException {
        file = Files.writeString(folder.resolve("file"), "one");
    }

    @AfterEach
    void close() {
        watched.close();
    }

    private void watch() {
        watched.watch(List.of(file), calls::incrementAndGet);
        watched.look();
        assertThat(calls).as("nothing has changed").hasValue(0);
    }

    private void expectOneCall() {
        watched.look();
        assertThat(calls).hasValue(1);
        watched.look();
        assertThat(calls).as("nothing has changed since").hasValue(1);
    }

    @Test
    void noticesANewLength() throws IOException {
        watch();
        Files.writeString(file, "three");
        expectOneCall();
    }

    @Test
    void noticesANewTime() throws IOException {
        watch();
        Files.setLastModifiedTime(file, FileTime.fromMillis(1));
        expectOneCall();
    }

    @Test
    void noticesAnotherFileOfTheSameTimeAndLength() throws IOException {
        Path other = Files.writeString(folder.resolve("other"), "two");
        Files.setLastModifiedTime(other, Files.getLastModifiedTime(file));
        watch();
        Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);
        expectOneCall();
    }

    @Test
    void noticesNewRights() throws IOException {
        watch();
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx--x--x"));
        expectOneCall();
    }

    @Test
    void noticesThatAFileGoesAndComes() throws IOException {
        watch();
        Files.delete(file);
        expectOneCall();
        Files.writeString(file, "one");
        watched.look();
        assertThat(calls).hasValue(2);
    }

    @Test
    void noticesALinkOnThePathThatLeadsElsewhere() throws IOException {
        Path first = Files.createDirectory(folder.resolve("first"));
        Path second = Files.createDirectory(folder.resolve("second"));
        Files.writeString(first.resolve("file"), "one");
        Files.writeString(second.resolve("file"), "two");
        Path link = Files.createSymbolicLink(folder.resolve("link"), first);
        file = link.resolve("file");
        watch();

        Path next = Files.createSymbolicLink(folder.resolve("next"), second);
        Files.move(next, link, StandardCopyOption.ATOMIC_MOVE);

        expectOneCall();
    }

    @Test
    void callsOnceForSeveralFilesOfOneWatch() throws IOException {
        Path other = folder.resolve("other");
        watched.watch(List.of(file, other), calls::incrementAndGet);
        Files.writeString(file, "three");
        Files.writeString(other, "new");

        expectOneCall();
    }

    @Test
    void goesOnBehindACallbackThatFails() throws IOException {
        try (LogLines log = new LogLines(WatchedFiles.class.getName())) {
            watched.watch(
                    List.of(file),
                    () -> {
                        throw new IllegalStateException("by intent");
                    });
            watched.watch(List.of(file), calls::incrementAndGet);
            Files.writeString(file, "three");

            expectOneCall();
            assertThat(log.lines()).hasSize(1).first().asString().startsWith("ERROR");
        }
    }

    @Test
    void looksByItselfOnAThreadThatKeepsNoProcessAlive() throws IOException {
        AtomicReference<Thread> thread = new AtomicReference<>();
        try (WatchedFiles started = WatchedFiles.start("watch-test")) {
            started.watch(List.of(file), () -> thread.set(Thread.currentThread()));
            Files.writeString(file, "three");
            Await.until("the change is noticed", () -> thread.get() != null);
        }
        assertThat(thread.get().getName()).isEqualTo("watch-test");
        assertThat(thread.get().isDaemon()).isTrue();
    }
}
