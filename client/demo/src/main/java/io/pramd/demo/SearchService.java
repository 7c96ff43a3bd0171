package io.pramd.demo;

import io.pramd.client.PramClient;
import io.pramd.client.PramConfig;
import io.pramd.client.WarmCheckpoint;
import io.pramd.client.WarmState;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * One owner: the service. A line of words on its stdin is answered by a line on its stdout: how
 * many documents have all the words, and the best of them. The line {@code !checkpoint} has the
 * index saved. It ends with its input, or on SIGTERM.
 */
@Command(name = "demo-service", mixinStandardHelpOptions = true)
public final class SearchService implements Callable<Integer> {
    private static final String CHECKPOINT = "!checkpoint";

    @Option(names = "--server", required = true, description = "The daemon's URI.")
    private String server;

    @Option(
            names = "--corpus",
            required = true,
            description = "A zip of Java sources, or a folder of texts.")
    private Path path;

    @Option(names = "--documents", description = "So many documents at most.")
    private int documentsMax = Integer.MAX_VALUE;

    @Option(
            names = "--release",
            description = "Of this service: an index of another one is not taken over.")
    private String release = "1";

    private SearchService() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new SearchService()).execute(args));
    }

    @Override
    public Integer call() throws IOException {
        try (Corpus corpus = Corpus.open(path);
                PramClient client = PramClient.lazy(server, PramConfig.defaults());
                WarmState<SearchIndex> warm = start(client, corpus)) {
            say(
                    "READY %s documents=%d bytes=%d indexMillis=%d startMillis=%d",
                    warm.origin().name().toLowerCase(Locale.ROOT),
                    warm.get().documents(),
                    warm.report().bytes(),
                    warm.report().took().toMillis(),
                    sinceStart().toMillis());
            serve(warm);
        }
        return 0;
    }

    private WarmState<SearchIndex> start(PramClient client, Corpus corpus) throws IOException {
        return WarmState.of(client, "index")
                .fingerprint(
                        String.join(
                                ", ",
                                "release " + release,
                                "format " + SearchIndex.FORMAT,
                                corpus.fingerprint(),
                                "at most " + documentsMax))
                .restoreOrBuild(SearchIndex::read, () -> SearchIndex.build(corpus, documentsMax));
    }

    private static void serve(WarmState<SearchIndex> warm) throws IOException {
        BufferedReader in =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (line.equals(CHECKPOINT)) {
                WarmCheckpoint saved = warm.checkpoint();
                say(
                        "CHECKPOINT %s bytes=%d millis=%d",
                        saved.result(), saved.bytes(), saved.took().toMillis());
            } else {
                Answer answer = warm.get().answer(line);
                say("%d\t%s\t%s", answer.hits(), answer.best(), line);
            }
        }
    }

    private static void say(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }

    /** The JVM's own start included. */
    private static Duration sinceStart() {
        Instant now = Instant.now();
        return Duration.between(ProcessHandle.current().info().startInstant().orElse(now), now);
    }
}
