package io.pramd.daemon.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pramd.client.LoadOptions;
import io.pramd.client.PageReader;
import io.pramd.client.PageWriter;
import io.pramd.client.PramClient;
import io.pramd.client.SaveOptions;
import io.pramd.daemon.fixture.Await;
import io.pramd.daemon.fixture.CommandProcess;
import io.pramd.daemon.fixture.CommandProcess.Ended;
import io.pramd.daemon.fixture.Commands;
import io.pramd.daemon.fixture.DaemonProcess;
import io.pramd.daemon.fixture.Damage;
import io.pramd.daemon.fixture.FaultyWire;
import io.pramd.daemon.fixture.Programs;
import io.pramd.daemon.layout.LinkLayout;
import io.pramd.daemon.layout.NodeLayout;
import io.pramd.protocol.MessageType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Moves stores between daemons with the real commands, and reads archives with other programs. */
class ArchiveIT {
    private static final int PAGE = 4096;
    private static final int MANY = 600;
    private static final String[] NODES = {"greeting", "../../up", "/etc/x", "-rf", "ü/日本 %"};

    /** Of a listing, what another store cannot have. */
    private static final List<String> ITS_OWN = List.of("sequence", "pfn", "saveId");

    @TempDir Path folder;

    @TempDir static Path exported;

    private Commands commands;

    /** An archive of some nodes, and the bytes of one of them. */
    @BeforeAll
    static void export() {
        try (DaemonProcess daemon = DaemonProcess.start(exported.resolve("m"));
                PramClient client = PramClient.connect(daemon.uri())) {
            save(client);
            Commands there = Commands.in(exported).with("PRAM_SERVER", daemon.uri());
            succeeds(there.pram("export", "a.tar"));
            succeeds(there.pram("load", "pages", "p"));
        }
    }

    @BeforeEach
    void commands() {
        commands = Commands.in(folder);
    }

