package io.pramd.daemon.recovery;

import static io.pramd.daemon.fixture.StoreFixture.BOOT;

import io.pramd.daemon.fixture.Damage;
import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.daemon.fixture.StreamDriver;
import io.pramd.daemon.layout.BootId;
import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.LinkLayout;
import io.pramd.daemon.layout.NodeLayout;
import io.pramd.daemon.layout.NodeType;
import io.pramd.daemon.node.SaveKey;
import io.pramd.daemon.node.SaveStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * Immutable. Memory files of a format version that is frozen, kept for good: every later version
 * must open them. They are written by {@link #main} when a version is frozen, and never again: a
 * file that the code of the day writes proves nothing about the files of its users.
 */
final class GoldenFiles {
    static final SaveKey SAVE_KEY = new SaveKey(0x0011223344556677L, 0x8899aabbccddeeffL);
    static final Map<String, String> META = Map.of("key", "value");
    static final int FLAGS = 0x80000001;

    /** Pages of the page stream: two links. */
    static final int PAGES = LinkLayout.ENTRIES + 1;

    private static final int PAGE = StreamDriver.PAGE;
    private static final long BYTES = FileLayout.fileOffset(FileLayout.FRAMES_MIN);

    private GoldenFiles() {}

    /** Contents that compress well and differ from page to page. */
    static byte[] contents(int seed, int length) {
        byte[] contents = new byte[length];
        for (int page = 0; page * PAGE < length; page++) {
            int end = Math.min(length, (page + 1) * PAGE);
            Arrays.fill(contents, page * PAGE, end, (byte) (seed + 7 * page));
            contents[page * PAGE] = (byte) (page >> 8);
        }
        return contents;
    }

    /** Unpacks a file of the tests' resources. */
    static Path unpack(String name, Path folder) throws IOException {
        Path file = folder.resolve(name);
        try (InputStream packed = GoldenFiles.class.getResourceAsStream(name + ".gz");
                InputStream in = new GZIPInputStream(Objects.requireNonNull(packed, name))) {
            Files.copy(in, file);
        }
        return file;
    }

    /** Writes all files of the version that the code writes into a folder. */
    public static void main(String[] folder) throws IOException {
        Path into = Path.of(folder[0]);
        String version = "version" + FileLayout.FORMAT_VERSION + "-";
        pack(plain(into.resolve(version + "plain")));
        pack(changed(into.resolve(version + "changed")));
        pack(damaged(into.resolve(version + "damaged")));
        pack(inlined(into.resolve(version + "inlined")));
    }

    private static void pack(Path file) throws IOException {
        Path packed = file.resolveSibling(file.getFileName() + ".gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
            Files.copy(file, out);
        }
        Files.delete(file);
        Files.deleteIfExists(file.resolveSibling(file.getFileName() + ".pid"));
    }

    /** Both types, no pages, two links, metadata and a save id; ended by a clean stop. */
    private static Path plain(Path file) {
        try (StoreFixture store = StoreFixture.formatWithLinks(file, BYTES, How.ON_CALLER_ALONE)) {
            saveAll(store.streams());
        }
        return file;
    }

    private static void saveAll(StreamDriver streams) {
        SaveStream pages = streams.open(StreamDriver.request("pages", NodeType.PAGE));
        byte[] contents = contents(1, PAGES * PAGE);
        for (int page = 0; page < PAGES; page++) {
            streams.appendPacket(
                    pages, Arrays.copyOfRange(contents, page * PAGE, (page + 1) * PAGE), FLAGS);
        }
        StreamDriver.get(pages.finish(contents.length));
        streams.save(StreamDriver.withMeta("größe", META), new byte[0]);
        streams.save(StreamDriver.withKey("bytes", SAVE_KEY), contents(2, 5000));
        streams.save("last", contents(3, PAGE));
    }

    /** A node replaced, one removed and one new since the last forced root; ended by a kill. */
    private static Path changed(Path file) {
        try (StoreFixture store = StoreFixture.formatWithLinks(file, BYTES, How.ON_CALLER_ALONE)) {
            StreamDriver streams = store.streams();
            saveAll(streams);
            StreamDriver.get(store.store().force());
            streams.save(StreamDriver.replacing("bytes", NodeType.BYTE), contents(4, 9000));
            StreamDriver.get(store.store().remove("last", 0));
            streams.save("new", contents(5, 100));
            store.kill();
        }
        return file;
    }

    /**
     * A node with a broken second link whose name was saved anew, and one with a damaged page;
     * ended by a kill.
     */
    private static Path damaged(Path file) {
        long nodePfn;
        try (StoreFixture store = StoreFixture.formatWithLinks(file, BYTES, How.ON_CALLER_ALONE)) {
            saveAll(store.streams());
            nodePfn = StreamDriver.get(store.store().stat("pages")).pfn();
            store.kill();
        }
        long second = LinkLayout.linkPfn(page(file, NodeLayout.linkPfn(page(file, nodePfn))));
        Damage.flip(file, second, 20);
        try (StoreFixture store = StoreFixture.open(file, How.ON_CALLER_ALONE).damaged()) {
            store.streams().save("pages", contents(6, 700));
            long last = StreamDriver.get(store.store().stat("last")).pfn();
            long link = NodeLayout.linkPfn(page(file, last));
            Damage.flip(file, LinkLayout.entryPfn(page(file, link), 0), 99);
            store.kill();
        }
        return file;
    }

    /**
     * With the feature of inline entries, and a node page that does not verify; ended by a kill.
     */
    private static Path inlined(Path file) {
        try (StoreFixture store = StoreFixture.format(file, BYTES, How.ON_CALLER_ALONE)) {
            saveAll(store.streams());
            long last = StreamDriver.get(store.store().stat("last")).pfn();
            store.kill();
            Damage.flip(file, last, 20);
        }
        return file;
    }

    private static ByteBuffer page(Path file, long pfn) {
        return ByteBuffer.wrap(Damage.frame(file, pfn)).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** As the machine was when the files were written, or has been booted since. */
    static How under(boolean isSameBoot) {
        return isSameBoot
                ? How.ON_CALLER_ALONE
                : How.ON_CALLER_ALONE.underBoot(new BootId(~BOOT.high(), BOOT.low()));
    }
}
