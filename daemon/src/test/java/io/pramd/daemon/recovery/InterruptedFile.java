package io.pramd.daemon.recovery;

import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.MetadataPage;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/**
 * One owner. A file whose changer is killed at some store, force or cut; the page that is being
 * stored is torn. Or the power is cut there: of each page that was not forced since, the device has
 * the old bytes, the new ones, or some sectors of each.
 */
final class InterruptedFile implements RestingFile {
    private static final int SECTOR_BYTES = 512;

    private final RestingFile file;
    private final long endAt;
    private final boolean isPowerCut;
    private final Random random;
    private final Map<Long, ByteBuffer> unforced = new LinkedHashMap<>();
    private long steps;

    /** Ends everything. */
    static final class Interruption extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /**
     * @param endAt the number of the step that is not finished any more, from 1
     */
    InterruptedFile(RestingFile file, long endAt, boolean isPowerCut, long seed) {
        this.file = file;
        this.endAt = endAt;
        this.isPowerCut = isPowerCut;
        this.random = new Random(seed);
    }

    long steps() {
        return steps;
    }

    @Override
    public void read(long pfn, ByteBuffer page) {
        file.read(pfn, page);
    }

    @Override
    public void store(long pfn, ByteBuffer page) {
        ByteBuffer before = MetadataPage.allocate();
        file.read(pfn, before);
        if (++steps == endAt) {
            file.store(pfn, mixed(before, page));
            interrupt();
        }
        unforced.putIfAbsent(pfn, before);
        file.store(pfn, page);
    }

    private ByteBuffer mixed(ByteBuffer before, ByteBuffer page) {
        ByteBuffer torn = FrameBatch.copyOf(before);
        int sectors = random.nextInt(FileLayout.FRAME_BYTES / SECTOR_BYTES);
        torn.put(0, page, 0, sectors * SECTOR_BYTES);
        return torn;
    }

    private void interrupt() {
        if (isPowerCut) {
            unforced.forEach(this::leave);
        }
        throw new Interruption();
    }

    private void leave(long pfn, ByteBuffer before) {
        ByteBuffer now = MetadataPage.allocate();
        switch (random.nextInt(3)) {
            case 0 -> file.store(pfn, before);
            case 1 -> {
                file.read(pfn, now);
                file.store(pfn, mixed(before, now));
            }
            default -> {} // the kernel had written it back
        }
    }

    @Override
    public void force() {
        if (++steps == endAt) {
            interrupt();
        }
        unforced.clear();
        file.force();
    }

    @Override
    public long frameCount() {
        return file.frameCount();
    }

    @Override
    public void truncate(long frameCount) {
        if (++steps == endAt) {
            interrupt();
        }
        file.truncate(frameCount);
    }
}
