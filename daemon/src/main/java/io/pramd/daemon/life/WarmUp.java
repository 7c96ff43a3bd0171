package io.pramd.daemon.life;

import io.pramd.daemon.memory.MemoryFile;
import io.pramd.daemon.server.Server;

/**
 * Immutable. What every serving needs and no option changes, loaded and linked by other threads
 * while the caller still reads its options. Nothing is opened. Who comes to need a part before it
 * is there waits for it, as for any class that another thread initialises; a part that fails fails
 * again there, and is reported there.
 */
public final class WarmUp {
    private WarmUp() {}

    /** Begins it, and returns at once. */
    public static void begin() {
        beginPart("pramd-warm-memory", MemoryFile::warmUp);
        beginPart("pramd-warm-server", Server::warmUp);
    }

    private static void beginPart(String name, Runnable part) {
        Thread.ofPlatform()
                .daemon()
                .name(name)
                .uncaughtExceptionHandler((thread, error) -> {})
                .start(part);
    }
}
