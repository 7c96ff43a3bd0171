package io.pramd.daemon.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.client.PramClient;
import io.pramd.client.PramConfig;
import io.pramd.client.SaveOptions;
import io.pramd.client.SaveStream;
import io.pramd.daemon.fixture.Await;
import io.pramd.daemon.fixture.Browser;
import io.pramd.daemon.fixture.Commands;
import io.pramd.daemon.fixture.DaemonProcess;
import io.pramd.daemon.fixture.Damage;
import io.pramd.daemon.layout.LinkLayout;
import io.pramd.daemon.layout.NodeLayout;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openqa.selenium.Keys;

/** The page in a real browser, over a real daemon. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class PageIT {
    private static final int PAGE = 4096;
    private static final List<String> STATES =
            List.of(
                    "free",
                    "data",
                    "metadata",
                    "saving",
                    "held",
                    "pinned",
                    "banned",
                    "quarantined");

    @TempDir private static Path profile;
    private static Browser browser;

    @TempDir private Path folder;

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

    /** The page of a daemon that is gone has nobody to ask. */
    @AfterEach
    void leave() {
        browser.leave();
    }

    private DaemonProcess serve(String... more) {
        String[] options = new String[more.length + 2];
        options[0] = "--admin";
        options[1] = "127.0.0.1:0";
        System.arraycopy(more, 0, options, 2, more.length);
        return DaemonProcess.start(folder.resolve("m"), options);
    }

    private static void look(DaemonProcess daemon) {
        browser.screen(1600, 1000, 1, "light");
        browser.open(daemon.admin());
        browser.awaitText("#state", "Ready"::equals);
        awaitMap();
    }

    private static void awaitMap() {
        Await.until(
                "the map is drawn",
                () -> {
                    String[] drawn = browser.attribute("#map", "data-drawn").split("/");
                    return drawn.length == 2 && drawn[0].equals(drawn[1]);
                });
    }

    private static long frames(String state) {
        String count = browser.attribute("#map", "data-" + state);
        return count.isEmpty() ? -1 : Long.parseLong(count);
    }

    private static byte[] bytes(int pages) {
        byte[] bytes = new byte[pages * PAGE - 7];
        new Random(pages).nextBytes(bytes);
        return bytes;
    }

    private static String row(String name) {
        return "#nodes tbody tr[data-name='" + name + "']";
    }

    @Test
    void countsOfTheMapAreThoseOfInfo() {
        try (DaemonProcess daemon = serve("--durability", "process");
                PramClient client = PramClient.connect(daemon.uri())) {
            client.save("a", bytes(700));
            client.save("b", bytes(3));
            client.save("c", bytes(300));
            client.remove("a");
            look(daemon);

            Commands commands = Commands.in(folder).with("PRAM_SERVER", daemon.uri());
            List<String> info = commands.pram("info").stdout().lines().toList();
            Await.until(
                    "the map's figures are those of pram info",
                    () ->
                            info.contains("frames.free: " + frames("free"))
                                    && info.contains("frames.held: " + frames("held"))
                                    && info.contains("frames.total: " + frames("total")));
            assertThat(STATES.stream().mapToLong(PageIT::frames).sum()).isEqualTo(frames("total"));
            assertThat(frames("data")).isEqualTo(303);
            for (String state : STATES) {
                assertThat(browser.attribute("#legend [data-state='" + state + "']", "data-count"))
                        .isEqualTo(Long.toString(frames(state)));
            }
            assertThat(browser.count("#nodes tbody tr[data-name]")).isEqualTo(2);
            Await.until(
                    "each letter of the map is counted in the legend",
                    () -> STATES.stream().allMatch(state -> painted(state) == frames(state)));
            browser.requireQuiet();
        }
    }

    /** Frames that the map paints as of a state: each dot of it is one here. */
    private static long painted(String state) {
        assertThat(browser.attribute("#map", "data-level")).isEqualTo("0");
        return (long)
                browser.run(
                        """
                        const kind = STATES.findIndex((state) => state.name === '%s');
                        return map.everything(0).reduce((sum, sheet) => sum + sheet.cells
                            .filter((cell) => Math.floor(cell / FILLS) === kind).length, 0);
                        """
                                .formatted(state));
    }

    @Test
    void aSaveAppearsWhileItRuns() {
        try (DaemonProcess daemon = serve();
                PramClient client = PramClient.connect(daemon.uri())) {
            look(daemon);
            SaveOptions options = SaveOptions.defaults().withDeclaredBytes(4000L * PAGE);
            try (SaveStream save = client.openSave("warm/cache", options)) {
                save.write(bytes(3000));
                Await.until("frames being saved", () -> frames("saving") > 1000);
                browser.find(row("warm/cache") + "[data-state='saving']");
                browser.find("#clients .stream[data-name='warm/cache'][data-kind='save']");
                save.finish();
            }
            browser.find(row("warm/cache") + "[data-state='ready']");
            Await.until(
                    "all of it is data",
                    () -> frames("data") == 3000 && !browser.has("#clients .stream"));
            browser.requireQuiet();
        }
    }

    @Test
    void aNodeIsRemovedThroughTheDialog() throws IOException {
        Commands commands = Commands.in(folder);
        String tokens = folder.resolve("tokens").toString();
        String token = commands.pramd("token", "add", "boss", "--tokens", tokens).stdout().strip();
        Path rules =
                Files.writeString(
                        folder.resolve("access.toml"),
                        """
                        [principal.boss]
                        token = true
                        allow = [{ verbs = "all", prefix = "" }]
                        """);
        PramConfig config = PramConfig.defaults().withToken(token);
        try (DaemonProcess daemon = serve("--access", rules.toString(), "--tokens", tokens);
                PramClient client = PramClient.connect(daemon.uri(), config)) {
            client.save("old", bytes(500));
            client.save("kept", bytes(20));
            browser.screen(1600, 1000, 1, "light");
            browser.open(daemon.admin());
            browser.awaitText("#state", "Token needed"::equals);
            browser.type("#token", "pramd_wrong" + Keys.ENTER);
            browser.awaitText("#token-wrong", text -> !text.isEmpty());
            browser.type("#token", token + Keys.ENTER);
            browser.awaitText("#state", "Ready"::equals);

            browser.click(row("old"));
            browser.awaitText("#details-title", "old"::equals);
            browser.click("#remove");
            long sequence = client.stat("old").sequence();
            assertThat(browser.text("#remove-dialog"))
                    .contains("old", "1.95 MiB", Long.toString(sequence));
            browser.click("#remove-confirm");
            Await.until("the node has gone", () -> !browser.has(row("old")));
            Await.until("its frames are not data any more", () -> frames("data") == 20);
            browser.find(row("kept"));

            assertThat(client.find("old")).isEmpty();
            assertThat(
                            (String)
                                    browser.run(
                                            "return JSON.stringify(localStorage) +"
                                                    + " document.cookie"))
                    .doesNotContain(token);
            browser.requireQuiet("401 (Unauthorized)", "403 (Forbidden)");
        }
    }

    @Test
    void withoutRulesNothingCanBeRemoved() {
        try (DaemonProcess daemon = serve();
                PramClient client = PramClient.connect(daemon.uri())) {
            client.save("a", bytes(2));
            look(daemon);
            browser.click(row("a"));
            browser.awaitText("#remove-why", text -> text.contains("off: no rules"));
            assertThat(browser.find("#remove").isEnabled()).isFalse();
            browser.requireQuiet();
        }
    }

    @Test
    void aQuarantinedNodeSaysWhyAndWhatToDo() {
        long pfn;
        Path memory = folder.resolve("m");
        try (DaemonProcess daemon = DaemonProcess.start(memory);
                PramClient client = PramClient.connect(daemon.uri())) {
            client.save("model", bytes(600));
            client.save("other", bytes(2));
            pfn = client.stat("model").pfn();
            assertThat(daemon.stop()).isZero();
        }
        ByteBuffer node = ByteBuffer.wrap(Damage.frame(memory, pfn)).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer link =
                ByteBuffer.wrap(Damage.frame(memory, NodeLayout.linkPfn(node)))
                        .order(ByteOrder.LITTLE_ENDIAN);
        Damage.zero(memory, LinkLayout.linkPfn(link));
        try (DaemonProcess daemon = serve()) {
            look(daemon);
            browser.click(row("model") + "[data-state='quarantined']");
            browser.awaitText("#details-title", "model"::equals);
            assertThat(browser.text("#details-reason"))
                    .contains("link")
                    .contains("pram load --quarantined " + pfn + " --salvage FILE");
            Await.until("its frames are shown", () -> frames("quarantined") > 0);
            assertThat(browser.text("#recovery")).contains("was set aside");
            browser.requireQuiet();
        }
    }

    @Test
    void whatClientsWriteIsShownAndDoesNothing() {
        String markup = "<img src=x onerror=alert(1)>";
        SaveOptions options =
                SaveOptions.defaults()
                        .withMeta(
                                Map.of(
                                        "__proto__",
                                        markup,
                                        "k",
                                        "\u2067b\u0001" + "w".repeat(300)));
        try (DaemonProcess daemon = serve();
                PramClient client = PramClient.connect(daemon.uri())) {
            client.save(markup + "\u202egpj", options, bytes(2));
            look(daemon);
            browser.click("#nodes tbody tr[data-name]");
            browser.awaitText("#details-title", (markup + "\\u202egpj")::equals);
            assertThat(browser.text("#metadata"))
                    .contains("__proto__", markup, "\\u2067b\\u0001www");
            assertThat(browser.has("main img")).isFalse();
            browser.requireQuiet();
        }
    }

    @Test
    void theKeyboardIsEnough() {
        try (DaemonProcess daemon = serve();
                PramClient client = PramClient.connect(daemon.uri())) {
            client.save("one", bytes(50));
            client.save("two", bytes(50));
            long pfn = client.stat("one").pfn();
            look(daemon);
            browser.find("#map").sendKeys(Keys.HOME);
            browser.awaitText("#map-said", text -> text.startsWith("Frame 0 "));
            browser.press("+");
            assertThat(browser.attribute("#map", "data-zoomed")).isEqualTo("true");
            browser.press("0");
            assertThat(browser.attribute("#map", "data-zoomed")).isEqualTo("false");
            browser.run("map.moveTo(" + pfn + ")");
            browser.awaitText("#map-said", text -> text.contains("one"));
            browser.press(Keys.ENTER);
            browser.awaitText("#details-title", "one"::equals);
            browser.press(Keys.ESCAPE);
            Await.until("the focus is back on the map", () -> browser.focused().equals("map"));

            browser.find(row("two")).sendKeys(Keys.ARROW_DOWN, Keys.ENTER);
            browser.awaitText("#details-title", "one"::equals);
            browser.requireQuiet();
        }
    }

    @Test
    void aDaemonThatGoesAndComesBackIsFollowed() {
        Path memory = folder.resolve("m");
        String admin;
        try (DaemonProcess daemon = serve();
                PramClient client = PramClient.connect(daemon.uri())) {
            client.save("a", bytes(10));
            look(daemon);
            admin = daemon.admin();
            assertThat(daemon.stop()).isZero();
            browser.awaitText("#state", "Unreachable"::equals);
        }
        String address = admin.substring("http://".length(), admin.length() - 1);
        try (DaemonProcess daemon = DaemonProcess.start(memory, "--admin", address);
                PramClient client = PramClient.connect(daemon.uri())) {
            browser.awaitText("#state", "Ready"::equals);
            client.save("b", bytes(10));
            browser.find(row("b"));
            browser.requireQuiet("net::ERR");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "light, 1600, 1000, 1",
        "dark, 1600, 1000, 1",
        "dark, 2400, 1300, 1",
        "light, 390, 844, 2",
        "dark, 360, 740, 2"
    })
    void looksRight(String scheme, int width, int height, double ratio) {
        try (DaemonProcess daemon = serve();
                PramClient client = PramClient.connect(daemon.uri())) {
            for (int i = 0; i < 60; i++) {
                SaveOptions options = SaveOptions.defaults().withMeta(Map.of("part", "" + i));
                client.save("cache/part-" + i, options, bytes(1 + i * i % 270));
            }
            for (int i = 0; i < 60; i += 4) {
                client.remove("cache/part-" + i);
            }
            browser.screen(width, height, ratio, scheme);
            browser.open(daemon.admin());
            browser.awaitText("#state", "Ready"::equals);
            awaitMap();
            browser.find(row("cache/part-59"));
            assertThat(
                            browser.run(
                                    "const all = document.documentElement;"
                                            + " return all.scrollWidth - all.clientWidth"))
                    .as("pixels to scroll sideways")
                    .isEqualTo(0L);
            browser.keep(Path.of("target/screenshots/" + scheme + "-" + width + ".png"));
            browser.click(row("cache/part-59"));
            browser.awaitText("#details-title", "cache/part-59"::equals);
            browser.keep(Path.of("target/screenshots/" + scheme + "-" + width + "-node.png"));
            browser.requireQuiet();
        }
    }
}
