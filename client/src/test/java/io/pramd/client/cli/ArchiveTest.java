package io.pramd.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pramd.client.LoadOptions;
import io.pramd.client.PageReader;
import io.pramd.client.PageWriter;
import io.pramd.client.PramClient;
import io.pramd.client.SaveOptions;
import io.pramd.protocol.Errno;
import io.pramd.protocol.Features;
import io.pramd.protocol.MessageType;
import io.pramd.protocol.NodeRecord;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What export writes import reads, from one daemon to another, and nothing else. */
class ArchiveTest {
    private static final int PAGE = 4096;
    private static final int LARGE_PAGES = 300;

    private final CommandRunner from = new CommandRunner();
    private final CommandRunner to = new CommandRunner();
    private final PramClient source = PramClient.connect(from.daemon.uri());
    private final PramClient target = PramClient.connect(to.daemon.uri());

    @TempDir private Path folder;
    private Path archive;

    @BeforeEach
    void name() {
        archive = folder.resolve("a.tar");
    }

    @AfterEach
    void close() {
        source.close();
        target.close();
        from.close();
        to.close();
    }

    private static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        new Random(count).nextBytes(bytes);
        return bytes;
    }

    private void savePages(String name, int count) {
        PageWriter writer = source.openPages(name);
        for (int i = 0; i < count; i++) {
            byte[] page = i % 3 == 0 ? new byte[PAGE] : bytes(PAGE);
            writer.append(ByteBuffer.wrap(page), 0x80000000 >>> i % 32);
        }
        writer.finish();
    }

    /** All that a listing and a peek say of what stays the same. */
    static List<String> contents(PramClient client) {
        List<String> nodes = new ArrayList<>();
        for (NodeRecord node : client.list()) {
            StringBuilder text = new StringBuilder();
            text.append(List.of(node.name(), node.type(), node.length(), node.pages()));
            text.append(node.meta());
            try (PageReader reader = client.openRawPeek(node.name(), LoadOptions.defaults())) {
                for (ByteBuffer page = ByteBuffer.allocate(PAGE); reader.next(page.clear()); ) {
                    text.append(' ').append(reader.flags()).append(':').append(reader.csum());
                    text.append(':').append(Arrays.hashCode(page.array()));
                }
            }
            nodes.add(text.toString());
        }
        return nodes;
    }

    private void saveAll() {
        source.save("first", bytes(5000));
        source.save("empty", new byte[0]);
        source.save(
                "page", SaveOptions.defaults().withMeta(Map.of("k=\n", "ü \u0001")), bytes(PAGE));
        for (String name : List.of("..", ".", "/", "a/../../b", "-r", " ", "ü/日本", "%2F", "~")) {
            source.save(name, name.getBytes(StandardCharsets.UTF_8));
        }
        source.save("x".repeat(255), bytes(1));
        source.save("ü".repeat(127), bytes(2));
        savePages("none", 0);
        savePages("few", 3);
        savePages("many", LARGE_PAGES);
        source.save("large", bytes(LARGE_PAGES * PAGE + 1));
    }

    @Test
    void bringsAllNodesOverInTheirOrderThroughAFile() {
        saveAll();
        assertThat(from.run("export", archive.toString())).as(from.stderr()).isZero();
        assertThat(from.stdout()).startsWith("exported 18 nodes, ").hasLineCount(1);
        assertThat(to.run("import", archive.toString())).as(to.stderr()).isZero();
        assertThat(to.stdout()).startsWith("imported 18 nodes, ").hasLineCount(1);
        assertThat(contents(target)).isEqualTo(contents(source)).hasSize(18);
        assertThat(from.stderr() + to.stderr()).isEmpty();
    }

    @Test
    void bringsAllNodesOverThroughAPipe() throws IOException {
        saveAll();
        from.run("export", archive.toString());
        assertThat(from.run("export", "-")).as(from.stderr()).isZero();
        assertThat(members(from.stdoutBytes()).subList(1, 37))
                .as("a pipe gets what a file gets")
                .isEqualTo(members(Files.readAllBytes(archive)).subList(1, 37));
        to.type(from.stdoutBytes());
        assertThat(to.run("import", "-")).as(to.stderr()).isZero();
        assertThat(contents(target)).isEqualTo(contents(source)).hasSize(18);
    }

    private static List<String> members(byte[] tar) throws IOException {
        List<String> members = new ArrayList<>();
        String utf8 = StandardCharsets.UTF_8.name();
        try (TarArchiveInputStream in =
                new TarArchiveInputStream(new ByteArrayInputStream(tar), utf8)) {
            for (TarArchiveEntry e = in.getNextEntry(); e != null; e = in.getNextEntry()) {
                members.add(e.getName() + " " + Arrays.hashCode(in.readAllBytes()));
            }
        }
        return members;
    }

    @Test
    void noMemberLeavesTheTwoFolders() throws IOException {
        saveAll();
        from.run("export", "-");
        assertThat(members(from.stdoutBytes()))
                .hasSize(38)
                .doesNotHaveDuplicates()
                .allSatisfy(
                        member ->
                                assertThat(member)
                                        .matches(
                                                "pramd-archive(-end)? .*"
                                                        + "|(about|nodes)/[^/.-][^/]{0,199} .*"));
    }

    @Test
    void takesOnlyNamesWithThePrefix() {
        saveAll();
        assertThat(from.run("export", archive.toString(), "f")).isZero();
        to.run("import", archive.toString());
        assertThat(target.list()).extracting(NodeRecord::name).containsExactly("first", "few");
    }

    @Test
    void anotherImportGoesOnWhereTheFirstEnded() {
        saveAll();
        from.run("export", archive.toString());
        to.type(head(archive, 30_000));
        assertThat(to.run("import", "-")).isEqualTo(1);
        assertThat(to.stderr())
                .contains("until then: imported ")
                .contains("stdin is no whole archive of pram export: it ")
                .hasLineCount(2);
        int first = target.list().size();
        assertThat(first).isBetween(3, 15);
        assertThat(to.run("import", archive.toString())).as(to.stderr()).isZero();
        assertThat(to.stdout())
                .startsWith("imported " + (18 - first) + " nodes, ")
                .endsWith("; there already " + first + " nodes\n");
        assertThat(contents(target)).isEqualTo(contents(source));
    }

    private static byte[] head(Path file, int count) {
        try {
            return Arrays.copyOf(Files.readAllBytes(file), count);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aTakenNameIsRefusedUnlessItIsToBeReplaced() throws IOException {
        source.save("a", bytes(100));
        source.save("b", bytes(200));
        from.run("export", archive.toString());
        target.save("a", bytes(101));
        assertThat(to.run("import", archive.toString(), "--json")).isEqualTo(11);
        assertThat(to.stderr()).contains("EEXIST").contains("--replace").hasLineCount(1);
        JsonNode json = new ObjectMapper().readTree(to.stdout());
        assertThat(json.get("nodes").asInt()).isOne();
        assertThat(json.get("bytes").asInt()).isEqualTo(200);
        assertThat(json.get("leftOut").get(0).get("name").asText()).isEqualTo("a");
        assertThat(target.stat("a").length()).isEqualTo(101);

        assertThat(to.run("import", archive.toString(), "--replace", "--json")).isZero();
        json = new ObjectMapper().readTree(to.stdout());
        assertThat(json.get("nodes").asInt()).isOne();
        assertThat(json.get("there").asInt()).isOne();
        byte[] come = target.peek("a", in -> in.readAllBytes());
        assertThat(come).isEqualTo(bytes(100));
    }

    @Test
    void aNameThatHeMayNotSaveIsLeftOut() throws IOException {
        source.save("a", bytes(100));
        source.save("b", bytes(200));
        from.run("export", archive.toString());
        for (Errno errno : List.of(Errno.ENOENT, Errno.EACCES)) {
            to.daemon.refuse(MessageType.PREPARE_SAVE, errno, 1);
            assertThat(to.run("import", archive.toString())).isEqualTo(errno.exitCode());
            assertThat(target.stat("b").length()).isEqualTo(200);
        }
    }

    @Test
    void equalMeansEqualFlagsAndMetadataToo() {
        savePages("p", 2);
        source.save("m", bytes(10));
        from.run("export", archive.toString());
        PageWriter other = target.openPages("p");
        other.append(ByteBuffer.wrap(new byte[PAGE]), 0x80000000);
        other.append(ByteBuffer.wrap(bytes(PAGE)), 7);
        other.finish();
        target.save("m", SaveOptions.defaults().withMeta(Map.of("k", "v")), bytes(10));
        assertThat(to.run("import", archive.toString())).isEqualTo(11);
        assertThat(to.stdout()).isEqualTo("imported 0 nodes, 0 B; left out 2 nodes\n");
    }

    @ParameterizedTest
    @ValueSource(ints = {3, LARGE_PAGES})
    void aDamagedNodeIsNamedAndLeftOut(int pages) throws IOException {
        source.save("a", bytes(10));
        savePages("damaged", pages);
        source.save("b", bytes(20));
        List<String> all = contents(source);
        from.daemon.find("damaged").orElseThrow().damage(pages - 1);
        assertThat(from.run("export", archive.toString())).isEqualTo(7);
        assertThat(from.stderr()).contains("damaged").contains("does not verify").hasLineCount(1);
        assertThat(from.stdout()).endsWith("left out 1 node\n");
        assertThat(to.run("import", archive.toString())).isZero();
        assertThat(contents(target)).containsExactly(all.get(0), all.get(2));

        assertThat(from.run("export", "-")).isEqualTo(7);
        assertThat(members(from.stdoutBytes()).subList(1, 5))
                .isEqualTo(members(Files.readAllBytes(archive)).subList(1, 5));
    }

    @Test
    void quarantinedNodesAreNamedAndLeftOut() {
        source.save("a", bytes(10));
        source.save("bad", bytes(10));
        from.daemon.find("bad").orElseThrow().quarantine();
        assertThat(from.run("export", archive.toString(), "--json")).isEqualTo(7);
        assertThat(from.stderr()).contains("pfn 102").contains("broken by a test");
        assertThat(to.run("import", archive.toString())).isZero();
        assertThat(target.list()).hasSize(1);
    }

    @Test
    void whatIsBeingSavedIsNotThereYet() {
        source.save("a", bytes(10));
        PageWriter open = source.openPages("open");
        assertThat(from.run("export", archive.toString())).isZero();
        assertThat(from.stderr()).contains("left out: open: being saved").hasLineCount(1);
        open.discard();
        to.run("import", archive.toString());
        assertThat(target.list()).hasSize(1);
    }

    @Test
    void aNodeBeingLoadedIsExported() {
        source.save("a", bytes(10));
        var load = source.openLoad("a");
        assertThat(from.run("export", archive.toString())).isZero();
        load.abort();
        assertThat(to.run("import", archive.toString())).isZero();
        assertThat(target.list()).hasSize(1);
    }

    @Test
    void expiryIsATimeAndWhatIsOverIsLeftOut() {
        from.daemon.gate().offer(Features.TIME_TO_LIVE);
        to.daemon.gate().offer(Features.TIME_TO_LIVE);
        // the fake daemon counts from a day long ago
        assertThat(from.run("save", "over", archive(1), "--ttl", "1h")).isZero();
        assertThat(from.run("save", "later", archive(2), "--ttl", "20000d")).isZero();
        long expires = source.stat("later").expiryMillis();
        assertThat(from.run("export", archive.toString())).isZero();
        to.daemon.gate().offer(Features.TIME_TO_LIVE | Features.DATES);
        assertThat(to.run("import", archive.toString())).isZero();
        assertThat(to.stderr()).contains("left out: over: its time was over").hasLineCount(1);
        NodeRecord later = target.stat("later");
        assertThat(later.expiryMillis()).isEqualTo(expires);
        assertThat(later.createdMillis()).isEqualTo(source.stat("later").createdMillis());
        to.run("rm", "later");

        to.daemon.gate().offer(Features.TIME_TO_LIVE); // an older one
        long before = System.currentTimeMillis();
        assertThat(to.run("import", archive.toString())).isZero();
        assertThat(to.stderr()).contains("left out: over: its time was over").hasLineCount(1);
        assertThat(to.daemon.find("later").orElseThrow().ttlMillis())
                .isBetween(expires - System.currentTimeMillis(), expires - before);
    }

    private String archive(int count) {
        try {
            return Files.write(folder.resolve("in" + count), bytes(count)).toString();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void theFileIsPrivateAndWholeOrNotThere() throws IOException {
        source.save("a", bytes(10));
        from.daemon.refuse(MessageType.PREPARE_LOAD, Errno.EACCES, 1);
        assertThat(from.run("export", archive.toString())).isEqualTo(Errno.EACCES.exitCode());
        assertThat(list()).isEmpty();
        from.run("export", archive.toString());
        assertThat(list()).containsExactly(archive);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(archive)))
                .isEqualTo("rw-------");
        byte[] whole = Files.readAllBytes(archive);
        from.daemon.cutBefore(MessageType.LIST);
        assertThat(from.run("export", archive.toString())).isEqualTo(3);
        assertThat(archive).hasBinaryContent(whole);
    }

    private List<Path> list() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    @Test
    void usageErrors() {
        from.onTerminal();
        assertThat(from.run("export", "-")).isEqualTo(2);
        assertThat(to.run("export", "-", "--json")).isEqualTo(2);
        assertThat(to.run("export")).isEqualTo(2);
        assertThat(to.run("import")).isEqualTo(2);
        assertThat(to.run("import", folder.toString())).isEqualTo(1);
        assertThat(to.stderr()).contains("folder");
        assertThat(to.run("import", folder.resolve("none").toString())).isEqualTo(1);
    }

    /** Wherever it is cut off or changed: what is imported is right, and what is not is said. */
    @Test
    void nothingWrongComesOutOfABrokenArchive() {
        source.save("a", bytes(5000));
        savePages("p", 2);
        List<String> right = contents(source);
        from.run("export", "-");
        byte[] whole = from.stdoutBytes();
        Random random = new Random(8);
        for (int i = 0; i < 100; i++) {
            byte[] broken =
                    i % 2 == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
            if (i % 2 == 1) {
                broken[random.nextInt(whole.length)] ^= (byte) (1 << random.nextInt(8));
            }
            to.type(broken);
            int code = to.run("import", "-");
            assertThat(to.stderr()).doesNotContain("internal error");
            List<String> come = contents(target);
            if (code == 0) {
                assertThat(come).hasSize(2);
            } else {
                assertThat(to.stderr()).isNotEmpty();
            }
            // names, metadata and flags are as the archive says: tar has no sum for them
            assertThat(come.stream().map(ArchiveTest::pages))
                    .isSubsetOf(right.stream().map(ArchiveTest::pages).toList());
            target.removeAll("");
        }
    }

    private static String pages(String content) {
        return content.replaceAll("^.*?] ?|\\{.*?\\}| -?\\d+:", "");
    }
}
