package io.pramd.daemon.node;

import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.layout.RunRecordLayout;
import java.nio.ByteBuffer;

/**
 * Thread-safe. The run record: which process serves the file, and whether a force was under way
 * when it died. Write-back reports an error once: who is killed between a force that failed and the
 * marker that says so must leave something for the next start to see.
 *
 * <p>It is never forced. It is for a kill, which leaves what was stored; a power cut takes what the
 * last forced root does not reach anyway.
 */
public final class RunRecord {
    private final RootSlots.Writer writer;
    private final long startedMillis = System.currentTimeMillis();
    private int forces;
    private long noted;
    private boolean isInherited;

    /**
     * The record of this process; nothing is stored yet.
     *
     * @param interrupted the note that an earlier process left, kept until a root has been forced;
     *     0: none
     */
    public RunRecord(RootSlots.Writer writer, long interrupted) {
        this.writer = writer;
        this.noted = interrupted;
        this.isInherited = interrupted != 0;
    }

    /** Stores the record, with the note that it has. */
    public synchronized void store() {
        ByteBuffer page = MetadataPage.allocate();
        RunRecordLayout.write(
                page,
                new RunRecordLayout.Run(
                        ProcessHandle.current().pid(), writer.bootId(), startedMillis, noted));
        writer.storeBoth(FileLayout.RUN_RECORD_PFN, page);
    }

    /**
     * Runs a force. When it fails the note stays.
     *
     * @param rootSequence of the newest root
     */
    public void during(long rootSequence, Runnable force) {
        if (!writer.memory().isOnDevice()) {
            force.run();
            return;
        }
        begins(rootSequence);
        force.run();
        succeeded();
    }

    private synchronized void begins(long rootSequence) {
        forces++;
        if (noted == 0) {
            noted = rootSequence;
            store();
        }
    }

    private synchronized void succeeded() {
        forces--;
        clearIfUnneeded();
    }

    /**
     * A root has been forced with all that it reaches: what the interrupted force of an earlier
     * process concerned has been stored again before, and is on the device now.
     */
    public synchronized void rootForced() {
        isInherited = false;
        clearIfUnneeded();
    }

    private void clearIfUnneeded() {
        if (forces == 0 && !isInherited && noted != 0) {
            noted = 0;
            store();
        }
    }
}
