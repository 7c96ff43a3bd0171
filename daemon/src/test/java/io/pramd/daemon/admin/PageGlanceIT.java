package io.pramd.daemon.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.client.PramClient;
import io.pramd.daemon.fixture.Browser;
import io.pramd.daemon.fixture.Commands;
import io.pramd.daemon.fixture.DaemonProcess;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the page says at a glance is so, and can be read on a small screen. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class PageGlanceIT {
    @TempDir private static Path profile;
    private static Browser browser;

    @TempDir private Path folder;

    private DaemonProcess daemon;

    @BeforeAll
    static void startBrowser() {
        browser = Browser.start(profile);
    }

    @AfterAll
    static void endBrowser() {
        if (browser != null) {
            browser.close();
        }
    }

    @BeforeEach
    void serve() {
        daemon = DaemonProcess.start(folder.resolve("m"), "--admin", "127.0.0.1:0");
    }

    @AfterEach
    void end() {
        browser.leave();
        daemon.close();
    }

    private void look(int width) {
        browser.screen(width, 740, 1, "light");
        browser.open(daemon.admin());
        browser.awaitText("#state", "Ready"::equals);
    }

    private static long cutPixels(String selector) {
        Object cut =
                browser.run(
                        "const box = document.querySelector('%s'); return box.scrollWidth - box.clientWidth"
                                .formatted(selector));
        return ((Number) cut).longValue();
    }

    @Test
    void nothingIsCutOnASmallScreen() {
        try (PramClient client = PramClient.connect(daemon.uri())) {
            client.save("a", new byte[6]);
            client.save("a long name that goes on and on and on and on", new byte[300_000]);
        }
        for (int width : new int[] {360, 320}) {
            look(width);
            browser.awaitText("#nodes tbody tr[data-name='a'] td.number", "6 B"::equals);
            assertThat(cutPixels("#nodes-scroller")).as("nodes at " + width).isZero();
            assertThat(cutPixels(".top nav")).as("sections at " + width).isZero();
            assertThat(cutPixels("html")).as("page at " + width).isZero();
        }
        browser.requireQuiet();
    }

    @Test
    void withoutRequestsThereIsNoTimeThatTheyTook() {
        look(1600);
        browser.awaitText("#chart-free figcaption b", text -> text.contains("iB"));
        assertThat(browser.text("#chart-latency figcaption")).contains("p99 –", "p50 –");
        assertThat(browser.count("#chart-latency .line-a")).isZero();
        assertThat(browser.text("#legend")).contains("99.7 %").doesNotContain("100 %");
        browser.requireQuiet();
    }

    @Test
    void aDaemonThatHangsIsNotReady() {
        look(1600);
        Commands.in(folder).shell("kill -STOP " + daemon.pid());
        try {
            browser.awaitText("#state", "No answer"::equals);
            assertThat(browser.text("#notice-text")).matches("No answer for \\d+ s\\..*");
        } finally {
            Commands.in(folder).shell("kill -CONT " + daemon.pid());
        }
        browser.awaitText("#state", "Ready"::equals);
        browser.requireQuiet();
    }
}
