package io.pramd.daemon.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.client.PeekStream;
import io.pramd.client.PramClient;
import io.pramd.client.SaveOptions;
import io.pramd.client.SaveStream;
import io.pramd.daemon.fixture.Await;
import io.pramd.daemon.fixture.Browser;
import io.pramd.daemon.fixture.DaemonProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;

/**
 * The pictures of the README: the page of a daemon with real data, in both themes. {@code
 * -Ddocs.write=true} takes them into docs/images; else they are in target/screenshots.
 */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class PictureIT {
    private static final int MIB = 1 << 20;
    private static final int BYTES_MAX = 300 << 10;
    private static final int WIDTH = 1400;
    private static final int HEIGHT = 900;

    /** A seed whose map is good to look at. */
    private final Random random = new Random(7);

    @TempDir(factory = Named.class)
    private Path folder;

    /** One owner. The picture shows where the memory file is. */
    private static final class Named implements TempDirFactory {
        @Override
        public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext extension)
                throws IOException {
            return Files.createTempDirectory("pramd-");
        }
    }

    @Test
    void showsARunningDaemonInBothThemes() throws IOException {
        Path modules = Path.of(System.getProperty("java.home"), "lib", "modules");
        String[] options = {"--size", "384M", "--admin", "127.0.0.1:0"};
        try (FileChannel data = FileChannel.open(modules);
                DaemonProcess daemon = DaemonProcess.start(folder.resolve("memory"), options);
                PramClient client = PramClient.connect(daemon.uri());
                Browser browser = Browser.start(folder.resolve("profile"))) {
            fill(client, data);
            try (SaveStream save = client.openSave("models/checkpoint-9");
                    PeekStream peek = client.openPeek("search/index-3")) {
                save.write(slice(data, 14 * MIB));
                peek.readNBytes(3 * MIB);
                for (String theme : new String[] {"light", "dark"}) {
                    Path picture = images().resolve("map-" + theme + ".png");
                    take(browser, daemon.admin(), theme, picture, () -> move(client, save, data));
                    assertThat(picture).isRegularFile();
                    assertThat(Files.size(picture)).isBetween(10_000L, (long) BYTES_MAX);
                }
                save.discard();
            }
            browser.requireQuiet();
            browser.leave();
        }
    }

    /** Nodes of many sizes, with some of them gone and their places taken by others. */
    private void fill(PramClient client, FileChannel data) throws IOException {
        for (int i = 0; i < 48; i++) {
            String name = i % 3 == 0 ? "search/index-" + i / 3 : "sessions/shard-" + i;
            save(client, name, slice(data, i % 3 == 0 ? size(2, 9) : size(0, 3)));
        }
        for (int i = 0; i < 6; i++) {
            save(client, "models/checkpoint-" + i, slice(data, size(8, 20)));
        }
        for (int i = 1; i < 48; i += 5) {
            client.remove(i % 3 == 0 ? "search/index-" + i / 3 : "sessions/shard-" + i);
        }
        client.remove("models/checkpoint-1");
        client.remove("models/checkpoint-4");
        for (int i = 0; i < 30; i++) {
            save(client, "images/worker-" + i, slice(data, size(0, 2)));
        }
    }

    private static void save(PramClient client, String name, byte[] bytes) {
        client.save(name, SaveOptions.defaults().withMeta(Map.of("host", "warm1")), bytes);
    }

    /** Something between two sizes, in MiB. */
    private int size(int from, int to) {
        return from * MIB + 4096 + random.nextInt((to - from) * MIB);
    }

    private byte[] slice(FileChannel data, int bytes) throws IOException {
        ByteBuffer slice = ByteBuffer.allocate(bytes);
        long place = random.nextInt((int) Math.min(data.size(), Integer.MAX_VALUE) - bytes);
        while (slice.hasRemaining() && data.read(slice, place + slice.position()) > 0) {
            continue;
        }
        return slice.array();
    }

    /** What goes on in the daemon while the picture is taken. */
    private void move(PramClient client, SaveStream save, FileChannel data) {
        try {
            save.write(slice(data, MIB / 16));
            client.peek("search/index-4", in -> in.readNBytes(MIB));
            client.find("sessions/shard-2");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void take(
            Browser browser, String page, String theme, Path picture, Runnable moving) {
        browser.screen(WIDTH, HEIGHT, 1, theme);
        browser.open(page);
        browser.awaitText("#state", "Ready"::equals);
        browser.click(".switch label:has([value='node'])");
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(4);
        Await.until(
                "the map is drawn, and something moves",
                () -> {
                    moving.run();
                    return System.nanoTime() > until
                            && isDrawn(browser)
                            && !browser.text("#f-saved").startsWith("0");
                });
        browser.keep(picture);
    }

    private static boolean isDrawn(Browser browser) {
        String[] drawn = browser.attribute("#map", "data-drawn").split("/");
        return drawn.length == 2 && drawn[0].equals(drawn[1]);
    }

    private static Path images() {
        return Boolean.getBoolean("docs.write")
                ? Path.of("../docs/images")
                : Path.of("target/screenshots");
    }
}
