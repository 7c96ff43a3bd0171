package io.pramd.client.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An archive by somebody who means harm. */
class ArchiveReaderTest {
    private static final long CLAIMED_BYTES = 64 << 20;

    @ParameterizedTest
    @ValueSource(
            bytes = {
                TarConstants.LF_GNUTYPE_LONGNAME,
                TarConstants.LF_GNUTYPE_LONGLINK,
                TarConstants.LF_PAX_EXTENDED_HEADER_LC,
                TarConstants.LF_PAX_GLOBAL_EXTENDED_HEADER
            })
    void aNameWithoutAnEndIsNotKept(byte type) throws IOException {
        String text = CLAIMED_BYTES + " path="; // as pax has it, and as good a name as any
        try (Endless archive = new Endless(text);
                InputStream in = new SequenceInputStream(head(type), archive)) {
            assertThatThrownBy(() -> new ArchiveReader(in))
                    .isInstanceOf(LocalFailure.class)
                    .hasMessageContaining("is too long: bytesMax=");
            assertThat(archive.given).isLessThanOrEqualTo(BoundedHeads.HEAD_BYTES_MAX);
        }
    }

    @ParameterizedTest
    @ValueSource(
            bytes = {
                TarConstants.LF_LINK,
                TarConstants.LF_SYMLINK,
                TarConstants.LF_CHR,
                TarConstants.LF_BLK,
                TarConstants.LF_FIFO,
                TarConstants.LF_DIR
            })
    void whatIsNoPlainFileIsNoMember(byte type) {
        assertThatThrownBy(() -> new ArchiveReader(head(type, 0)))
                .isInstanceOf(LocalFailure.class)
                .hasMessageContaining("a member that is no plain file: a");
    }

    private static InputStream head(byte type) {
        return head(type, CLAIMED_BYTES);
    }

    private static InputStream head(byte type, long bytes) {
        TarArchiveEntry entry = new TarArchiveEntry("a", type);
        entry.setSize(bytes);
        byte[] head = new byte[TarConstants.DEFAULT_RCDSIZE];
        entry.writeEntryHeader(head);
        return new ByteArrayInputStream(head);
    }

    /** One owner: a text, and then the same letter for ever. */
    private static final class Endless extends InputStream {
        private final byte[] text;
        private long given;

        Endless(String text) {
            this.text = text.getBytes(StandardCharsets.US_ASCII);
        }

        @Override
        public int read() {
            return given < text.length ? text[(int) given++] : next();
        }

        private int next() {
            return given++ > 2 * CLAIMED_BYTES ? -1 : 'a';
        }
    }
}
