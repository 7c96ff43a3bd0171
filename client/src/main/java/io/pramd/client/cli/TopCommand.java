package io.pramd.client.cli;

import io.pramd.client.PramClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** One owner. {@code pram top}: what the daemon does, again and again. */
@Command(
        name = "top",
        description = {
            "Shows what the daemon does, and goes on showing it: frames, rates, open streams,"
                    + " nodes.",
            "On a terminal: q quits, s sorts, space stands still, h helps. Elsewhere plain text."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:somebody ended it, or --count did",
            "3:the daemon does not answer, or did not at the last look"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  pram top",
            "  pram top src --sort age --interval 5s",
            "  pram top --batch -n 5 > figures.txt",
            "  pram top --json -n 1",
            "",
            "Environment:",
            "  TERM                     where it is dumb or missing: plain text",
            "  NO_COLOR                 if set: no colours"
        })
final class TopCommand implements Callable<Integer> {
    private static final Duration INTERVAL_MIN = Duration.ofMillis(100);

    @ParentCommand private Pram pram;

    @Spec private CommandSpec spec;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "PREFIX",
            defaultValue = "",
            description = "Of the nodes, only those whose names begin with it.")
    private String prefix;

    @Option(
            names = "--interval",
            paramLabel = "TIME",
            defaultValue = "1s",
            converter = DurationConverter.class,
            description = "How long between two looks, at least 100ms. Default: 1s.")
    private Duration interval;

    @Option(
            names = "--sort",
            paramLabel = "ORDER",
            defaultValue = "size",
            completionCandidates = TopSort.Words.class,
            converter = TopSort.Converter.class,
            description = "Nodes by size, by age, or by name. Default: size.")
    private TopSort sort;

    @Option(
            names = {"-b", "--batch"},
            description =
                    "Plain text, one look below the other. Default where stdout is no terminal.")
    private boolean batch;

    @Option(
            names = {"-n", "--count"},
            paramLabel = "N",
            description = "So many looks, then the end. Default: until somebody ends it.")
    private Long count;

    @Option(names = "--json", description = "A JSON object on a line of its own for each look.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        if (interval.compareTo(INTERVAL_MIN) < 0) {
            throw new ParameterException(spec.commandLine(), "--interval: at least 100ms");
        }
        if (count != null && count < 1) {
            throw new ParameterException(spec.commandLine(), "--count: at least 1");
        }
        try (PramClient client = pram.connect()) {
            TopSource source = new TopSource(client, prefix);
            if (isLive()) {
                return TopScreen.run(source, pram, interval, count, sort);
            }
            return printEach(source);
        }
    }

    /** Where nobody sees the screen, or no key can be read, there is none. */
    private boolean isLive() {
        String terminal = pram.variable("TERM");
        return !batch
                && !json
                && pram.io().inIsTerminal()
                && pram.io().outIsTerminal()
                && terminal != null
                && !terminal.equals("dumb");
    }

    private int printEach(TopSource source) throws IOException {
        PrintWriter out = pram.io().text();
        TopView view = new TopView(pram.server());
        for (long looks = 1; ; looks++) {
            TopSample sample = source.look();
            if (json) {
                TopJson.write(out, pram.server(), sample, TopLook.batch(sort));
            } else {
                if (looks > 1) {
                    out.println();
                }
                view.lines(sample, TopLook.batch(sort)).forEach(line -> out.println(line.text()));
            }
            if (pram.io().out().endsWithItsReader()) {
                return 0; // who read it has seen enough
            }
            if (pram.io().out().failure() != null) {
                return exitCode(sample); // unless that is 0: the failure's
            }
            if (count != null && looks >= count) {
                return exitCode(sample);
            }
            sleep();
        }
    }

    /** Of the last look. */
    static int exitCode(TopSample last) {
        return last.failure() == null ? 0 : Failures.exitCode(last.failure());
    }

    private void sleep() {
        try {
            Thread.sleep(interval.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LocalFailure("interrupted", e);
        }
    }
}
