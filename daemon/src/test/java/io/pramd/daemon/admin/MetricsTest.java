package io.pramd.daemon.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pramd.client.LoadStream;
import io.pramd.client.PramClient;
import io.pramd.client.RejectedException;
import io.pramd.daemon.fixture.Await;
import io.pramd.daemon.quota.QuotaLimits;
import io.pramd.daemon.quota.QuotaRules;
import io.pramd.daemon.server.AuditLog;
import io.pramd.daemon.server.Traffic;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 120, unit = TimeUnit.SECONDS)
class MetricsTest {
    private static final int BYTES = 3 * 4096;

    @TempDir Path folder;

    private static double value(String text, String series) {
        return text.lines()
                .filter(line -> line.startsWith(series + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no such series: " + series + "\n" + text));
    }

    private static double sum(String text, String family) {
        return Arrays.stream(text.split("\n"))
                .filter(line -> line.startsWith(family + "{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    @Test
    void countersSayWhatWasDone() {
        try (ServedAdmin served = ServedAdmin.open(folder)) {
            try (PramClient client = PramClient.connect(served.pram())) {
                client.save("a", new byte[BYTES]);
                client.save("b", new byte[BYTES]);
                client.peek("a", MetricsTest::all);
                client.load("b", MetricsTest::all);
                client.stat("a");
                assertThatThrownBy(() -> client.stat("none")).isInstanceOf(RejectedException.class);
                assertThatThrownBy(() -> client.save("a", new byte[1]))
                        .isInstanceOf(RejectedException.class);
                client.remove("a");
            }

            String text = scrapedBehind(served, 4);

            assertThat(value(text, requests("save", "ok"))).isEqualTo(2);
            assertThat(value(text, requests("save", "EEXIST"))).isEqualTo(1);
            assertThat(value(text, requests("finish-save", "ok"))).isEqualTo(2);
            assertThat(value(text, requests("peek", "ok"))).isEqualTo(1);
            assertThat(value(text, requests("load", "ok"))).isEqualTo(1);
            assertThat(value(text, requests("stat", "ok"))).isEqualTo(1);
            assertThat(value(text, requests("stat", "ENOENT"))).isEqualTo(1);
            assertThat(value(text, requests("remove", "ok"))).isEqualTo(1);
            assertThat(value(text, "pramd_loaded_bytes_total")).isEqualTo(2.0 * BYTES);
            assertThat(value(text, "pramd_committed_changes_total")).isEqualTo(4);
            assertThat(value(text, "pramd_commit_duration_seconds_count"))
                    .isEqualTo(value(text, "pramd_commits_total"));
            assertThat(value(text, "pramd_request_duration_seconds_count{verb=\"stat\"}"))
                    .isEqualTo(2);
            assertThat(value(text, "pramd_nodes{state=\"ready\"}")).isZero();
            Traffic traffic = served.server().traffic();
            assertThat(value(text, "pramd_saved_bytes_total")).isEqualTo(traffic.savedBytes());
            assertThat(sum(text, "pramd_requests_total")).isEqualTo(traffic.requests());
        }
    }

    /** The metrics when so many commits are counted, which is done behind their answers. */
    private static String scrapedBehind(ServedAdmin served, int commits) {
        Await.until(
                "the commits are counted",
                () ->
                        value(served.get("/metrics").body(), "pramd_commit_duration_seconds_count")
                                >= commits);
        return served.get("/metrics").body();
    }

    private static byte[] all(LoadStream stream) {
        return stream.readAllBytes();
    }

    private static String requests(String verb, String result) {
        return "pramd_requests_total{result=\"" + result + "\",verb=\"" + verb + "\"}";
    }

    @Test
    void framesAddUpToTheMemory() {
        try (ServedAdmin served = ServedAdmin.open(folder)) {
            String text = served.get("/metrics").body();

            assertThat(sum(text, "pramd_frames")).isEqualTo(value(text, "pramd_memory_frames"));
            assertThat(value(text, "pramd_memory_bytes"))
                    .isEqualTo(4096 * value(text, "pramd_memory_frames"));
            assertThat(value(text, "pramd_recovery_complete")).isEqualTo(1);
        }
    }

    @Test
    void nothingIsSaidOfFramesBeforeTheyAreCounted() {
        try (ServedAdmin served = ServedAdmin.withoutWalk(folder)) {
            String text = served.get("/metrics").body();

            assertThat(text).doesNotContain("pramd_frames{").doesNotContain("pramd_pinned_frames");
            assertThat(value(text, "pramd_recovery_complete")).isZero();
        }
    }

    @Test
    void speaksOpenMetricsToWhoWantsIt() {
        try (ServedAdmin served = ServedAdmin.open(folder)) {
            HttpResponse<String> plain = served.get("/metrics");
            HttpResponse<String> open =
                    served.get("/metrics", "Accept", "application/openmetrics-text;version=1.0.0");

            assertThat(plain.headers().firstValue("content-type").orElseThrow())
                    .startsWith("text/plain");
            assertThat(plain.body()).contains("# TYPE pramd_requests_total counter");
            assertThat(open.headers().firstValue("content-type").orElseThrow())
                    .startsWith("application/openmetrics-text");
            assertThat(open.body()).contains("# TYPE pramd_requests counter").endsWith("# EOF\n");
        }
    }

    @Test
    void quotasAreThereByPrincipalAndPrefix() {
        try (ServedAdmin served = ServedAdmin.open(folder)) {
            QuotaLimits limits =
                    new QuotaLimits(1 << 20, QuotaLimits.UNLIMITED, 7, QuotaLimits.UNLIMITED);
            served.fixture()
                    .store()
                    .quotas()
                    .rules(new QuotaRules(Map.of("shop", limits), Map.of("a", limits), 0));
            try (PramClient client = PramClient.connect(served.pram())) {
                client.save("a", new byte[BYTES]);
            }

            String text = served.get("/metrics").body();

            String shop = "{name=\"shop\",scope=\"principal\"}";
            String prefix = "{name=\"a\",scope=\"prefix\"}";
            assertThat(value(text, "pramd_quota_limit_bytes" + shop)).isEqualTo(1 << 20);
            assertThat(value(text, "pramd_quota_used_bytes" + shop)).isZero();
            assertThat(value(text, "pramd_quota_used_bytes" + prefix)).isEqualTo(BYTES);
            assertThat(value(text, "pramd_quota_used_nodes" + prefix)).isEqualTo(1);
            assertThat(value(text, "pramd_quota_limit_streams" + prefix)).isEqualTo(7);
            assertThat(text).doesNotContain("pramd_quota_limit_nodes");
        }
    }

    @Test
    void withRulesOnlyAdministratorsSeeMetricsAndFaultsAreAmongThem() {
        AuditLog.Sink audit =
                new AuditLog.Sink() {
                    @Override
                    public void write(AuditLog.Doer doer, AuditLog.Deed deed) {}

                    @Override
                    public Map<String, Object> info() {
                        return Map.of("audit.fault", "the disk is full", "audit.lost", 3L);
                    }
                };
        try (ServedAdmin served = ServedAdmin.guarded(folder, audit)) {
            String text = served.get("/metrics", ServedAdmin.as(folder, "operator")).body();

            assertThat(value(text, "pramd_audit_lost_entries_total")).isEqualTo(3);
            assertThat(value(text, "pramd_audit_fault")).isEqualTo(1);
            assertThat(value(text, "pramd_access_fault")).isZero();
            assertThat(served.get("/metrics").statusCode()).isEqualTo(401);
            assertThat(served.get("/metrics", ServedAdmin.as(folder, "user")).statusCode())
                    .isEqualTo(403);
        }
    }
}
