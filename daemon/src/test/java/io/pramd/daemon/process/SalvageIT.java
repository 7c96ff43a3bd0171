package io.pramd.daemon.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.client.MissingPages;
import io.pramd.client.PramClient;
import io.pramd.client.SalvageStream;
import io.pramd.daemon.fixture.CommandProcess.Ended;
import io.pramd.daemon.fixture.Commands;
import io.pramd.daemon.fixture.DaemonProcess;
import io.pramd.daemon.fixture.Damage;
import io.pramd.daemon.layout.LinkLayout;
import io.pramd.daemon.layout.NodeLayout;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator does about a damaged node, with the real commands. */
class SalvageIT {
    private static final int PAGE = 4096;
    private static final int LINK = LinkLayout.ENTRIES;
    private static final byte[] BYTES = new byte[4 * LINK * PAGE + 1000];

    static {
        new Random(7).nextBytes(BYTES);
    }

    @TempDir Path folder;

    private ByteBuffer page(long pfn) {
        return ByteBuffer.wrap(Damage.frame(folder.resolve("m"), pfn))
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Saves a node, and damages a page and a link of it; answers its pfn. */
    private long damagedNode() throws IOException {
        Files.write(folder.resolve("in"), BYTES);
        long nodePfn;
        try (DaemonProcess daemon = DaemonProcess.start(folder.resolve("m"));
                PramClient client = PramClient.connect(daemon.uri())) {
            client.save("model", folder.resolve("in"));
            client.save("other", new byte[10]);
            nodePfn = client.stat("model").pfn();
            assertThat(daemon.stop()).isZero();
        }
        long first = NodeLayout.linkPfn(page(nodePfn));
        Damage.flip(folder.resolve("m"), LinkLayout.entryPfn(page(first), 7), 1);
        Damage.zero(folder.resolve("m"), LinkLayout.linkPfn(page(first)));
        return nodePfn;
    }

    private static byte[] expected() {
        byte[] left = BYTES.clone();
        Arrays.fill(left, 7 * PAGE, 8 * PAGE, (byte) 0);
        Arrays.fill(left, LINK * PAGE, 2 * LINK * PAGE, (byte) 0);
        return left;
    }

    @Test
    void savesWhatIsLeftAndRemovesTheRest() throws IOException {
        String pfn = Long.toString(damagedNode());
        try (DaemonProcess daemon = DaemonProcess.start(folder.resolve("m"))) {
            Commands commands = Commands.in(folder).with("PRAM_SERVER", daemon.uri());
            daemon.awaitRecovery(); // which finds links that are damaged
            assertThat(commands.pram("ls").stdout())
                    .contains("quarantined")
                    .contains("model (pfn " + pfn + ": ")
                    .contains("pages found: 766 of 1021");
            assertThat(commands.pram("load", "model", "out").exitCode()).isEqualTo(10);

            Ended file = commands.pram("load", "--salvage", "--quarantined", pfn, "out");
            requireMissing(file);
            assertThat(folder.resolve("out")).hasBinaryContent(expected());
            requireMissing(commands.shell("pram load --salvage --quarantined " + pfn + " > piped"));
            assertThat(folder.resolve("piped")).hasBinaryContent(expected());
            requireFromJava(daemon, Long.parseLong(pfn));

            assertThat(commands.pram("save", "model", "in").exitCode()).isZero();
            assertThat(commands.pram("rm", "--quarantined", pfn).exitCode()).isZero();
            assertThat(commands.pram("rm", "--quarantined", pfn).exitCode()).isEqualTo(10);
            Ended whole = commands.pram("load", "--salvage", "model", "out");
            assertThat(whole.exitCode()).as(whole.stderr()).isZero();
            assertThat(whole.stderr()).isEmpty();
            assertThat(folder.resolve("out")).hasBinaryContent(BYTES);
            assertThat(daemon.stop()).isZero();
        }
        Ended checked = Commands.in(folder).pramd("fsck", "m");
        assertThat(checked.exitCode()).as(checked.stdout()).isZero();
    }

    private static void requireMissing(Ended salvage) {
        assertThat(salvage.exitCode()).as(salvage.stderr()).isEqualTo(6);
        assertThat(salvage.stderr())
                .contains("bad page 7 pfn=")
                .contains("data page does not verify")
                .contains("bad pages 255-509: no link that verifies names it")
                .contains("missing: 256 of 1021 pages");
    }

    private static void requireFromJava(DaemonProcess daemon, long pfn) throws IOException {
        try (PramClient client = PramClient.connect(daemon.uri());
                SalvageStream in = client.openSalvageOfQuarantined(pfn)) {
            assertThat(in.skipHole()).isZero();
            assertThat(in.readNBytes(7 * PAGE)).isEqualTo(Arrays.copyOf(BYTES, 7 * PAGE));
            assertThat(in.missingPages()).isEmpty();
            assertThat(in.skipHole()).isEqualTo(PAGE);
            assertThat(in.readAllBytes()).hasSize(BYTES.length - 8 * PAGE);
            assertThat(in.missingPages())
                    .extracting(MissingPages::firstPage)
                    .containsExactly(7L, (long) LINK);
            assertThat(in.missingPages().get(1).pfn()).isEqualTo(OptionalLong.empty());
        }
    }
}
