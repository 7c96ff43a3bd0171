package io.pramd.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.protocol.MessageType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadCommandTest {
    private final CommandRunner pram = new CommandRunner();
    private final byte[] bytes = bytes(3_000_001);

    @TempDir private Path folder;

    @BeforeEach
    void save() {
        pram.type(bytes);
        pram.run("save", "n", "--meta", "v=1");
    }

    @AfterEach
    void close() {
        pram.close();
    }

    @Test
    void writesAFileAndConsumesTheNode() throws IOException {
        Path file = folder.resolve("f");
        assertThat(pram.run("load", "n", file.toString())).isZero();
        assertThat(file).hasBinaryContent(bytes);
        assertThat(pram.daemon.find("n")).isEmpty();
        assertOnlyFile(file);
    }

    @Test
    void replacesAFileAndKeepsItsPermissionsAndTheLinkToIt() throws IOException {
        Path file = Files.write(folder.resolve("f"), new byte[10]);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        Path link = Files.createSymbolicLink(folder.resolve("l"), file);
        assertThat(pram.run("load", "n", link.toString())).isZero();
        assertThat(link).isSymbolicLink();
        assertThat(file).hasBinaryContent(bytes);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-r-----");
    }

    @Test
    void writesTheFileThatALinkLeadsToWhereThereIsNoneYet() throws IOException {
        Path inner = Files.createDirectory(folder.resolve("d"));
        Path link = Files.createSymbolicLink(inner.resolve("m"), Path.of("f"));
        Path first = Files.createSymbolicLink(folder.resolve("l"), Path.of("d/m"));
        assertThat(pram.run("load", "n", first.toString())).isZero();
        assertThat(first).isSymbolicLink();
        assertThat(link).isSymbolicLink();
        assertThat(inner.resolve("f")).hasBinaryContent(bytes);
    }

    @Test
    void aLinkThatLeadsToItselfIsNamed() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("l"), Path.of("l"));
        assertThat(pram.run("load", "n", link.toString())).isEqualTo(1);
        assertThat(pram.stderr())
                .contains("cannot write " + link + ": too many links")
                .hasLineCount(1);
        assertThat(link).isSymbolicLink();
        assertThat(pram.daemon.find("n")).isPresent();
    }

    @Test
    void peekLeavesTheNode() {
        assertThat(pram.run("load", "n", folder.resolve("f").toString(), "--peek")).isZero();
        assertThat(pram.daemon.find("n")).isPresent();
    }

    @Test
    void stdoutIsAPeekThatSaysSoUnlessConsumeIsGiven() {
        assertThat(pram.run("load", "n")).isZero();
        assertThat(pram.stdoutBytes()).isEqualTo(bytes);
        assertThat(pram.stderr()).contains("peek").contains("--consume").hasLineCount(1);
        assertThat(pram.run("load", "n", "-", "--peek")).isZero();
        assertThat(pram.stderr()).isEmpty();
        assertThat(pram.daemon.find("n")).isPresent();
        assertThat(pram.run("load", "n", "--consume")).isZero();
        assertThat(pram.stdoutBytes()).isEqualTo(bytes);
        assertThat(pram.daemon.find("n")).isEmpty();
    }

    @Test
    void peekAndConsumeTogetherAreAUsageError() {
        assertThat(pram.run("load", "n", "--peek", "--consume")).isEqualTo(2);
        assertThat(pram.stderr()).hasLineCount(1);
    }

    @Test
    void aSalvageGoesWithNothingThatChangesOrWaits() {
        for (String option : new String[] {"--consume", "--wait=1s", "--if-meta=v=1"}) {
            assertThat(pram.run("load", "n", "--salvage", option)).isEqualTo(2);
            assertThat(pram.stderr()).contains("--salvage").hasLineCount(1);
        }
        assertThat(pram.run("load", "--quarantined", "7")).isEqualTo(2);
        assertThat(pram.run("load", "--salvage")).isEqualTo(2);
        assertThat(pram.run("load", "n", "f", "--salvage", "--quarantined", "7")).isEqualTo(2);
        assertThat(pram.run("load", "n", "--salvage")).isEqualTo(15);
        assertThat(pram.stderr()).contains("too old").hasLineCount(1);
    }

    @Test
    void aTerminalGetsNoBytes() {
        pram.onTerminal();
        assertThat(pram.run("load", "n")).isEqualTo(2);
        assertThat(pram.stdout()).isEmpty();
        assertThat(pram.stderr()).contains("terminal");
    }

    @Test
    void metadataThatDiffersIsRefused() {
        Path file = folder.resolve("f");
        assertThat(pram.run("load", "n", file.toString(), "--if-meta", "v=2")).isEqualTo(13);
        assertThat(file).doesNotExist();
        assertThat(pram.run("load", "n", file.toString(), "--if-meta", "v=1")).isZero();
    }

    @Test
    void anUnknownNameLeavesAnExistingFileAlone() throws IOException {
        Path file = Files.write(folder.resolve("f"), new byte[10]);
        assertThat(pram.run("load", "none", file.toString(), "--wait", "10ms")).isEqualTo(10);
        assertThat(file).hasBinaryContent(new byte[10]);
    }

    @Test
    void aDamagedNodeLeavesNoFileAndIsNotConsumed() throws IOException {
        pram.daemon.find("n").orElseThrow().damage(700);
        Path file = Files.write(folder.resolve("f"), new byte[10]);
        assertThat(pram.run("load", "n", file.toString())).isEqualTo(18);
        assertThat(pram.stderr()).contains("page 700").hasLineCount(1);
        assertThat(file).hasBinaryContent(new byte[10]);
        assertOnlyFile(file);
        assertThat(pram.daemon.find("n")).isPresent();
    }

    @Test
    void theFileIsWholeBeforeTheNodeGoes() {
        Path file = folder.resolve("f");
        pram.daemon.cutAfter(MessageType.FINISH_LOAD);
        assertThat(pram.run("load", "n", file.toString())).isEqualTo(4);
        assertThat(file).hasBinaryContent(bytes);
    }

    @Test
    void aPipeIsWrittenToAndNotReplaced() throws Exception {
        Path pipe = folder.resolve("p");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
        CompletableFuture<byte[]> read =
                CompletableFuture.supplyAsync(
                        () -> {
                            try (var in = Files.newInputStream(pipe)) {
                                return in.readAllBytes();
                            } catch (IOException e) {
                                throw new AssertionError(e);
                            }
                        });
        assertThat(pram.run("load", "n", pipe.toString())).isZero();
        assertThat(read.get()).isEqualTo(bytes);
        assertThat(Files.isRegularFile(pipe)).isFalse();
        assertThat(pram.daemon.find("n")).isEmpty();
    }

    @Test
    void aFolderOrAMissingOneIsALocalErrorAndConsumesNothing() {
        assertThat(pram.run("load", "n", folder.toString())).isEqualTo(1);
        assertThat(pram.run("load", "n", folder.resolve("no/f").toString())).isEqualTo(1);
        assertThat(pram.daemon.find("n")).isPresent();
    }

    @Test
    void aTimeThatIsNoneIsAUsageError() {
        assertThat(pram.run("load", "n", "--wait", "soon")).isEqualTo(2);
    }

    private void assertOnlyFile(Path file) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            assertThat(all).containsExactly(file);
        }
    }

    private static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        new Random(count).nextBytes(bytes);
        return bytes;
    }
}
