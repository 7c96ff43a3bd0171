package io.pramd.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SearchIndexTest {
    @TempDir Path folder;

    @Test
    void readsBackWhatItHasWrittenAndAnswersTheSame() throws IOException {
        Files.writeString(folder.resolve("a.txt"), "pages survive the process");
        Files.writeString(folder.resolve("b.txt"), "pages, pages, and nothing but pages");
        SearchIndex built = build(folder, 10);

        ByteArrayOutputStream out = new ByteArrayOutputStream();
        built.copyTo(out);
        SearchIndex read = SearchIndex.read(new ByteArrayInputStream(out.toByteArray()));

        for (SearchIndex index : new SearchIndex[] {built, read}) {
            assertThat(index.documents()).isEqualTo(2);
            assertThat(index.answer("pages")).isEqualTo(new Answer(2, "b.txt"));
            assertThat(index.answer("survive PAGES")).isEqualTo(new Answer(1, "a.txt"));
            assertThat(index.answer("frames")).isEqualTo(new Answer(0, ""));
            assertThat(index.answer("...")).isEqualTo(new Answer(0, ""));
        }
    }

    @Test
    void takesTheSourcesOfAZipAndAsManyAsItMay() throws IOException {
        Path zip = folder.resolve("src.zip");
        try (FileSystem files =
                FileSystems.newFileSystem(
                        URI.create("jar:" + zip.toUri()), Map.of("create", "true"))) {
            Files.createDirectory(files.getPath("/java"));
            for (int i = 0; i < 10; i++) {
                Files.writeString(files.getPath("/java/C" + i + ".java"), "class C" + i);
            }
            Files.writeString(files.getPath("/java/notes.txt"), "class");
        }

        assertThat(build(zip, 100).answer("class").hits()).isEqualTo(10);
        SearchIndex few = build(zip, 5);
        assertThat(few.answer("class").hits()).isEqualTo(5);
        assertThat(few.answer("c8").best()).isEqualTo("java/C8.java");
    }

    private static SearchIndex build(Path path, int documentsMax) throws IOException {
        try (Corpus corpus = Corpus.open(path)) {
            return SearchIndex.build(corpus, documentsMax);
        }
    }
}
