package io.pramd.daemon.flip;

import static io.pramd.daemon.fixture.StoreFixture.BOOT;

import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StreamDriver;
import io.pramd.daemon.flip.FlipScene.Saved;
import io.pramd.daemon.flip.FrameOwners.Owned;
import io.pramd.daemon.layout.Durability;
import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.memory.MemoryObserver;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.CrashPoint;
import io.pramd.daemon.node.LoadRequest;
import io.pramd.daemon.node.LoadStream;
import io.pramd.daemon.node.PageBatch;
import io.pramd.daemon.node.Store;
import io.pramd.daemon.recovery.Dump;
import io.pramd.daemon.recovery.Fsck;
import io.pramd.daemon.recovery.FsckReport;
import io.pramd.daemon.recovery.OpenStore;
import io.pramd.daemon.recovery.Opening;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * One owner. Changes bytes of a memory file, each time through the check, the dump, an opening with
 * its walk, and a load of every node; then they are as they were. What a change does not concern
 * must be as if nothing had happened, and of what it concerns nothing wrong may ever be handed out.
 */
public final class FlipTrial implements AutoCloseable {
    private static final int BATCH = 64;

    /** Every so many trials all is read, and the file's other bytes are compared. */
    private static final int THOROUGH_EVERY = 64;

    private final FlipScene scene;
    private final FrameOwners owners;
    private final Path file;
    private final FileChannel channel;
    private final FsckReport whole;
    private final StringBuilder dumped = new StringBuilder();
    private long trials;
    private long damagedNodes;

    /** Which byte is changed, and how. */
    public record Flip(long pfn, int offset, int xor) {
        int fileOffset() {
            return Math.toIntExact(FileLayout.fileOffset(pfn)) + offset;
        }
    }

