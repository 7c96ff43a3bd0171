package io.pramd.daemon.node;

import static io.pramd.daemon.fixture.Refusals.refused;
import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static io.pramd.daemon.fixture.StreamDriver.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StreamDriver;
import io.pramd.daemon.layout.NodeType;
import io.pramd.protocol.Errno;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NamesTest {
    @TempDir Path folder;

    @Test
    void keepsNamesOfUpTo255BytesOverARestart() {
        List<String> names =
                List.of("n".repeat(255), "ä".repeat(127) + "x", "€".repeat(85), "a/b/c", " ", "😀");
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            for (String name : names) {
                assertThat(name.getBytes(StandardCharsets.UTF_8)).hasSizeLessThan(256);
                fixture.streams().save(name, bytes(name.length(), 100));
            }
            try (StoreFixture restarted = fixture.restart()) {
                for (String name : names) {
                    assertThat(restarted.streams().peek(name)).isEqualTo(bytes(name.length(), 100));
                }
                restarted.requireEveryFrameAccountedFor();
            }
        }
    }

    @Test
    void refusesToSaveANameThatIsReadyAndKeepsTheOldNode() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            StreamDriver streams = fixture.streams();
            streams.save("a", bytes(1, 5000));
            refused(Errno.EEXIST, () -> streams.save("a", bytes(2, 5000)));
            assertThat(streams.consume("a")).isEqualTo(bytes(1, 5000));
        }
    }

    @Test
    void refusesToSaveANameThatIsBeingSavedOrLoaded() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            StreamDriver streams = fixture.streams();
            SaveStream saving = streams.open(request("a", NodeType.BYTE));
            refused(Errno.EEXIST, () -> streams.open(request("a", NodeType.BYTE)));
            refused(Errno.EEXIST, () -> streams.open(StreamDriver.replacing("a", NodeType.BYTE)));
            saving.discard();
            streams.save("a", bytes(1, 10));
            LoadStream loading = streams.openLoad("a", false);
            refused(Errno.EEXIST, () -> streams.open(request("a", NodeType.BYTE)));
            refused(Errno.EEXIST, () -> streams.open(StreamDriver.replacing("a", NodeType.BYTE)));
            assertThat(streams.readAll(loading)).isEqualTo(bytes(1, 10));
            loading.abort();
        }
    }

    @Test
    void answersEnoentForAnUnknownName() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            StreamDriver streams = fixture.streams();
            refused(Errno.ENOENT, () -> streams.openLoad("a", false));
            refused(Errno.ENOENT, () -> streams.openLoad("a", true));
            refused(Errno.ENOENT, fixture.store().stat("a"));
            refused(Errno.ENOENT, fixture.store().remove("a", 0));
            refused(Errno.ENOENT, fixture.store().statQuarantined(20));
            refused(Errno.ENOENT, fixture.store().removeQuarantined(20));
        }
    }

    @Test
    void answersEbusyForANodeBeingSavedWhateverItsType() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            StreamDriver streams = fixture.streams();
            SaveStream saving = streams.open(request("a", NodeType.BYTE));
            for (boolean peek : List.of(true, false)) {
                refused(Errno.EBUSY, fixture.store().openLoad(load("a", NodeType.BYTE, peek)));
                refused(Errno.EBUSY, fixture.store().openLoad(load("a", NodeType.PAGE, peek)));
            }
            refused(Errno.EBUSY, fixture.store().remove("a", 0));
            saving.discard();
        }
    }

    @Test
    void answersEpermForAnotherTypeAndThenLoadsWithTheRightOne() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            StreamDriver streams = fixture.streams();
            streams.save("a", bytes(1, 10));
            for (boolean peek : List.of(true, false)) {
                refused(Errno.EPERM, fixture.store().openLoad(load("a", NodeType.PAGE, peek)));
            }
            LoadStream stream =
                    StreamDriver.get(fixture.store().openLoad(load("a", NodeType.BYTE, false)));
            assertThat(streams.readAll(stream)).isEqualTo(bytes(1, 10));
            stream.abort();
        }
    }

    private static LoadRequest load(String name, NodeType type, boolean peek) {
        return new LoadRequest(name, 0, Optional.of(type), peek, Map.of(), 0);
    }

    @Test
    void opensOnlyWhenTheMetadataIsAsExpected() {
        Map<String, String> meta = new LinkedHashMap<>();
        meta.put("version", "7");
        meta.put("kind", "cache");
        meta.put("empty", "");
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            StreamDriver streams = fixture.streams();
            streams.save(StreamDriver.withMeta("a", meta), bytes(1, 10));
            try (StoreFixture restarted = fixture.restart()) {
                for (Map<String, String> other :
                        List.of(
                                Map.of("version", "8"),
                                Map.of("absent", ""),
                                Map.of("version", "7", "kind", "other"))) {
                    refused(Errno.EPERM, restarted.store().openLoad(expecting(other, true)));
                    refused(Errno.EPERM, restarted.store().openLoad(expecting(other, false)));
                }
                LoadStream stream =
                        StreamDriver.get(restarted.store().openLoad(expecting(meta, false)));
                assertThat(stream.info().meta()).isEqualTo(meta);
                assertThat(stream.info().meta().keySet()).containsExactlyElementsOf(meta.keySet());
                stream.abort();
            }
        }
    }

    private static LoadRequest expecting(Map<String, String> meta, boolean peek) {
        return new LoadRequest("a", 0, Optional.empty(), peek, meta, 0);
    }

    @Test
    void holdsMetadataThatFillsItsField() {
        Map<String, String> meta = Map.of("k".repeat(255), "v".repeat(3072 - 3 - 255));
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            fixture.streams().save(StreamDriver.withMeta("a", meta), bytes(1, 10));
            try (StoreFixture restarted = fixture.restart()) {
                assertThat(StreamDriver.get(restarted.store().stat("a")).meta()).isEqualTo(meta);
            }
        }
    }
}
