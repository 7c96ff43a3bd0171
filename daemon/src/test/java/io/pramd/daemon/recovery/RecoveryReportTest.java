package io.pramd.daemon.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.LogLines;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class RecoveryReportTest {
    private final RecoveryReport report = new RecoveryReport();

    private List<String> logged() {
        String name = getClass().getName() + ".log";
        try (LogLines log = new LogLines(name)) {
            report.logTo(LoggerFactory.getLogger(name));
            return log.lines();
        }
    }

    @Test
    void aCleanStartIsNoWarning() {
        report.add("newest committed root 7 taken: nodes=2");

        assertThat(report.isClean()).isTrue();
        assertThat(logged())
                .containsExactly("INFO recovery: newest committed root 7 taken: nodes=2");
    }

    @Test
    void whatWasMendedIsOneBlockOfWarningsThatSaysWhatToDo() {
        report.add("newest committed root 7 taken: nodes=2");
        report.warn("both copies of the super block are equal again");

        assertThat(report.isClean()).isFalse();
        assertThat(logged())
                .hasSize(3)
                .startsWith(
                        "WARN recovery: newest committed root 7 taken: nodes=2",
                        "WARN recovery: both copies of the super block are equal again")
                .last()
                .asString()
                .startsWith("WARN recovery: ")
                .contains("what to do", "docs/operations.md");
    }

    @Test
    void aQuarantinedNodeIsCountedThereAndToldOfByWhoeverFindsIt() {
        report.quarantined("link does not verify");
        report.quarantined("node page does not verify");

        assertThat(report.lines())
                .containsExactly(
                        "quarantined: link does not verify",
                        "quarantined: node page does not verify");
        assertThat(logged())
                .hasSize(2)
                .first()
                .isEqualTo("WARN recovery: nodes are quarantined, a line for each: nodes=2");
    }

    @Test
    void aLongReportDoesNotFillTheLog() {
        for (int i = 0; i < 1000; i++) {
            report.warn("line " + i);
        }

        assertThat(report.lines()).hasSize(1000);
        assertThat(logged())
                .hasSize(202)
                .contains("WARN recovery: and more, see pram info: lines=800");
    }
}
