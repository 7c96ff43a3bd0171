package io.pramd.daemon.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.pramd.daemon.fixture.LogLines;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class ConnectionLogTest {
    private final ConnectionLog connection = new ConnectionLog(12);

    @Test
    void everyLineNamesItsConnection() {
        try (LogLines log = new LogLines(ConnectionLog.class.getName())) {
            connection.debug("is idle");
            connection.debug("broke: {}", "a {} b");
            connection.info("from={}: {}", "there", "speaks HTTP");
            connection.warn("is closed: {}", "why");
            connection.error("failed", new IllegalStateException("cause"));
            assertThat(log.lines())
                    .containsExactly(
                            "DEBUG connection=12 is idle",
                            "DEBUG connection=12 broke: a {} b",
                            "INFO connection=12 from=there: speaks HTTP",
                            "WARN connection=12 is closed: why",
                            "ERROR connection=12 failed");
        }
    }

    @Test
    void ofALevelThatIsOffNothingIsPutTogether() {
        Object unread =
                new Object() {
                    @Override
                    public String toString() {
                        throw new AssertionError("nobody reads this");
                    }
                };
        try (LogLines log = new LogLines(ConnectionLog.class.getName())) {
            ((Logger) LoggerFactory.getLogger(ConnectionLog.class)).setLevel(Level.WARN);
            connection.debug("one {}", unread);
            connection.debug("two {} {}", unread, unread);
            connection.info("two {} {}", unread, unread);
            assertThat(log.lines()).isEmpty();
        }
    }
}
