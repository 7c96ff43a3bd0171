package io.pramd.client.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** One owner. A folder for what nobody keeps, made when it is first needed. */
final class TempFolder implements AutoCloseable {
    private Path folder;

    Path resolve(String name) {
        if (folder == null) {
            try {
                folder = Files.createTempDirectory("pramd-");
            } catch (IOException e) {
                throw new PramdProcessException("cannot create a temporary folder", e);
            }
            ExitHook.created(folder);
        }
        return folder.resolve(name);
    }

    @Override
    public void close() {
        if (folder != null) {
            deleteRecursively(folder);
            ExitHook.removed(folder);
            folder = null;
        }
    }

    static void deleteRecursively(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new PramdProcessException("cannot remove a temporary folder: " + folder, e);
        }
    }
}
