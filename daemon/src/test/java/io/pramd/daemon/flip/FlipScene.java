package io.pramd.daemon.flip;

import static io.pramd.daemon.fixture.StoreFixture.BOOT;
import static io.pramd.daemon.fixture.StreamDriver.bytes;

import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.daemon.fixture.StreamDriver;
import io.pramd.daemon.layout.BootId;
import io.pramd.daemon.layout.DirectoryLayout;
import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.LinkLayout;
import io.pramd.daemon.layout.NodeType;
import io.pramd.daemon.node.SaveStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Immutable. The smallest memory file with something of everything: both node types, no pages,
 * metadata, a directory of two levels, and a forced root older than the current one that holds a
 * node replaced and a node removed since.
 *
 * @param image the file's bytes
 * @param nodes what must load
 */
public record FlipScene(byte[] image, Map<String, Saved> nodes) {
    /** The node whose pages are counted by {@link #build}. */
    public static final String PAGES = "pages";

    /** So many pages take two links. */
    public static final int TWO_LINKS = LinkLayout.ENTRIES + 1;

    private static final long BYTES = FileLayout.fileOffset(FileLayout.FRAMES_MIN);
    private static final int FLAGS = 0x80000001;

    /**
     * A node that the newest root reaches.
     *
     * @param contents padded to whole pages
     */
    public record Saved(
            NodeType type, int length, byte[] contents, int flags, Map<String, String> meta) {

        static Saved ofBytes(byte[] bytes, Map<String, String> meta) {
            int padded = Math.ceilDiv(bytes.length, StreamDriver.PAGE) * StreamDriver.PAGE;
            return new Saved(
                    NodeType.BYTE, bytes.length, java.util.Arrays.copyOf(bytes, padded), 0, meta);
        }

        long pages() {
            return contents.length / StreamDriver.PAGE;
        }
    }

    /** Builds the file with a page stream of so many pages, and leaves it as a kill does. */
    public static FlipScene build(Path file, int pages) {
        return build(file, pages, BOOT);
    }

    /** The same, as if it had come about under this boot of the kernel. */
    public static FlipScene build(Path file, int pages, BootId bootId) {
        How how = How.ON_CALLER_ALONE.underBoot(bootId);
        return build(file, pages, StoreFixture.format(file, BYTES, how));
    }

    /** The same in a file where every stream with pages has links. */
    static FlipScene buildWithLinks(Path file, int pages) {
        return build(file, pages, StoreFixture.formatWithLinks(file, BYTES, How.ON_CALLER_ALONE));
    }

    private static FlipScene build(Path file, int pages, StoreFixture opened) {
        Map<String, Saved> nodes = new LinkedHashMap<>();
        try (StoreFixture store = opened) {
            StreamDriver streams = store.streams();
            nodes.put(PAGES, savePages(streams, pages));
            nodes.put("empty", Saved.ofBytes(new byte[0], Map.of("key", "value", "k", "")));
            streams.save(StreamDriver.withMeta("empty", nodes.get("empty").meta()), new byte[0]);
            streams.save("bytes", bytes(2, 5000));
            streams.save("gone", bytes(3, 9000));
            for (int slot = 4; slot < DirectoryLayout.ENTRIES; slot++) {
                streams.save("fill" + slot, new byte[0]);
            }
            nodes.put("far", Saved.ofBytes(bytes(4, 6000), Map.of()));
            streams.save("far", bytes(4, 6000));
            StreamDriver.get(store.store().removeAll("fill"));
            StreamDriver.get(store.store().force());
            nodes.put("bytes", Saved.ofBytes(bytes(5, 3 * StreamDriver.PAGE + 1), Map.of()));
            streams.save(
                    StreamDriver.replacing("bytes", NodeType.BYTE),
                    bytes(5, 3 * StreamDriver.PAGE + 1));
            StreamDriver.get(store.store().remove("gone", 0));
            nodes.put("late", Saved.ofBytes(bytes(6, 100), Map.of()));
            streams.save("late", bytes(6, 100));
            store.kill();
        }
        try {
            return new FlipScene(Files.readAllBytes(file), nodes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Saved savePages(StreamDriver streams, int pages) {
        byte[] contents = bytes(1, pages * StreamDriver.PAGE);
        SaveStream stream = streams.open(StreamDriver.request(PAGES, NodeType.PAGE));
        int packet = 64 * StreamDriver.PAGE;
        for (int at = 0; at < contents.length; at += packet) {
            int end = Math.min(contents.length, at + packet);
            streams.appendPacket(stream, java.util.Arrays.copyOfRange(contents, at, end), FLAGS);
        }
        StreamDriver.get(stream.finish(contents.length));
        return new Saved(NodeType.PAGE, contents.length, contents, FLAGS, Map.of());
    }

    /** Whom each frame belongs to, by the file's bytes alone. */
    public FrameOwners owners(Path file) {
        return FrameOwners.of(file, BOOT);
    }
}
