package io.pramd.daemon.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.Damage;
import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.layout.MetadataPage;
import io.pramd.protocol.Errno;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class CopyFaultTest {
    /** So many that both compilers have had their turn before the last. */
    private static final int WARM_UP = 30_000;

    private static final int FAULTS = 2_000;
    private static final long LOST_PFN = 1500;

    @TempDir Path folder;

    @Test
    void isCaughtWhereTheCopyIsHoweverTheCodeIsCompiled() {
        StoreFixture fixture = StoreFixture.format(folder.resolve("m")).damaged();
        MappedMemory memory = fixture.memory();
        PageChecksum checksum = new PageChecksum();
        ByteBuffer page = MetadataPage.allocate();
        for (int i = 0; i < WARM_UP; i++) {
            assertThat(storeFails(memory, page, 1000)).isFalse();
            assertThat(sumFails(memory, checksum, 1000)).isFalse();
        }
        Damage.resize(fixture.file(), 5 << 20);
        for (int i = 0; i < FAULTS; i++) {
            assertThat(storeFails(memory, page, LOST_PFN)).isTrue();
            assertThat(sumFails(memory, checksum, LOST_PFN)).isTrue();
            assertThat(storeFails(memory, page, 1000)).isFalse();
            assertThat(sumFails(memory, checksum, 1000)).isFalse();
        }
        fixture.kill();
    }

    private static boolean storeFails(MappedMemory memory, ByteBuffer page, long pfn) {
        try {
            memory.store(pfn, page);
            return false;
        } catch (StoreException e) {
            return e.errno() == Errno.EIO;
        }
    }

    private static boolean sumFails(MappedMemory memory, PageChecksum checksum, long pfn) {
        try {
            checksum.ofPage(memory.frames(pfn, 1), 0);
            return false;
        } catch (InternalError e) {
            return true;
        }
    }
}
