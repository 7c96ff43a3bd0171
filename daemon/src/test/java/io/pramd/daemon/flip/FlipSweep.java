package io.pramd.daemon.flip;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.pramd.daemon.flip.FlipTrial.Flip;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.slf4j.LoggerFactory;

/** Immutable. Tries many changes of one file on several threads, each with a copy of its own. */
public final class FlipSweep {
    private static final Path IN_MEMORY = Path.of("/dev/shm");

    private FlipSweep() {}

    /**
     * What came of a sweep.
     *
     * @param tried so many times
     * @param damagedNodes nodes that did not load whole, as they should not
     * @param faults what went wrong, in words
     */
    public record Found(long tried, long damagedNodes, List<String> faults) {}

    /** A new folder where a force costs nothing; or in this one, where there is none such. */
    public static Path folderInMemory(Path otherwise) throws IOException {
        return Files.isWritable(IN_MEMORY)
                ? Files.createTempDirectory(IN_MEMORY, "pramd-flip")
                : otherwise;
    }

    /** A fresh folder, in memory where there is such a file system. */
    public static Path newFolder(String prefix) throws IOException {
        return Files.isWritable(IN_MEMORY)
                ? Files.createTempDirectory(IN_MEMORY, prefix)
                : Files.createTempDirectory(prefix);
    }

    /** Tries all of them; the files are gone behind it. */
    public static Found run(FlipScene scene, Path folder, List<List<Flip>> flips, int threads)
            throws IOException, InterruptedException {
        Logger quarantines = (Logger) LoggerFactory.getLogger("io.pramd.daemon");
        Level before = quarantines.getLevel();
        quarantines.setLevel(Level.ERROR);
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            List<Callable<Found>> parts = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                List<List<Flip>> part = part(flips, i, threads);
                Path file = folder.resolve("flip" + i);
                parts.add(() -> runPart(scene, file, part));
            }
            long tried = 0;
            long damaged = 0;
            List<String> faults = new ArrayList<>();
            for (Future<Found> part : pool.invokeAll(parts)) {
                tried += part.get().tried();
                damaged += part.get().damagedNodes();
                faults.addAll(part.get().faults());
            }
            return new Found(tried, damaged, faults);
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        } finally {
            quarantines.setLevel(before);
        }
    }

    private static List<List<Flip>> part(List<List<Flip>> flips, int index, int of) {
        List<List<Flip>> part = new ArrayList<>();
        for (int i = index; i < flips.size(); i += of) {
            part.add(flips.get(i));
        }
        return part;
    }

    private static Found runPart(FlipScene scene, Path file, List<List<Flip>> flips)
            throws IOException {
        List<String> faults = new ArrayList<>();
        try (FlipTrial trial = new FlipTrial(scene, file)) {
            for (List<Flip> flip : flips) {
                try {
                    trial.run(flip);
                } catch (AssertionError e) {
                    faults.add(e.getMessage());
                }
            }
            return new Found(flips.size(), trial.damagedNodes(), faults);
        } finally {
            Files.deleteIfExists(file.resolveSibling(file.getFileName() + ".pid"));
            Files.deleteIfExists(file);
        }
    }
}
