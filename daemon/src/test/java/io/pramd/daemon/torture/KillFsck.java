package io.pramd.daemon.torture;

import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.recovery.Fsck;
import io.pramd.daemon.recovery.FsckReport;
import io.pramd.protocol.Errno;
import java.nio.file.Files;
import java.nio.file.Path;

/** Immutable. Checks a memory file at rest, or beside its daemon. */
final class KillFsck {
    private KillFsck() {}

    /** There may be no file yet: then there is none that is not whole. */
    static void atDawn(Path memory, KillEvidence evidence) {
        if (Files.exists(memory)) {
            atRest(memory, evidence);
        }
    }

    static void atRest(Path memory, KillEvidence evidence) {
        report("fsck at rest: ", Fsck.check(memory), evidence);
    }

    static void beside(Path memory, KillEvidence evidence) {
        try {
            report("fsck beside: ", Fsck.check(memory), evidence);
        } catch (StoreException e) {
            if (e.errno() != Errno.EAGAIN) {
                throw e;
            }
        }
    }

    private static void report(String where, FsckReport report, KillEvidence evidence) {
        if (!report.isClean()) {
            evidence.fault("wrong", report.problemCount(), where + report);
        }
    }
}
