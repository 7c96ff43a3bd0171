package io.pramd.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.client.PageWriter;
import io.pramd.client.PramClient;
import io.pramd.client.SaveOptions;
import io.pramd.protocol.Names;
import io.pramd.protocol.StreamType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Any nodes go through an archive, in a file or a pipe, and come out as they were. */
class ArchivePropertyTest {
    private static final int PAGE = 4096;

    /**
     * Immutable.
     *
     * @param seed of its bytes and flags
     */
    record Saved(String name, boolean isPages, int length, long seed, Map<String, String> meta) {}

    @Provide
    Arbitrary<List<Saved>> stores() {
        Arbitrary<String> odd = Arbitraries.of(".", "..", "/", "a", "a/b", "../a", "%", "~q1", "-");
        Arbitrary<String> any = Arbitraries.strings().all().ofMinLength(1).ofMaxLength(120);
        Arbitrary<String> name =
                Arbitraries.oneOf(odd, any).filter(n -> Names.nameViolation(n).isEmpty());
        Arbitrary<Integer> length =
                Arbitraries.oneOf(
                        Arbitraries.integers().between(0, 3 * PAGE),
                        Arbitraries.integers().between(255 * PAGE, 258 * PAGE));
        Arbitrary<Map<String, String>> meta =
                Arbitraries.maps(
                                Arbitraries.strings().all().ofMinLength(1).ofMaxLength(20),
                                Arbitraries.strings().all().ofMaxLength(50))
                        .ofMaxSize(3)
                        .filter(m -> Names.metaViolation(m).isEmpty());
        return Combinators.combine(
                        name, Arbitraries.of(true, false), length, Arbitraries.longs(), meta)
                .as(Saved::new)
                .list()
                .uniqueElements(Saved::name)
                .ofMaxSize(5);
    }

    @Property(tries = 40)
    void whatGoesInComesOut(@ForAll("stores") List<Saved> nodes, @ForAll boolean throughPipe)
            throws IOException {
        Path file = Files.createTempFile("archive", ".tar");
        try (CommandRunner from = new CommandRunner();
                CommandRunner to = new CommandRunner();
                PramClient source = PramClient.connect(from.daemon.uri());
                PramClient target = PramClient.connect(to.daemon.uri())) {
            nodes.forEach(node -> save(source, node));
            String name = throughPipe ? "-" : file.toString();
            assertThat(from.run("export", name)).as(from.stderr()).isZero();
            to.type(from.stdoutBytes());
            assertThat(to.run("import", name)).as(to.stderr()).isZero();
            assertThat(ArchiveTest.contents(target)).isEqualTo(ArchiveTest.contents(source));
            assertThat(target.list()).hasSameSizeAs(nodes);
        } finally {
            Files.delete(file);
        }
    }

    private static void save(PramClient client, Saved node) {
        Random random = new Random(node.seed());
        int length = node.isPages() ? node.length() / PAGE * PAGE : node.length();
        PageWriter writer =
                client.openRawSave(
                        node.name(),
                        node.isPages() ? StreamType.PAGE : StreamType.BYTE,
                        length,
                        SaveOptions.defaults().withMeta(node.meta()));
        byte[] page = new byte[PAGE];
        for (int at = 0; at < length; at += PAGE) {
            random.nextBytes(page);
            Arrays.fill(page, Math.min(PAGE, length - at), PAGE, (byte) 0);
            writer.append(ByteBuffer.wrap(page), node.isPages() ? random.nextInt() : 0);
        }
        writer.finish();
    }
}
