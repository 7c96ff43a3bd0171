package io.pramd.daemon.scale;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** One owner. {@code scripts/scale}: what a store costs that has many nodes. */
@Command(
        name = "scripts/scale",
        description = {
            "Makes stores of many small nodes in this process, opens each again, and prints a"
                    + " Markdown table: times, CPU and memory for each node."
        })
public final class Scale implements Callable<Integer> {
    private static final int SAMPLE = 10_000;
    private static final int ROUNDS = 5;
    private static final int WARM_UP_NODES = 50_000;
    private static final int LARGE_NODES = 100_000;
    private static final long FRAME_BYTES = 4096;
    private static final long SPARE_BYTES = 256L << 20;

    @Option(
            names = "--nodes",
            split = ",",
            paramLabel = "N",
            description = "Nodes of each store. Default: ${DEFAULT-VALUE}.",
            defaultValue = "1000,100000,1000000")
    private List<Integer> nodes;

    @Option(
            names = "--pages",
            paramLabel = "N",
            description = "Pages of a node. Default: ${DEFAULT-VALUE}.",
            defaultValue = "1")
    private int pages;

    @Option(
            names = "--folder",
            paramLabel = "DIR",
            description = "Where the memory files lie meanwhile. Default: ${DEFAULT-VALUE}.",
            defaultValue = "/dev/shm")
    private Path folder;

    @Option(
            names = "--large",
            paramLabel = "GIB",
            description =
                    "Instead: makes a memory file of that size, full of as many nodes (100000"
                            + " unless told otherwise), its data pages never written, opens it and"
                            + " prints times and memory. Needs a file system that preallocates so"
                            + " much, such as ext4 in a sparse file on a loop device.")
    private long largeGib;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Print this and exit.")
    private boolean help;

    @Spec private CommandSpec spec;

    private PrintWriter out;

    @Override
    public Integer call() throws IOException {
        out = spec.commandLine().getOut();
        if (largeGib != 0) {
            largeFile();
            return 0;
        }
        row(
                "nodes | save, us CPU a node | open, ms | walked, ms | list, ms | heap, bytes a"
                        + " node | outside the heap, bytes a node | beside N nodes: save, us CPU |"
                        + " peek, us CPU | remove, us CPU");
        row("---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---:");
        row(measureAside(WARM_UP_NODES) + " (warms up)");
        for (int count : nodes) {
            row(measureAside(count));
        }
        return 0;
    }

    private String measureAside(int count) throws IOException {
        Path file = folder.resolve("scale-" + ProcessHandle.current().pid() + ".pram");
        try {
            return measure(file, count);
        } finally {
            Files.deleteIfExists(file);
            Files.deleteIfExists(Path.of(file + ".pid"));
        }
    }

    private void largeFile() throws IOException {
        Path file = folder.resolve("large-" + ProcessHandle.current().pid() + ".pram");
        try {
            int count = nodes.size() == 1 ? nodes.getFirst() : LARGE_NODES;
            new LargeFile(file, out).measure(largeGib << 30, count);
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private String measure(Path file, int count) {
        long framesNeeded = (pages == 0 ? 1L : 2L + pages) * (count + 2L * SAMPLE);
        long bytes = framesNeeded * FRAME_BYTES + SPARE_BYTES;
        ScaleFile.format(file, bytes);
        double saved = make(file, count);
        Usage before = Usage.now();
        try (ScaleFile scale = new ScaleFile(file).walk()) {
            Usage after = Usage.now();
            SmallNodes sample = new SmallNodes(scale.store(), pages);
            long begin = System.nanoTime();
            requireAll(sample.list(), count);
            long listed = (System.nanoTime() - begin) / 1_000_000;
            double[] save = new double[ROUNDS];
            double[] peek = new double[ROUNDS];
            double[] remove = new double[ROUNDS];
            for (int round = 0; round < ROUNDS; round++) {
                save[round] = cpuMicros(SAMPLE, () -> sample.save(count, SAMPLE));
                peek[round] = cpuMicros(SAMPLE, () -> sample.peek(count, SAMPLE));
                remove[round] = cpuMicros(SAMPLE, () -> sample.remove(count, SAMPLE));
            }
            long heap = after.heapBytes() - before.heapBytes();
            long outside = after.nativeBytes() - before.nativeBytes();
            return String.format(
                    Locale.ROOT,
                    "%d | %.1f | %d | %d | %d | %d | %d | %.1f | %.1f | %.1f",
                    count,
                    saved,
                    scale.servingMillis(),
                    scale.walkedMillis(),
                    listed,
                    heap / count,
                    outside / count,
                    median(save),
                    median(peek),
                    median(remove));
        }
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private double make(Path file, int count) {
        try (ScaleFile scale = new ScaleFile(file).walk()) {
            return cpuMicros(count, () -> new SmallNodes(scale.store(), pages).save(0, count));
        }
    }

    private static double cpuMicros(int count, Runnable work) {
        long begin = Usage.cpuNanos();
        work.run();
        return (Usage.cpuNanos() - begin) / 1e3 / count;
    }

    private static void requireAll(long listed, int expected) {
        if (listed != expected) {
            throw new IllegalStateException(
                    "not all nodes are there: expected=" + expected + " actual=" + listed);
        }
    }

    private void row(String cells) {
        out.println("| " + cells + " |");
        out.flush();
    }

    /** Starts it. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Scale()).execute(arguments));
    }
}
