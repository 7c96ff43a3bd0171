package io.pramd.daemon.layout;

import java.nio.ByteBuffer;
import java.util.UUID;

/** Immutable. Which boot of the kernel: /proc/sys/kernel/random/boot_id, 16 bytes. */
public record BootId(long high, long low) {

    /** Parses the kernel's text form. */
    public static BootId parse(String text) {
        UUID uuid = UUID.fromString(text);
        return new BootId(uuid.getMostSignificantBits(), uuid.getLeastSignificantBits());
    }

    static BootId read(ByteBuffer page, int offset) {
        return new BootId(
                Long.reverseBytes(page.getLong(offset)),
                Long.reverseBytes(page.getLong(offset + Long.BYTES)));
    }

    void write(ByteBuffer page, int offset) {
        page.putLong(offset, Long.reverseBytes(high))
                .putLong(offset + Long.BYTES, Long.reverseBytes(low));
    }

    @Override
    public String toString() {
        return new UUID(high, low).toString();
    }
}
