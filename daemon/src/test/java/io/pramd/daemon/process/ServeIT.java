package io.pramd.daemon.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.client.PramClient;
import io.pramd.client.SaveOptions;
import io.pramd.daemon.fixture.CommandProcess.Ended;
import io.pramd.daemon.fixture.Commands;
import io.pramd.daemon.fixture.CraftedFile;
import io.pramd.daemon.fixture.DaemonProcess;
import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.layout.SuperBlockLayout;
import io.pramd.daemon.memory.PageChecksum;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code pramd serve} says when it starts, and when it refuses to. */
class ServeIT {
    private static final int USAGE = 2;
    private static final int ENOENT = 10;
    private static final int EEXIST = 11;
    private static final int EBUSY = 12;
    private static final int EINVAL = 15;
    private static final int ENAMETOOLONG = 16;

    @TempDir Path folder;

    private Path memory;
    private Commands commands;

    @BeforeEach
    void prepare() {
        memory = folder.resolve("m");
        commands = Commands.in(folder);
    }

    private Ended serve(String... more) {
        String[] args = new String[more.length + 3];
        args[0] = "serve";
        args[1] = "--memory";
        args[2] = memory.toString();
        System.arraycopy(more, 0, args, 3, more.length);
        return commands.pramd(args);
    }

    @Test
    void printsReadyAndItsListenersAndNothingElse() {
        String unix = "pram+unix://" + folder.resolve("s");
        try (DaemonProcess daemon =
                DaemonProcess.start(
                        memory,
                        "--listen",
                        "pram://127.0.0.1:0",
                        "--listen",
                        unix,
                        "--listen",
                        "pram://127.0.0.1:0")) {
            assertThat(daemon.ready())
                    .matches(
                            "READY pram://127\\.0\\.0\\.1:[1-9]\\d* \\Q"
                                    + unix
                                    + "\\E pram://127\\.0\\.0\\.1:[1-9]\\d*");
            for (String uri : daemon.ready().substring("READY ".length()).split(" ")) {
                try (PramClient client = PramClient.connect(uri)) {
                    client.ping();
                }
            }

            assertThat(daemon.stop()).isZero();

            assertThat(daemon.stdoutRest()).isEmpty();
            assertThat(daemon.log()).contains("recovery: references counted", "stopped cleanly");
        }
    }

    @Test
    void listensOnThePramPortOfLoopbackUnlessToldOtherwise() throws Exception {
        try (ServerSocket taken = takePramPort()) {
            Ended refused = serve("--size", "4M");

            assertThat(refused.exitCode()).as(refused.stderr()).isEqualTo(EBUSY);
            assertThat(refused.stderr())
                    .contains("pramd: EBUSY:", "pram://127.0.0.1:7726", "already in use");
            assertThat(refused.stdout()).isEmpty();
            assertThat(taken == null || taken.isBound()).isTrue();
        }
    }

    /** Null when somebody else has it: as good. */
    private static ServerSocket takePramPort() {
        try {
            return new ServerSocket(7726, 1, InetAddress.getByName("127.0.0.1"));
        } catch (IOException e) {
            return null;
        }
    }

