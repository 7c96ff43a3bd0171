package io.pramd.client.testing;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Thread-safe. Knows every daemon that runs and every folder that is to go, and leaves neither
 * behind when this JVM ends before its owner has closed them.
 */
final class ExitHook {
    private static final Set<Process> RUNNING = new LinkedHashSet<>();
    private static final Set<Path> FOLDERS = new LinkedHashSet<>();
    private static boolean isInstalled;
    private static boolean isEnding;

    private ExitHook() {}

    /** Starts a process that {@link #ended} or this hook will end. */
    static synchronized Process start(ProcessBuilder builder) throws IOException {
        install();
        Process process = builder.start();
        RUNNING.add(process);
        return process;
    }

    static synchronized void ended(Process process) {
        RUNNING.remove(process);
    }

    /** A folder that {@link #removed} or this hook will remove. */
    static synchronized void created(Path folder) {
        install();
        FOLDERS.add(folder);
    }

    static synchronized void removed(Path folder) {
        FOLDERS.remove(folder);
    }

    private static void install() {
        if (isEnding) {
            throw new PramdProcessException("no daemon is started while this JVM ends");
        }
        if (!isInstalled) {
            try {
                Thread hook = new Thread(ExitHook::endAll, "pramd-processes-end");
                Runtime.getRuntime().addShutdownHook(hook);
            } catch (IllegalStateException e) {
                throw new PramdProcessException("no daemon is started while this JVM ends", e);
            }
            isInstalled = true;
        }
    }

    private static synchronized void endAll() {
        isEnding = true;
        RUNNING.forEach(ServeRun::killTree);
        RUNNING.forEach(ServeRun::awaitKilled);
        FOLDERS.forEach(TempFolder::deleteRecursively);
    }
}
