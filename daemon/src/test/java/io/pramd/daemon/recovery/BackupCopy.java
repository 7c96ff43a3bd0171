package io.pramd.daemon.recovery;

import static io.pramd.daemon.fixture.Refusals.await;

import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.memory.PageChecksum;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** One owner: writes a backup into a file as it comes, as a client does. */
final class BackupCopy implements AutoCloseable {
    private final Backup backup;
    private final FileChannel file;
    private final Set<Long> frames = new HashSet<>();
    private final List<String> damage = new ArrayList<>();
    private final PageChecksum checksum = new PageChecksum();

    BackupCopy(OpenStore open, Path target) {
        backup = await(open.backup());
        try {
            file =
                    FileChannel.open(
                            target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            file.write(ByteBuffer.allocate(1), backup.fileBytes() - 1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static BackupCopy whole(OpenStore open, Path target) {
        try (BackupCopy copy = new BackupCopy(open, target)) {
            copy.finish();
            return copy;
        }
    }

    long rootSequence() {
        return backup.rootSequence();
    }

    long framesMax() {
        return backup.framesMax();
    }

    List<String> damage() {
        return damage;
    }

    Set<Long> frames() {
        return frames;
    }

    /** Copies what is left. */
    void finish() {
        while (next(256)) {
            continue;
        }
    }

    /** Copies some frames; false when they were the last. */
    boolean next(int framesMax) {
        FrameBatch batch = await(backup.next(framesMax));
        damage.addAll(batch.damage());
        ByteBuffer pages = batch.pages();
        for (int i = 0; i < batch.count(); i++) {
            ByteBuffer page = pages.slice(i * FileLayout.FRAME_BYTES, FileLayout.FRAME_BYTES);
            if (!frames.add(batch.pfn(i)) || checksum.ofPage(page) != batch.csum(i)) {
                throw new AssertionError("twice, or not as summed: pfn=" + batch.pfn(i));
            }
            write(batch.pfn(i), page);
        }
        if (batch.framesSent() != frames.size()) {
            throw new AssertionError("said=" + batch.framesSent() + " came=" + frames.size());
        }
        if (frames.size() > backup.framesMax()) {
            throw new AssertionError("more than announced: max=" + backup.framesMax());
        }
        return !batch.isLast();
    }

    private void write(long pfn, ByteBuffer page) {
        try {
            file.write(page.duplicate(), FileLayout.fileOffset(pfn));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        backup.close();
        try {
            file.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
