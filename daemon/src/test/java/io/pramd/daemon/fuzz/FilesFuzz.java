package io.pramd.daemon.fuzz;

import static io.pramd.daemon.fixture.StoreFixture.BOOT;
import static io.pramd.daemon.fixture.StreamDriver.bytes;

import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StreamDriver;
import io.pramd.daemon.flip.FlipScene;
import io.pramd.daemon.flip.FlipSweep;
import io.pramd.daemon.flip.FrameOwners;
import io.pramd.daemon.layout.Durability;
import io.pramd.daemon.memory.MemoryObserver;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.CrashPoint;
import io.pramd.daemon.node.ListRequest;
import io.pramd.daemon.node.NodeInfo;
import io.pramd.daemon.node.State;
import io.pramd.daemon.node.Store;
import io.pramd.daemon.recovery.Dump;
import io.pramd.daemon.recovery.Fsck;
import io.pramd.daemon.recovery.OpenStore;
import io.pramd.daemon.recovery.Opening;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One owner. A memory file with any changes of its metadata, most of them sealed again: it is
 * refused and left as it was, or it can be opened, again and again, and what loads from it once
 * loads from it until it is removed, whatever else is saved.
 */
public final class FilesFuzz {
    private static final int PATCHES_MAX = 16;
    private static final byte[] FILL = bytes(1, 256 * StreamDriver.PAGE);
    private static final ListRequest ALL = new ListRequest("", 0, 0, 10_000);
    private static final FilesFuzz FUZZ = new FilesFuzz();

    private final Path file;
    private final FlipScene scene;
    private final FrameOwners owners;
    private final List<Long> frames;

    private FilesFuzz() {
        try {
            Path folder = FlipSweep.newFolder("pramd-fuzz");
            file = folder.resolve("memory");
            scene = FlipScene.build(file, 3);
            owners = scene.owners(file);
            frames = CraftedImage.metadata(owners);
            folder.toFile().deleteOnExit();
            file.toFile().deleteOnExit();
            folder.resolve("memory.pid").toFile().deleteOnExit();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The entry that the fuzzer looks for. */
    public static void fuzzerTestOneInput(byte[] input) throws IOException {
        FUZZ.run(new InputBytes(input));
    }

    private void run(InputBytes input) throws IOException {
        boolean isFilled = (input.u8() & 1) == 1;
        CraftedImage image = new CraftedImage(scene, owners);
        for (int patch = 0; patch < PATCHES_MAX && input.hasNext(); patch++) {
            patch(image, input);
        }
        image.seal();
        Files.write(file, image.bytes());
        look();
        OpenStore open;
        try {
            open = open();
        } catch (StoreException e) {
            require(
                    Arrays.equals(Files.readAllBytes(file), image.bytes()),
                    "refused, and changed: " + e);
            return;
        }
        Map<String, byte[]> loaded = use(open, isFilled);
        OpenStore again = open();
        try {
            again.recover();
            requireSame(again.store(), loaded);
        } finally {
            again.memory().close();
        }
        look();
    }

    /** Which frame, how, where, and what; the first bit of how says whether sums are left wrong. */
    private void patch(CraftedImage image, InputBytes input) {
        long pfn = frames.get(input.u8() % frames.size());
        int how = input.u8();
        int offset = (how & 0x40) == 0 ? input.u8() : input.u16() % 4096;
        boolean isSealed = (how & 0x80) == 0;
        switch (how & 3) {
            case 0 -> image.put(pfn, offset, 1, input.u8(), isSealed);
            case 1 -> image.put(pfn, offset, 2, input.u16(), isSealed);
            case 2 -> image.put(pfn, offset, 8, input.u16(), isSealed);
            default -> image.put(pfn, offset, 8, input.u64(), isSealed);
        }
    }

    private void look() throws IOException {
        try {
            Fsck.check(file, BOOT);
        } catch (StoreException e) {
            require(e.errno() == Errno.EINVAL || e.errno() == Errno.EIO, "check: " + e);
        }
        StringBuilder text = new StringBuilder();
        try (Dump dump = Dump.open(file, BOOT, text)) {
            for (long pfn : frames) {
                dump.frame(pfn);
            }
            dump.summary();
            dump.node("bytes");
        } catch (StoreException e) {
            require(e.errno() != Errno.EAGAIN, "dump: " + e);
        }
    }

    private OpenStore open() {
        return Opening.open(
                new Opening.Settings(
                        file,
                        BOOT,
                        Durability.PROCESS,
                        MemoryObserver.NONE,
                        CrashPoint.Listener.NONE,
                        StoreFixture.callerAlone()));
    }

    /** Loads, removes what is damaged, and fills the file; answers what must load from now on. */
    private static Map<String, byte[]> use(OpenStore open, boolean isFilled) {
        try {
            open.recover();
            Store store = open.store();
            StreamDriver streams = new StreamDriver(store);
            Map<String, byte[]> loaded = load(store);
            for (NodeInfo node : list(store)) {
                if (node.state() == State.QUARANTINED) {
                    StreamDriver.get(store.removeQuarantined(node.pfn()));
                }
            }
            if (isFilled) {
                fill(streams, loaded);
            }
            requireSame(store, loaded);
            return loaded;
        } finally {
            open.memory().close();
        }
    }

    private static List<NodeInfo> list(Store store) {
        return StreamDriver.get(store.list(ALL)).nodes();
    }

    private static Map<String, byte[]> load(Store store) {
        StreamDriver streams = new StreamDriver(store);
        Map<String, byte[]> loaded = new HashMap<>();
        for (NodeInfo node : list(store)) {
            if (node.state() != State.READY) {
                continue;
            }
            try {
                loaded.put(node.name(), streams.peek(node.name()));
            } catch (StoreException e) {
                require(e.errno() == Errno.EIO, "load: " + e);
            } catch (AssertionError e) {
                // a page that does not match its checksum: the loader finds it
                require(e.getMessage().contains("does not match its checksum"), e.toString());
            }
        }
        return loaded;
    }

    private static void fill(StreamDriver streams, Map<String, byte[]> loaded) {
        try {
            for (int i = 0; ; i++) {
                String name = "fill of the fuzzer " + i;
                streams.save(name, FILL);
                loaded.put(name, FILL);
            }
        } catch (StoreException e) {
            require(e.errno() == Errno.ENOMEM, "save: " + e);
        }
    }

    private static void requireSame(Store store, Map<String, byte[]> expected) {
        StreamDriver streams = new StreamDriver(store);
        expected.forEach(
                (name, contents) ->
                        require(
                                Arrays.equals(contents, streams.peek(name)),
                                "other contents: " + name));
    }

    private static void require(boolean isSo, String what) {
        if (!isSo) {
            throw new AssertionError(what);
        }
    }
}