    /** In a file of its own, which is written anew. */
    public FlipTrial(FlipScene scene, Path file) throws IOException {
        this.scene = scene;
        this.file = file;
        Files.write(file, scene.image());
        this.owners = scene.owners(file);
        this.whole = Fsck.check(file, BOOT);
        this.channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    /** Nodes that did not load whole behind the walk, over all trials. */
    public long damagedNodes() {
        return damagedNodes;
    }

    /**
     * Tries some changes at once, no two of which concern the same structure; the file is whole
     * again behind it.
     */
    public void run(List<Flip> flips) throws IOException {
        boolean isThorough = trials++ % THOROUGH_EVERY == 0;
        Touched touched = new Touched(flips.stream().map(this::owned).toList());
        for (Flip flip : flips) {
            byte[] one = {(byte) (scene.image()[flip.fileOffset()] ^ flip.xor())};
            channel.write(ByteBuffer.wrap(one), flip.fileOffset());
        }
        try {
            check(flips, touched);
            dump(flips, isThorough);
            open(touched, isThorough);
            if (isThorough) {
                requireNothingElseStored(flips);
            }
        } catch (RuntimeException | Error e) {
            throw new AssertionError(flips + " of " + touched + ": " + e, e);
        } finally {
            restore(flips);
        }
    }

    private Optional<Owned> owned(Flip flip) {
        return Optional.ofNullable(owners.byPfn().get(flip.pfn()));
    }

    /** What the frames are that have been changed; empty: free. */
    private record Touched(List<Optional<Owned>> frames) {
        /** Whether this node of the newest root must be found damaged. */
        boolean isNode(String name) {
            return frames.stream()
                    .flatMap(Optional::stream)
                    .anyMatch(owned -> !owned.isHeld() && owned.node().equals(name));
        }
    }

    private void restore(List<Flip> flips) throws IOException {
        for (Flip flip : flips) {
            restore(flip.fileOffset(), 1);
        }
        int fixedBytes = (int) FileLayout.fileOffset(FileLayout.FIXED_FRAMES);
        restore(0, fixedBytes);
        restore((int) FileLayout.fileOffset(FileLayout.SECOND_COPY_DISTANCE), fixedBytes);
    }

    private void restore(int at, int length) throws IOException {
        channel.write(ByteBuffer.wrap(scene.image(), at, length), at);
    }

    /** An opening writes fixed frames alone, as long as it forces no root. */
    private void requireNothingElseStored(List<Flip> flips) throws IOException {
        byte[] now = Files.readAllBytes(file);
        flips.forEach(flip -> now[flip.fileOffset()] = scene.image()[flip.fileOffset()]);
        int from = 0;
        while (from < now.length) {
            int differs = Arrays.mismatch(now, from, now.length, scene.image(), from, now.length);
            if (differs < 0) {
                return;
            }
            long pfn = (from + differs) / FileLayout.FRAME_BYTES;
            require(FileLayout.isFixed(pfn), "an opening has changed frame " + pfn);
            from = (int) FileLayout.fileOffset(pfn + 1);
        }
    }

    // ---- the check and the dump

    /** Each frame in use is named by a problem, or by a note on a copy that a kill may leave so. */
    private void check(List<Flip> flips, Touched touched) {
        FsckReport report = Fsck.check(file, BOOT);
        List<String> said = new ArrayList<>(report.notes());
        report.problems().forEach(problem -> said.add(problem.text()));
        for (Flip flip : flips) {
            Pattern name = Pattern.compile(".*(pfn=|frame )" + flip.pfn() + "\\b.*");
            boolean isNamed = said.stream().anyMatch(text -> name.matcher(text).matches());
            require(isNamed == owned(flip).isPresent(), flip + ", but the check says: " + said);
        }
        require(report.root().equals(whole.root()), "another root: " + report.root());
        long damaged = scene.nodes().keySet().stream().filter(touched::isNode).count();
        require(report.counts().quarantined() == damaged, "damaged nodes: " + report);
    }

    private void dump(List<Flip> flips, boolean isThorough) {
        dumped.setLength(0);
        try (Dump dump = Dump.open(file, BOOT, dumped)) {
            flips.forEach(flip -> dump.frame(flip.pfn()));
            dump.summary();
            if (isThorough) {
                scene.nodes().keySet().forEach(name -> dumpNode(dump, name));
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        require(dumped.indexOf("root ") > 0, "the dump says: " + dumped);
    }

    private static void dumpNode(Dump dump, String name) {
        try {
            dump.node(name);
        } catch (StoreException e) {
            require(e.errno() == Errno.ENOENT, e.toString());
        }
    }

    // ---- a daemon's life on it

    private void open(Touched touched, boolean isThorough) {
        OpenStore open =
                Opening.open(
                        new Opening.Settings(
                                file,
                                BOOT,
                                Durability.PROCESS,
                                MemoryObserver.NONE,
                                CrashPoint.Listener.NONE,
                                StoreFixture.callerAlone()));
        try {
            if (isThorough) {
                loadAll(open.store(), touched, true);
            }
            open.recover();
            damagedNodes += loadAll(open.store(), touched, isThorough);
            Map<String, Object> info = open.store().info();
            long known = (Long) info.get("nodes.ready") + (Long) info.get("nodes.quarantined");
            require(known == scene.nodes().size(), "nodes are known: " + known);
        } finally {
            open.memory().close();
        }
    }

    /** Loads every node; answers how many of them are damaged, as they must be. */
    private int loadAll(Store store, Touched touched, boolean isThorough) {
        int damaged = 0;
        for (Map.Entry<String, Saved> node : scene.nodes().entrySet()) {
            boolean isTouched = touched.isNode(node.getKey());
            boolean isWhole = load(store, node.getKey(), node.getValue(), isThorough || isTouched);
            require(isWhole || isTouched, node.getKey() + " is not whole");
            require(!isWhole || !isTouched, node.getKey() + " is whole");
            damaged += isWhole ? 0 : 1;
        }
        return damaged;
    }

    /** Loads a node, of a long one not every page; answers whether all of it was right. */
    private static boolean load(Store store, String name, Saved saved, boolean isAll) {
        try {
            LoadStream stream =
                    StreamDriver.get(
                            store.openLoad(
                                    new LoadRequest(
                                            name,
                                            0,
                                            Optional.of(saved.type()),
                                            true,
                                            saved.meta(),
                                            0)));
            try {
                require(stream.info().length() == saved.length(), "length of " + name);
                require(stream.info().pages() == saved.pages(), "pages of " + name);
                boolean isRight = true;
                long pages = Math.max(1, saved.pages());
                for (long page = 0;
                        page < pages;
                        page += isAll || pages < BATCH ? BATCH : pages - 1) {
                    isRight &= readRight(stream, page, isAll ? BATCH : 4, saved);
                }
                return isRight;
            } finally {
                stream.abort();
            }
        } catch (StoreException e) {
            require(e.errno() == Errno.EIO || e.errno() == Errno.ENOENT, e.toString());
            return false;
        }
    }

    /** Whether each page is what was saved; a wrong one must differ from its checksum. */
    private static boolean readRight(LoadStream stream, long first, int count, Saved saved) {
        PageBatch batch = StreamDriver.get(stream.read(first, count));
        byte[] pages = StreamDriver.contents(batch);
        batch.release();
        boolean isRight = true;
        for (int i = 0; i < batch.count(); i++) {
            int at = i * StreamDriver.PAGE;
            int from = (int) (first + i) * StreamDriver.PAGE;
            CRC32C crc = new CRC32C();
            crc.update(pages, at, StreamDriver.PAGE);
            if ((int) crc.getValue() != (int) (batch.table()[i] >>> Integer.SIZE)) {
                isRight = false;
                continue;
            }
            require(
                    Arrays.equals(
                            pages,
                            at,
                            at + StreamDriver.PAGE,
                            saved.contents(),
                            from,
                            from + StreamDriver.PAGE),
                    "a wrong page: page=" + (first + i));
            require((int) batch.table()[i] == saved.flags(), "flags of page " + (first + i));
        }
        return isRight;
    }

    private static void require(boolean isSo, String what) {
        if (!isSo) {
            throw new AssertionError(what);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