    @Test
    void leavesTheMemoryFileToOthersWhenThePortIsTaken() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            String uri = "pram://127.0.0.1:" + taken.getLocalPort();
            assertThat(serve("--size", "4M", "--listen", uri).exitCode()).isEqualTo(EBUSY);
        }
        assertThat(folder.resolve("m.pid")).doesNotExist();
        try (DaemonProcess daemon = DaemonProcess.start(memory)) {
            assertThat(daemon.stop()).isZero();
        }
    }

    @Test
    void listensBeyondLoopbackOnlyWhenInsecure() {
        String beyond = "pram://192.0.2.1:7726"; // an address for examples: nobody has it

        Ended refused = serve("--size", "4M", "--listen", beyond);
        assertThat(refused.exitCode()).isEqualTo(USAGE);
        assertThat(refused.stderr()).contains(beyond, "--insecure");
        assertThat(memory).doesNotExist();

        Ended allowed = serve("--size", "4M", "--listen", beyond, "--insecure");
        assertThat(allowed.exitCode()).isEqualTo(EINVAL);
        assertThat(allowed.stderr()).contains("cannot listen", beyond, "of this machine");
    }

    @Test
    void offersPowerOnlyWhereThereIsADevice() throws Exception {
        Path inMemory = Files.createTempDirectory(Path.of("/dev/shm"), "pramd");
        try {
            Path file = inMemory.resolve("m");
            String[] command = {
                "serve", "--memory", file.toString(), "--size", "4M", "--durability", "power"
            };
            Ended refused = Commands.in(folder).pramd(command);
            assertThat(refused.exitCode()).isEqualTo(EINVAL);
            assertThat(refused.stderr()).contains("durability power needs a device");
            assertThat(file).doesNotExist();
            try (DaemonProcess daemon = DaemonProcess.start(file)) {
                Commands clients = Commands.in(folder).with("PRAM_SERVER", daemon.uri());
                assertThat(clients.pram("info").stdout()).contains("durability.default: process");
                Ended save = clients.pram("save", "n", "/dev/null", "--durability", "power");
                assertThat(save.exitCode()).isEqualTo(EINVAL);
                assertThat(save.stderr()).contains("durability power needs a device");
            }
        } finally {
            try (Stream<Path> left = Files.list(inMemory)) {
                for (Path file : left.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(inMemory);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--listen http://127.0.0.1:80",
                "--drain soon",
                "--size big",
                "--durability always",
                "--unknown"
            })
    void refusesOptionsThatItDoesNotKnow(String options) {
        Ended refused = serve(("--size 4M " + options).split(" "));

        assertThat(refused.exitCode()).as(refused.stderr()).isEqualTo(USAGE);
        assertThat(refused.stderr()).startsWith("pramd: ").contains("pramd serve --help");
        assertThat(refused.stderr()).contains(options.substring(options.lastIndexOf(' ') + 1));
        assertThat(refused.stdout()).isEmpty();
        assertThat(memory).doesNotExist();
    }

    @Test
    void refusesASecondDaemonAtOnceWithThePidOfTheFirst() throws Exception {
        try (DaemonProcess daemon = DaemonProcess.start(memory);
                PramClient client = PramClient.connect(daemon.uri())) {
            client.openSave("a", SaveOptions.defaults()).finish();

            Ended refused = serve("--listen", "pram://127.0.0.1:0");

            assertThat(refused.exitCode()).isEqualTo(EBUSY);
            assertThat(refused.stderr())
                    .contains("pramd: EBUSY:", memory.toString(), "pid=" + daemon.pid());
            assertThat(refused.stdout()).isEmpty();
            assertThat(client.stat("a").length()).isZero();
            client.openSave("b", SaveOptions.defaults()).finish();
            assertThat(client.list("")).hasSize(2);
            assertThat(Files.readString(folder.resolve("m.pid")).strip())
                    .isEqualTo(String.valueOf(daemon.pid()));
            assertThat(daemon.stop()).isZero();
        }
        assertClean();
    }

    @Test
    void needsASizeToCreateTheFile() throws Exception {
        Ended missing = serve();
        assertThat(missing.exitCode()).isEqualTo(USAGE);
        assertThat(missing.stderr()).contains(memory.toString(), "--size");
        assertThat(memory).doesNotExist();

        Files.createFile(memory);
        Ended empty = serve();
        assertThat(empty.exitCode()).isEqualTo(USAGE);
        assertThat(empty.stderr()).contains(memory.toString(), "--size");
        assertThat(memory).isEmptyFile();

        try (DaemonProcess daemon = DaemonProcess.start(memory, "--size", "8 MiB")) {
            assertThat(daemon.stop()).isZero();
        }
        assertThat(memory).hasSize(8 << 20);
        assertClean();
    }

    @Test
    void warnsOnceWhenAnExistingFileHasAnotherSize() {
        try (DaemonProcess daemon = DaemonProcess.start(memory, "--size", "8M")) {
            assertThat(daemon.stop()).isZero();
            assertThat(daemon.log()).doesNotContain("WARN");
        }
        try (DaemonProcess daemon = DaemonProcess.start(memory, "--size", "8M")) {
            assertThat(daemon.stop()).isZero();
            assertThat(daemon.log()).doesNotContain("WARN");
        }
        try (DaemonProcess daemon = DaemonProcess.start(memory, "--size", "1G")) {
            assertThat(daemon.stop()).isZero();
            assertThat(daemon.log().lines().filter(line -> line.contains("WARN")))
                    .singleElement()
                    .asString()
                    .contains("1 GiB", "8 MiB", memory.toString());
        }
        assertThat(memory).hasSize(8 << 20);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4096, 5 << 20})
    void leavesAFileThatIsNoMemoryFileUntouched(int length) throws Exception {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        Files.write(memory, bytes);

        Ended refused = serve("--size", "64M", "--listen", "pram://127.0.0.1:0");

        assertThat(refused.exitCode()).as(refused.stderr()).isEqualTo(EINVAL);
        assertThat(refused.stderr()).contains("pramd: EINVAL:", "not a memory file");
        assertThat(memory).hasBinaryContent(bytes);
        assertThat(folder.resolve("m.pid")).doesNotExist();
    }

    @Test
    void refusesANewerFormatByItsVersionAndLeavesItUntouched() throws Exception {
        assertThat(commands.pramd("format", memory.toString(), "--size", "4M").exitCode()).isZero();
        try (CraftedFile file = new CraftedFile(memory)) {
            ByteBuffer page = file.read(FileLayout.SUPER_BLOCK_PFN);
            int version = CraftedFile.offset(SuperBlockLayout.FIELDS, "format_version");
            page.putInt(version, 4711);
            MetadataPage.csum(page, new PageChecksum().ofSuperBlock(page));
            file.write(FileLayout.SUPER_BLOCK_PFN, page);
            file.write(FileLayout.SUPER_BLOCK_PFN + FileLayout.SECOND_COPY_DISTANCE, page);
        }
        byte[] before = Files.readAllBytes(memory);

        Ended refused = serve("--listen", "pram://127.0.0.1:0");

        assertThat(refused.exitCode()).as(refused.stderr()).isEqualTo(EINVAL);
        assertThat(refused.stderr()).contains("pramd: EINVAL:", "version 4711", "version 1");
        assertThat(memory).hasBinaryContent(before);
        assertThat(folder.resolve("m.pid")).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource({"missing/m, no such folder, " + ENOENT, "., is a folder, " + EINVAL})
    void saysWhyTheMemoryCannotBe(String where, String says, int code) {
        memory = folder.resolve(where);

        Ended refused = serve("--size", "4M", "--listen", "pram://127.0.0.1:0");

        assertThat(refused.exitCode()).isEqualTo(code);
        assertThat(refused.stderr()).startsWith("pramd: ").contains(says).hasLineCount(1);
    }

    @ParameterizedTest
    @CsvSource({
        "--size 4M --listen pram+unix:///none/s, no such folder for the socket, " + ENOENT,
        "--size 4M --handover /none/h, no such folder for the socket, " + ENOENT,
        "--size 4M --group nosuch-group, no such group, " + EINVAL,
        "--size 64, min=4194304 max=, " + EINVAL
    })
    void saysWhatIsMissingOfItsSurroundings(String options, String says, int code) {
        Ended refused = serve(options.split(" "));

        assertThat(refused.exitCode()).as(refused.stderr()).isEqualTo(code);
        assertThat(refused.stderr()).contains(says);
    }

    @Test
    void refusesASocketPathThatNoSocketCanHave() {
        Ended refused = serve("--size", "4M", "--handover", "/" + "h".repeat(107));

        assertThat(refused.exitCode()).isEqualTo(ENAMETOOLONG);
        assertThat(refused.stderr()).contains("bytes=108 max=107");
        assertThat(memory).doesNotExist();
    }

    @Test
    void saysThatItHasMadeTheFile() {
        String line = "a new memory file was created, none or an empty one was there: file=";
        try (DaemonProcess daemon = DaemonProcess.start(memory, "--size", "8M")) {
            assertThat(daemon.stop()).isZero();
            assertThat(daemon.log()).contains(line + memory + " size=8388608");
        }
        try (DaemonProcess daemon = DaemonProcess.start(memory, "--size", "8M")) {
            assertThat(daemon.stop()).isZero();
            assertThat(daemon.log().lines().filter(text -> text.contains(line))).hasSize(1);
        }
    }

    @Test
    void saysThatItMayNotOpenEnough() {
        Ended refused =
                commands.shell(
                        "ulimit -n 40; exec pramd serve --memory m --size 4M"
                                + " --listen pram://127.0.0.1:0");

        assertThat(refused.exitCode()).as(refused.stderr()).isEqualTo(EINVAL);
        assertThat(refused.stderr()).contains("descriptors", "max=40", "ulimit -n");
        assertThat(memory).doesNotExist();
    }

    @Test
    void replacesASocketFileThatAKilledDaemonLeft() {
        Path socket = folder.resolve("s");
        String uri = "pram+unix://" + socket;
        try (DaemonProcess daemon = DaemonProcess.start(memory, "--listen", uri)) {
            daemon.kill();
        }
        assertThat(socket).exists();

        try (DaemonProcess daemon = DaemonProcess.start(memory, "--listen", uri);
                PramClient client = PramClient.connect(uri)) {
            client.ping();
            memory = folder.resolve("other");
            Ended refused = serve("--size", "4M", "--listen", uri);
            assertThat(refused.exitCode()).isEqualTo(EBUSY);
            assertThat(refused.stderr()).contains(socket.toString());
            client.ping();
            assertThat(daemon.stop()).isZero();
        }
        assertThat(socket).doesNotExist();
    }

    @Test
    void neverReplacesAFileThatIsNoSocket() throws Exception {
        Path file = Files.writeString(folder.resolve("s"), "precious");

        Ended refused = serve("--size", "4M", "--listen", "pram+unix://" + file);

        assertThat(refused.exitCode()).isEqualTo(EEXIST);
        assertThat(refused.stderr()).contains("pramd: EEXIST:", file.toString());
        assertThat(file).hasContent("precious");
    }

    @Test
    void startsAgainAndAgainWithNothingSaved() {
        for (boolean orderly : new boolean[] {true, true, false, false}) {
            try (DaemonProcess daemon = DaemonProcess.start(memory)) {
                if (orderly) {
                    assertThat(daemon.stop()).isZero();
                }
            }
        }
        assertClean();
        try (DaemonProcess daemon = DaemonProcess.start(memory);
                PramClient client = PramClient.connect(daemon.uri())) {
            assertThat(client.list("")).isEmpty();
        }
    }

    private void assertClean() {
        Ended checked = commands.pramd("fsck", memory.toString());
        assertThat(checked.exitCode()).as(checked.stdout()).isZero();
    }
}
