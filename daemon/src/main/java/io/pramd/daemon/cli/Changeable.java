package io.pramd.daemon.cli;

import io.pramd.daemon.life.Serving;
import java.time.Duration;
import java.util.Set;

/**
 * Immutable. What may change while a daemon serves. Everything else waits for a restart.
 *
 * @param drain how long running streams may go on after a signal
 * @param savingMax how long a save may be open; zero: as long as it likes
 * @param scrubBytesPerSecond how fast all nodes are read and verified; 0: never
 * @param logFormat how lines of the log are written
 * @param logLevel which lines there are
 */
record Changeable(
        Duration drain,
        Duration savingMax,
        long scrubBytesPerSecond,
        LogFormat logFormat,
        LogLevel logLevel) {
    /** The keys of all this. */
    static final Set<String> KEYS =
            Set.of("drain", "saving-max", "scrub", "log-format", "log-level");

    void applyTo(Serving serving, DaemonLife life) {
        logFormat.use();
        Logging.level(logLevel);
        life.drain(drain);
        serving.change(savingMax, scrubBytesPerSecond);
    }
}
