package io.pramd.daemon.cut;

import io.pramd.daemon.layout.BootId;
import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.SuperBlockLayout;
import io.pramd.daemon.memory.ForceMarker;
import io.pramd.daemon.recovery.FirstContents;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.random.RandomGenerator;

/**
 * One owner. A machine with one memory file on a simulated device: processes run on it and are
 * killed, the power is cut, and it boots again.
 */
final class Machine {
    static final int FRAMES = (int) FileLayout.FRAMES_MIN;

    private static final long BOOT_HIGH = 9;

    private final RandomGenerator random;
    private final ScratchFile file;
    private final ForceMarker marker;
    private final CutModes modes;
    private final LeftOut leftOut;
    private Device device;
    private int boot = 1;

    /** A machine whose file holds an image, all of it on the device. */
    Machine(ScratchFile file, Image image, RandomGenerator random, LeftOut leftOut) {
        this.leftOut = leftOut;
        this.file = file;
        this.random = random;
        this.marker = new ForceMarker(file.path());
        this.modes = new CutModes(random);
        this.device = new Device(image);
        file.become(image);
        mark(false);
    }

    /** The smallest memory file there is, as formatting leaves it; every stream has links. */
    static Image formatted(Path folder) {
        return formatted(folder, 0);
    }

    /** The same, where short streams have no links. */
    static Image formattedForInlining(Path folder) {
        return formatted(folder, SuperBlockLayout.INLINE_ENTRIES);
    }

    private static Image formatted(Path folder, long features) {
        Path path = folder.resolve("formatted");
        BootId boot = new BootId(BOOT_HIGH, 1);
        FirstContents.format(path, FileLayout.fileOffset(FRAMES), boot, features).close();
        try (ScratchFile file = new ScratchFile(path, FRAMES)) {
            return file.image();
        } finally {
            try {
                Files.delete(path);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    ScratchFile file() {
        return file;
    }

    Device device() {
        return device;
    }

    BootId boot() {
        return new BootId(BOOT_HIGH, boot);
    }

    BootId nextBoot() {
        return new BootId(BOOT_HIGH, boot + (leftOut == LeftOut.BOOT_ID ? 0L : 1L));
    }

    boolean isMarked() {
        return marker.exists();
    }

    void mark(boolean isMarked) {
        if (isMarked && !marker.exists()) {
            marker.create("as at the end of the process");
        } else if (!isMarked && marker.exists()) {
            marker.remove();
        }
    }

    /** Whether a start looks at the marker. */
    boolean isMarkerSeen() {
        return isMarked() && leftOut != LeftOut.MARKER;
    }

    /** What a power cut would leave now. */
    Image afterCut() {
        return device.afterCut(modes.next(device.dirty()));
    }

    /** What a start would find that follows a kill now. */
    Image afterKill() {
        return isMarked()
                ? device.afterDrop(modes.next(device.dirty()), random.nextBoolean())
                : device.afterKill();
    }

    /** The process is gone; what it stored is there. */
    void kill() {
        if (isMarked()) {
            device = new Device(afterKill());
        }
        file.become(device.afterKill());
    }

    /** The power is cut, and comes back. */
    void cutPower() {
        device = new Device(afterCut());
        file.become(device.afterKill());
        boot += leftOut == LeftOut.BOOT_ID ? 0 : 1;
    }
}
