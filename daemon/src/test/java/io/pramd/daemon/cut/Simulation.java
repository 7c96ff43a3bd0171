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
    private final Image formattedForInlining;

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
        formattedForInlining = Machine.formattedForInlining(folder);
        file = new ScratchFile(folder.resolve("m"), Machine.FRAMES);
        start = new Start(folder, Machine.FRAMES);
    }

    /**
     * Runs the scenario of a seed: of three in a row one where every stream has links, and two
     * where short ones have none.
     *
     * @param tally counts what is looked at; others may count there, too
     * @throws Fault with the seed, when a start finds what it must not find
     */
    public void run(long seed, Tally tally) {
        new Scenario(bench(seed, tally), seed, LeftOut.NOTHING).run();
    }

    private Scenario.Bench bench(long seed, Tally tally) {
        return new Scenario.Bench(
                file, seed % 3 == 0 ? formatted : formattedForInlining, start, tally);
    }

    /** The same where a rule does not hold, and every stream has links. */
    void runWithout(LeftOut rule, long seed, Tally tally) {
        new Scenario(new Scenario.Bench(file, formatted, start, tally), seed, rule).run();
    }

    /** The same, but of small cases all ways to cut the power. */
    void exhaust(long combinationsMax, long seed, Tally tally) {
        new Scenario(bench(seed, tally), seed, LeftOut.NOTHING).exhausting(combinationsMax).run();
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
