package io.pramd.daemon.cli;

import ch.qos.logback.classic.Level;

/** Immutable. From which level on the daemon's log has lines; libraries say INFO at most. */
enum LogLevel {
    ERROR(Level.ERROR),
    WARN(Level.WARN),
    INFO(Level.INFO),
    DEBUG(Level.DEBUG),
    TRACE(Level.TRACE);

    private final Level level;

    LogLevel(Level level) {
        this.level = level;
    }

    /** Of what the daemon itself says. */
    Level own() {
        return level;
    }

    /** Of what anybody else in the process says. */
    Level others() {
        return level.isGreaterOrEqual(Level.INFO) ? level : Level.INFO;
    }
}
