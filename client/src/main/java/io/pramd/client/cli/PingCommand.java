package io.pramd.client.cli;

import io.pramd.client.PramClient;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** One owner. {@code pram ping}: does the daemon answer, and how fast? */
@Command(
        name = "ping",
        description = "Asks the daemon for a sign of life.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:it has answered", "3:nobody answers there"},
        footerHeading = "%nExamples:%n",
        footer = {"  pram ping", "  pram --connect-wait 10s ping"})
final class PingCommand implements Callable<Integer> {
    private static final double NANOS_PER_TENTH = 1e5;

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
        // not printf, whose decimal point comes with the data of all locales
        long tenths = Math.round(nanos / NANOS_PER_TENTH);
        out.println(pram.server() + " answered in " + tenths / 10 + "." + tenths % 10 + " ms");
        out.flush();
        return 0;
    }
}
