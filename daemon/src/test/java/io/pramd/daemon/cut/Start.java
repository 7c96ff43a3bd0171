package io.pramd.daemon.cut;

import io.pramd.daemon.cut.Fault.Kind;
import io.pramd.daemon.fixture.FrameCensus;
import io.pramd.daemon.fixture.ManualTimer;
import io.pramd.daemon.fixture.StreamDriver;
import io.pramd.daemon.layout.BootId;
import io.pramd.daemon.layout.Durability;
import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.NodeType;
import io.pramd.daemon.memory.ForceMarker;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.CrashPoint;
import io.pramd.daemon.node.ListRequest;
import io.pramd.daemon.node.NodeInfo;
import io.pramd.daemon.node.State;
import io.pramd.daemon.node.StoreContext;
import io.pramd.daemon.recovery.Fsck;
import io.pramd.daemon.recovery.FsckReport;
import io.pramd.daemon.recovery.OpenStore;
import io.pramd.daemon.recovery.Opening;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** One owner. Starts on images, one after the other, and says what is found there. */
final class Start implements AutoCloseable {
    private static final StoreContext.Threads ON_CALLER =
            new StoreContext.Threads(
                    Runnable::run, Runnable::run, Runnable::run, Runnable::run, new ManualTimer());
    private static final ListRequest ALL = new ListRequest("", 0, 0, 10_000);

    private final ScratchFile file;
    private final ForceMarker marker;

    /**
     * What a start is made under.
     *
     * @param isMarked whether the marker of a failed force lies beside the file
     */
    record Circumstances(BootId boot, Durability level, boolean isMarked) {}

    Start(Path folder, int frames) {
        file = new ScratchFile(folder.resolve("image"), frames);
        marker = new ForceMarker(file.path());
    }

    /**
     * Checks the image, opens it, and answers what it holds, by name.
     *
     * @throws Fault when it cannot be opened, is not clean, or frames are not accounted for
     */
    Map<String, Content> on(Image image, Circumstances now) {
        file.become(image);
        mark(now.isMarked());
        FsckReport report = Fsck.check(file.path(), now.boot());
        if (!report.isClean()) {
            throw new Fault(Kind.UNCLEAN, report.toString());
        }
        return open(now);
    }

    /** As {@link #on}, of an image that the checker may find damaged. */
    Map<String, Content> onDamaged(Image image, Circumstances now) {
        file.become(image);
        mark(now.isMarked());
        return open(now);
    }

    private void mark(boolean isMarked) {
        if (isMarked) {
            marker.create("as beside the file");
        } else if (marker.exists()) {
            marker.remove();
        }
    }

    private Map<String, Content> open(Circumstances now) {
        OpenStore open;
        try {
            open =
                    Opening.open(
                            new Opening.Settings(
                                    file.path(),
                                    now.boot(),
                                    now.level(),
                                    file.observer(),
                                    CrashPoint.Listener.NONE,
                                    ON_CALLER));
        } catch (StoreException e) {
            throw new Fault(Kind.UNOPENABLE, e.getMessage(), e);
        }
        try {
            open.recover();
            Map<String, Content> found = contents(open);
            requireEveryFrameAccountedFor(open, now.boot());
            return found;
        } catch (StoreException | StreamDriver.BadPageError e) {
            throw new Fault(Kind.WRONG, e.getMessage(), e);
        } finally {
            open.memory().close();
        }
    }

    private static Map<String, Content> contents(OpenStore open) {
        StreamDriver streams = new StreamDriver(open.store());
        Map<String, Content> contents = new TreeMap<>();
        long before = 0;
        for (NodeInfo node : StreamDriver.get(open.store().list(ALL)).nodes()) {
            if (node.state() != State.READY) {
                throw new Fault(Kind.WRONG, node.toString());
            }
            if (node.sequence() <= before) {
                throw new Fault(Kind.SEQUENCE, "out of order: " + node);
            }
            before = node.sequence();
            NodeType type = node.type().orElseThrow();
            String id = node.meta().get(Content.ID);
            contents.put(node.name(), Content.of(type, id, streams.peek(node.name())));
        }
        return contents;
    }

    private void requireEveryFrameAccountedFor(OpenStore open, BootId boot) {
        Map<String, Object> info = open.store().info();
        long free = (Long) info.get("frames.free") + (Long) info.get("frames.held");
        long expected = FileLayout.usableFrames(open.memory().frameCount());
        try {
            expected -= FrameCensus.of(file.path(), boot).reached();
        } catch (AssertionError e) {
            throw new Fault(Kind.LEAKED, e.getMessage(), e);
        }
        if (free != expected) {
            throw new Fault(Kind.LEAKED, "freeAndHeld=" + free + " expected=" + expected);
        }
    }

    @Override
    public void close() {
        file.close();
    }
}
