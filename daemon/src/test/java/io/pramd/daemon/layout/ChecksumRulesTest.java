package io.pramd.daemon.layout;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** The rules of docs/memory-format.md, worked out again from its words alone. */
class ChecksumRulesTest {

    @Test
    void algorithmIsTheNamedOne() {
        assertThat(crc("123456789".getBytes(StandardCharsets.US_ASCII))).isEqualTo(0xe3069283);
    }

    @Test
    void superBlockSumsItsPage() {
        assertSum(FormatVectors.superBlock(), false);
    }

    @Test
    void slotsAndRecordsSumUuidAndThePfnOfTheFirstCopy() {
        assertSum(FormatVectors.rootSlot(), true, 3);
        assertSum(FormatVectors.sequenceRecord(), true, 5);
        assertSum(FormatVectors.runRecord(), true, 7);
    }

    @Test
    void directoryPageSumsUuid() {
        assertSum(FormatVectors.leaf(), true);
        assertSum(FormatVectors.inner(), true);
    }

    @Test
    void nodeSumsUuidPfnAndSequence() {
        assertSum(FormatVectors.node(), true, 18, 5);
    }

    @Test
    void linkSumsUuidPfnStreamSequenceAndPosition() {
        assertSum(FormatVectors.link(), true, 19, 5, 0);
    }

    @Test
    void parentsHoldTheSumsOfTheirChildren() {
        assertThat(RootSlotLayout.read(FormatVectors.rootSlot()).rootCsum())
                .isEqualTo(MetadataPage.csum(FormatVectors.leaf()));
        assertThat(DirectoryLayout.leafCsum(FormatVectors.leaf(), 1))
                .isEqualTo(MetadataPage.csum(FormatVectors.node()));
        assertThat(DirectoryLayout.innerCsum(FormatVectors.inner(), 0))
                .isEqualTo(MetadataPage.csum(FormatVectors.leaf()));
        assertThat(LinkLayout.entryCsum(FormatVectors.link(), 0))
                .isEqualTo(crc(FormatVectors.firstData().array()));
    }

    private static void assertSum(ByteBuffer page, boolean hasUuid, long... numbers) {
        ByteBuffer summed =
                ByteBuffer.allocate(16 + 3 * Long.BYTES + 4096).order(ByteOrder.LITTLE_ENDIAN);
        if (hasUuid) {
            summed.put(FormatVectors.UUID);
        }
        for (long number : numbers) {
            summed.putLong(number);
        }
        byte[] bytes = page.array().clone();
        bytes[4] = 0;
        bytes[5] = 0;
        bytes[6] = 0;
        bytes[7] = 0;
        summed.put(bytes).flip();
        CRC32C crc = new CRC32C();
        crc.update(summed);
        assertThat((int) crc.getValue()).isEqualTo(page.getInt(4));
    }

    private static int crc(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }
}
