package io.pramd.daemon.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AlternativesTest {
    @TempDir Path folder;

    @Test
    void whatIsNotInstalledIsLeftOutWithALine() throws IOException {
        List<Alternative> wanted = List.of(Alternative.C, Alternative.REDIS, Alternative.NGINX);

        try (Alternatives found = Alternatives.open(wanted, folder, folder.toString())) {
            assertThat(found.skipped())
                    .containsExactly(
                            "c: no gcc here",
                            "redis: no redis-server or valkey-server here",
                            "nginx: no nginx here");
            assertThat(found.start(folder, SocketKind.TCP, Work.of(1, Work.PAGE_BYTES))).isEmpty();
        }
    }
}
