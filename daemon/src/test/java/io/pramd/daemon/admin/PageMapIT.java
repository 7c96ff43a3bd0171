package io.pramd.daemon.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.Browser;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where frames lie on the map of the page, for every size of its blocks; no daemon is needed. */
class PageMapIT {
    @TempDir private Path folder;

    /** The place of a frame, the frame at a place, and where a sheet paints it are one. */
    @Test
    void aFrameIsWhereItIsPaintedAndFound() throws IOException {
        Path page = Files.write(folder.resolve("page.html"), resource("page.html"));
        String script = new String(resource("page-map.js"), StandardCharsets.UTF_8);
        try (Browser browser = Browser.start(folder.resolve("profile"))) {
            browser.open(page.toUri().toString());
            Object found = browser.run(script);
            assertThat(found).isInstanceOf(Long.class).isNotEqualTo(0L);
        }
    }

    /** From a folder or a jar: the browser reads neither. */
    private static byte[] resource(String name) throws IOException {
        try (InputStream in = PageMapIT.class.getResourceAsStream(name)) {
            return in.readAllBytes();
        }
    }
}