    private static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        new Random(count).nextBytes(bytes);
        return bytes;
    }

    private static void save(PramClient client) {
        for (int i = 0; i < NODES.length; i++) {
            client.save(NODES[i], bytes(1000 * i));
        }
        client.save("bytes", bytes(MANY * PAGE + 1));
        PageWriter pages =
                client.openPages(
                        "pages",
                        SaveOptions.defaults()
                                .withMeta(Map.of("of", "a service", "empty", ""))
                                .withTimeToLive(Duration.ofDays(1)));
        for (int i = 0; i < MANY; i++) {
            pages.append(ByteBuffer.wrap(i % 2 == 0 ? new byte[PAGE] : bytes(PAGE)), 1 << i % 32);
        }
        pages.finish();
        client.save("b", bytes(7));
    }

    private static List<String> pages(PramClient client) {
        List<String> pages = new ArrayList<>();
        client.list()
                .forEach(
                        node -> {
                            ByteBuffer page = ByteBuffer.allocate(PAGE);
                            try (PageReader reader =
                                    client.openRawPeek(node.name(), LoadOptions.defaults())) {
                                while (reader.next(page.clear())) {
                                    pages.add(
                                            List.of(
                                                            node.name(),
                                                            reader.flags(),
                                                            reader.csum(),
                                                            Arrays.hashCode(page.array()))
                                                    .toString());
                                }
                            }
                        });
        return pages;
    }

    private List<JsonNode> listed(Commands there) throws IOException {
        List<JsonNode> nodes = new ArrayList<>();
        for (JsonNode node : new ObjectMapper().readTree(there.pram("ls", "--json").stdout())) {
            nodes.add(((ObjectNode) node).remove(ITS_OWN));
        }
        return nodes;
    }

    @Test
    void aStoreMovesToAnotherFileOfAnotherSize() throws IOException {
        try (DaemonProcess from = DaemonProcess.start(folder.resolve("m"), "--size", "64M");
                DaemonProcess to = DaemonProcess.start(folder.resolve("n"), "--size", "32M");
                PramClient source = PramClient.connect(from.uri());
                PramClient target = PramClient.connect(to.uri())) {
            save(source);
            Commands there = commands.with("PRAM_SERVER", from.uri());
            Commands here = commands.with("PRAM_SERVER", to.uri());
            succeeds(there.pram("export", "a.tar"));
            Ended imported = here.pram("import", "a.tar");
            succeeds(imported);
            assertThat(imported.stdout()).startsWith("imported 8 nodes, ");
            assertThat(listed(here)).isEqualTo(listed(there)).hasSize(8);
            assertThat(pages(target)).isEqualTo(pages(source));

            succeeds(here.pram("rm", "--all", "--yes"));
            succeeds(
                    commands.shell(
                            "set -o pipefail; pram --server "
                                    + from.uri()
                                    + " export - | pram --server "
                                    + to.uri()
                                    + " import -"));
            assertThat(listed(here)).isEqualTo(listed(there));
            assertThat(pages(target)).isEqualTo(pages(source));
            assertThat(from.stop()).isZero();
            assertThat(to.stop()).isZero();
        }
        succeeds(commands.pramd("fsck", "n"));
    }

    private static void succeeds(Ended ended) {
        assertThat(ended.exitCode()).as(ended.stderr() + ended.stdout()).isZero();
        assertThat(ended.stderr()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "tar, tar, tar xf, tar tf",
        "bsdtar, libarchive-tools, bsdtar xf, bsdtar tf",
        "python3, python3, python3 -m tarfile -e, python3 -m tarfile -l"
    })
    void otherProgramsListAndExtractIt(
            String program, String fromPackage, String extract, String list) throws IOException {
        Programs.assumeIsHere(program, fromPackage);
        Commands anywhere = commands.with("LC_ALL", "C.UTF-8");
        Ended listed = anywhere.shell(list + " " + exported.resolve("a.tar"));
        succeeds(listed);
        assertThat(listed.stdout().lines().map(String::strip))
                .hasSize(18)
                .contains("pramd-archive", "nodes/greeting", "about/%2E.%2F..%2Fup");
        Path x = Files.createDirectory(folder.resolve("x"));
        succeeds(anywhere.shell("cd x && " + extract + " " + exported.resolve("a.tar")));
        try (Stream<Path> files = Files.list(x)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "about", "nodes", "pramd-archive", "pramd-archive-end");
        }
        assertThat(x.resolve("nodes/bytes")).hasBinaryContent(bytes(MANY * PAGE + 1));
        assertThat(x.resolve("nodes/pages"))
                .hasBinaryContent(Files.readAllBytes(exported.resolve("p")));
        assertThat(x.resolve("about/pages"))
                .content()
                .startsWith("{\"name\":\"pages\",\"type\":\"page\",\"length\":2457600,")
                .contains("}\n00000001 98f94189\n")
                .hasLineCount(1 + MANY);
    }

    private ByteBuffer page(long pfn) {
        return ByteBuffer.wrap(Damage.frame(folder.resolve("m"), pfn))
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Page 7 of a node is damaged, and a link of another one. */
    private void damage() throws IOException {
        long first;
        long second;
        try (DaemonProcess daemon = DaemonProcess.start(folder.resolve("m"));
                PramClient client = PramClient.connect(daemon.uri())) {
            client.save("a", bytes(10));
            client.save("page", bytes(MANY * PAGE));
            client.save("link", bytes(MANY * PAGE + 5));
            client.save("z", bytes(20));
            first = client.stat("page").pfn();
            second = client.stat("link").pfn();
            assertThat(daemon.stop()).isZero();
        }
        Path memory = folder.resolve("m");
        Damage.flip(memory, LinkLayout.entryPfn(page(NodeLayout.linkPfn(page(first))), 7), 1);
        Damage.zero(memory, LinkLayout.linkPfn(page(NodeLayout.linkPfn(page(second)))));
    }

    @Test
    void whatIsDamagedIsLeftOutOrSalvaged() throws IOException {
        damage();
        try (DaemonProcess from = DaemonProcess.start(folder.resolve("m"));
                DaemonProcess to = DaemonProcess.start(folder.resolve("n"));
                PramClient target = PramClient.connect(to.uri())) {
            from.awaitRecovery(); // which finds links that are damaged
            Commands there = commands.with("PRAM_SERVER", from.uri());
            Commands here = commands.with("PRAM_SERVER", to.uri());
            for (String file : List.of("a.tar", "-")) {
                Ended left = there.shell("pram export " + file + " > b.tar");
                assertThat(left.exitCode()).as(left.stderr()).isEqualTo(7);
                assertThat(left.stderr())
                        .contains("left out: page: ")
                        .contains("left out: link: quarantined: pfn=")
                        .hasLineCount(2);
                String name = file.equals("-") ? "b.tar" : file;
                assertThat(here.pram("import", name).exitCode()).isZero();
                assertThat(target.list()).extracting(node -> node.name()).containsExactly("a", "z");
            }
            Ended salvaged = there.pram("export", "s.tar", "--salvage");
            assertThat(salvaged.exitCode()).as(salvaged.stderr()).isEqualTo(6);
            assertThat(salvaged.stderr())
                    .contains("salvaged: page: missing: 1 of 600 pages")
                    .contains("salvaged: link: missing: 255 of 601 pages");
            Ended careful = here.pram("import", "s.tar");
            assertThat(careful.exitCode()).isEqualTo(7);
            assertThat(careful.stderr())
                    .contains("pages are missing in the archive")
                    .hasLineCount(2);
            assertThat(target.list()).hasSize(2);
            assertThat(here.pram("import", "s.tar", "--salvage").exitCode()).isEqualTo(6);
            byte[] left = bytes(MANY * PAGE);
            Arrays.fill(left, 7 * PAGE, 8 * PAGE, (byte) 0);
            byte[] come = target.peek("page", in -> in.readAllBytes());
            assertThat(come).isEqualTo(left);
            left = bytes(MANY * PAGE + 5);
            Arrays.fill(left, LinkLayout.ENTRIES * PAGE, 2 * LinkLayout.ENTRIES * PAGE, (byte) 0);
            come = target.peek("link", in -> in.readAllBytes());
            assertThat(come).isEqualTo(left);
        }
    }

    /** An archive that fills the other store: what came before is there, the rest comes later. */
    @Test
    @Tag("full")
    void whatDoesNotFitComesLater() throws IOException {
        try (DaemonProcess from = DaemonProcess.start(folder.resolve("m"), "--size", "64M");
                DaemonProcess to = DaemonProcess.start(folder.resolve("n"), "--size", "8M");
                PramClient source = PramClient.connect(from.uri());
                PramClient target = PramClient.connect(to.uri())) {
            for (int i = 0; i < 6; i++) {
                source.save("n" + i, bytes(2_000_000 + i));
            }
            succeeds(commands.with("PRAM_SERVER", from.uri()).pram("export", "a.tar"));
            Commands here = commands.with("PRAM_SERVER", to.uri());
            Ended full = here.pram("import", "a.tar");
            assertThat(full.exitCode()).isEqualTo(17);
            assertThat(full.stderr()).contains("until then: imported 3 nodes").contains("ENOMEM");
            assertThat(target.list()).hasSize(3);
            target.grow(32 << 20);
            Ended rest = here.pram("import", "a.tar");
            succeeds(rest);
            assertThat(rest.stdout()).contains("imported 3 nodes").contains("already 3 nodes");
            assertThat(pages(target)).isEqualTo(pages(source));
        }
    }

    @Test
    @Tag("full")
    void aSignalLeavesNoFile() throws Exception {
        CountDownLatch isOver = new CountDownLatch(1);
        try (DaemonProcess daemon = DaemonProcess.start(folder.resolve("m"));
                PramClient client = PramClient.connect(daemon.uri());
                FaultyWire wire = new FaultyWire(daemon.uri())) {
            client.save("n", bytes(3_000_000));
            wire.garble((direction, type, bytes) -> hold(type, isOver));
            Path out = Files.createDirectory(folder.resolve("out"));
            Commands there = commands.with("PRAM_SERVER", wire.uri());
            try (CommandProcess export = there.startPram("export", "out/a.tar")) {
                Await.until("it has begun", () -> !isEmpty(out));
                HoldingClient.signal("TERM", export.pid());
                assertThat(export.end().exitCode()).isEqualTo(128 + 15);
            } finally {
                isOver.countDown();
            }
            assertThat(out).isEmptyDirectory();
        }
    }

    /** Else an export may be faster than a signal, in part or as a whole. */
    private static FaultyWire.Flip hold(MessageType type, CountDownLatch until) {
        if (type == MessageType.PAGES) {
            try {
                until.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        return null;
    }

    private static boolean isEmpty(Path place) {
        try (Stream<Path> files = Files.list(place)) {
            return files.findAny().isEmpty();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
