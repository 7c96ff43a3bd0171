package io.pramd.daemon.cut;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * One owner. Runs scenarios one after the other in a folder of its own, in memory where there is
 * such a place: what would be on a device is simulated.
 */
public final class Simulation implements AutoCloseable {
    private static final Path IN_MEMORY = Path.of("/dev/shm");

    private final Path folder;
    private final ScratchFile file;
    private final Start start;
    private final Image formatted;

    public Simulation() {
        try {
            folder =
                    Files.isWritable(IN_MEMORY)
                            ? Files.createTempDirectory(IN_MEMORY, "pramd-cut-")
                            : Files.createTempDirectory("pramd-cut-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        formatted = Machine.formatted(folder);
        file = new ScratchFile(folder.resolve("m"), Machine.FRAMES);
        start = new Start(folder, Machine.FRAMES);
    }

    /**
     * Runs the scenario of a seed.
     *
     * @param tally counts what is looked at; others may count there, too
     * @throws Fault with the seed, when a start finds what it must not find
     */
    public void run(long seed, Tally tally) {
        runWithout(LeftOut.NOTHING, seed, tally);
    }

    /** The same where a rule does not hold. */
    void runWithout(LeftOut rule, long seed, Tally tally) {
        new Scenario(new Scenario.Bench(file, formatted, start, tally), seed, rule).run();
    }

    @Override
    public void close() {
        file.close();
        start.close();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
