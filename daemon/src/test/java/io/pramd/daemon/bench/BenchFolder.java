package io.pramd.daemon.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * One owner. Where memory files and sockets lie while something is measured; gone with all of them
 * when it is closed, at the latest with this JVM.
 */
final class BenchFolder implements AutoCloseable {
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");

    private final Path folder;
    private final Thread atExit;

    private BenchFolder(Path folder) {
        this.folder = folder;
        atExit = new Thread(() -> deleteRecursively(folder), "bench-folder-end");
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /** In that folder. */
    static BenchFolder in(Path parent) throws IOException {
        return new BenchFolder(Files.createTempDirectory(parent, "pramd-bench-"));
    }

    /** In shared memory where there is room, else where temporary files are. */
    static Path defaultParent(long mebibytes) throws IOException {
        boolean fits =
                Files.isWritable(SHARED_MEMORY)
                        && Files.getFileStore(SHARED_MEMORY).getUsableSpace() >> 20 > mebibytes;
        return fits ? SHARED_MEMORY : Path.of(System.getProperty("java.io.tmpdir"));
    }

    Path path() {
        return folder;
    }

    /** A folder of its own for one case. */
    Path of(CaseName name) throws IOException {
        return Files.createDirectory(folder.resolve(name.toString()));
    }

    /** "tmpfs" say. */
    String fileSystem() throws IOException {
        return Files.getFileStore(folder).type();
    }

    @Override
    public void close() {
        deleteRecursively(folder);
        Runtime.getRuntime().removeShutdownHook(atExit);
    }

    /** What a case has left; the next one needs the room. */
    static void deleteRecursively(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove a folder: " + folder, e);
        }
    }
}
