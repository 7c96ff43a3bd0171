package io.pramd.daemon.life;

import io.pramd.daemon.layout.BootId;
import io.pramd.daemon.layout.Durability;
import io.pramd.daemon.memory.FileLock;
import io.pramd.daemon.node.CrashPoint;
import io.pramd.daemon.node.StoreThreads;
import io.pramd.daemon.recovery.BootIds;
import io.pramd.daemon.recovery.FirstContents;
import io.pramd.daemon.recovery.OpenStore;
import io.pramd.daemon.recovery.Opening;
import io.pramd.daemon.server.Server;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One owner. Opens the memory file of a daemon, and creates it first when it is missing or empty.
 */
final class MemoryOpener {
    private static final Logger LOG = LoggerFactory.getLogger(MemoryOpener.class);

    private final ServePlan plan;
    private final StoreThreads threads = new StoreThreads(Server.turns());

    MemoryOpener(ServePlan plan) {
        this.plan = plan;
    }

    OpenStore open() {
        try {
            Durability level = plan.level();
            BootId bootId = BootIds.read(BootIds.KERNEL);
            FileLock lock = plan.createsMemory() ? create(bootId) : FileLock.acquire(plan.memory());
            Opening.Settings settings =
                    new Opening.Settings(
                            plan.memory(),
                            bootId,
                            level,
                            plan.observer(),
                            CrashPoint.Listener.NONE,
                            threads.threads());
            return Opening.open(settings, lock);
        } catch (RuntimeException e) {
            threads.close();
            throw e;
        }
    }

    /** Said, as where a device is not mounted this is all that tells of it. */
    private FileLock create(BootId bootId) {
        FileLock lock =
                FirstContents.format(
                        plan.memory(), plan.sizeBytes(), bootId, plan.protection().sharing());
        LOG.info(
                "a new memory file was created, none or an empty one was there: file={} size={}",
                plan.memory().toAbsolutePath(),
                plan.sizeBytes());
        return lock;
    }

    /** The threads of the store that was opened. */
    StoreThreads threads() {
        return threads;
    }
}
