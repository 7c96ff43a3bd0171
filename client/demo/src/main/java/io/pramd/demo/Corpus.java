package io.pramd.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Thread-safe: the documents: the Java sources in a zip file, or all files below a folder. */
final class Corpus implements AutoCloseable {
    private static final long DOCUMENT_BYTES_MAX = 1 << 20;

    private final Path root;
    private final FileSystem zip;
    private final String fingerprint;

    private Corpus(Path root, FileSystem zip, String fingerprint) {
        this.root = root;
        this.zip = zip;
        this.fingerprint = fingerprint;
    }

    static Corpus open(Path path) throws IOException {
        String fingerprint =
                path.getFileName()
                        + " of "
                        + Files.getLastModifiedTime(path)
                        + " bytes="
                        + Files.size(path);
        if (Files.isDirectory(path)) {
            return new Corpus(path, null, fingerprint);
        }
        FileSystem zip = FileSystems.newFileSystem(path);
        return new Corpus(zip.getPath("/"), zip, fingerprint);
    }

    /** What it is called, how long it is and when it was written; of a folder that says little. */
    String fingerprint() {
        return fingerprint;
    }

    /** So many of the documents, evenly from all of them, or else all. */
    List<String> names(int countMax) throws IOException {
        List<String> all;
        try (Stream<Path> files = Files.walk(root)) {
            all = files.filter(this::isDocument).map(this::name).sorted().toList();
        }
        if (all.size() <= countMax) {
            return all;
        }
        return IntStream.range(0, countMax)
                .mapToObj(i -> all.get((int) ((long) i * all.size() / countMax)))
                .toList();
    }

    String text(String name) throws IOException {
        return new String(Files.readAllBytes(root.resolve(name)), StandardCharsets.UTF_8);
    }

    private boolean isDocument(Path file) {
        try {
            return Files.isRegularFile(file)
                    && Files.isReadable(file)
                    && (zip == null || name(file).endsWith(".java"))
                    && Files.size(file) <= DOCUMENT_BYTES_MAX;
        } catch (IOException e) {
            return false; // it has gone meanwhile
        }
    }

    private String name(Path file) {
        return root.relativize(file).toString();
    }

    @Override
    public void close() throws IOException {
        if (zip != null) {
            zip.close();
        }
    }
}
