package io.pramd.daemon.node;

import static io.pramd.daemon.fixture.Refusals.await;
import static io.pramd.daemon.fixture.StreamDriver.PAGE;
import static io.pramd.daemon.fixture.StreamDriver.bytes;
import static io.pramd.daemon.fixture.StreamDriver.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pramd.daemon.fixture.InMemory;
import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.NodeType;
import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CopiedPagesTest {
    @TempDir(factory = InMemory.class)
    Path folder;

    @ParameterizedTest
    @CsvSource({"1, true", "4, true", "5, false"})
    void fewPagesThatThisProcessStoredAreCopied(int pages, boolean isCopied) {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            byte[] expected = bytes(7, pages * PAGE);
            save(fixture, expected);

            PageBatch batch = await(fixture.streams().openLoad("a", true).read(0, pages));

            assertThat(batch.isCopied()).isEqualTo(isCopied);
            if (isCopied) {
                assertThat(copyOf(batch)).isEqualTo(expected);
            }
            batch.release();
        }
    }

    @Test
    void pagesOfAnEarlierProcessAreAskedFor() {
        try (StoreFixture fixture = StoreFixture.format(folder.resolve("m"))) {
            save(fixture, bytes(7, PAGE));
            try (StoreFixture killed = fixture.killAndRestart()) {
                PageBatch batch = await(killed.streams().openLoad("a", true).read(0, 1));
                assertThat(batch.isCopied()).isFalse();
                batch.release();
            }
        }
    }

    @Test
    void pagesBehindTheEndOfACutFileAreAnErrorAndNoFault() throws IOException {
        Path file = folder.resolve("m");
        try (StoreFixture fixture = StoreFixture.format(file)) {
            save(fixture, bytes(7, 3 * PAGE));
            LoadStream stream = fixture.streams().openLoad("a", true);
            PageBatch batch = await(stream.read(0, 3));
            byte[] whole = Files.readAllBytes(file);
            cut(file, FileLayout.fileOffset(2));

            assertThatThrownBy(() -> copyOf(batch))
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EIO))
                    .hasMessageContaining("frame is not backed by the file: pfn=");

            Files.write(file, whole, StandardOpenOption.WRITE); // what ends finds a whole store
            batch.release();
            stream.abort();
        }
    }

    private static void save(StoreFixture fixture, byte[] contents) {
        SaveStream stream = fixture.streams().open(request("a", NodeType.PAGE));
        fixture.streams().append(stream, contents);
        await(stream.finish(contents.length));
    }

    private static byte[] copyOf(PageBatch batch) {
        ByteBuffer copy = ByteBuffer.allocate(batch.count() * PAGE);
        batch.copyTo(copy);
        return copy.array();
    }

    private static void cut(Path file, long size) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(size);
        }
    }
}
