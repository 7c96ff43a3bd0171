package io.pramd.client.cli;

import io.pramd.client.PramClient;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** One owner. {@code pram ping}: does the daemon answer, and how fast? */
@Command(name = "ping", description = "Asks the daemon for a sign of life.")
final class PingCommand implements Callable<Integer> {
    private static final double NANOS_PER_MILLI = 1e6;

    @ParentCommand private Pram pram;

    @Override
    public Integer call() {
        long nanos;
        try (PramClient client = pram.connect()) {
            long start = System.nanoTime();
            client.ping();
            nanos = System.nanoTime() - start;
        }
        PrintWriter out = pram.io().text();
        out.printf(Locale.ROOT, "%s answered in %.1f ms%n", pram.server(), nanos / NANOS_PER_MILLI);
        out.flush();
        return 0;
    }
}
