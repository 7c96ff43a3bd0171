package io.pramd.protocol;

import java.util.HexFormat;
import java.util.UUID;

/**
 * Immutable: sixteen bytes by which a saver asks later what became of a save.
 *
 * @param high the first eight bytes, big-endian, so that the hex text and the wire show them in one
 *     order
 * @param low the last eight bytes, big-endian
 */
public record SaveId(long high, long low) {
    /** Bytes on the wire. */
    public static final int BYTES = 2 * Long.BYTES;

    /** No save id: sixteen zeros. Such a save cannot be asked about. */
    public static final SaveId NONE = new SaveId(0, 0);

    /** A fresh id, from 122 random bits. Never {@link #NONE}. */
    public static SaveId random() {
        UUID uuid = UUID.randomUUID();
        return new SaveId(uuid.getMostSignificantBits(), uuid.getLeastSignificantBits());
    }

    /**
     * @throws IllegalArgumentException unless the text is 32 hex digits
     */
    public static SaveId parse(String hex) {
        if (hex.length() != 2 * BYTES) {
            throw new IllegalArgumentException(
                    "a save id has 32 hex digits: length=" + hex.length());
        }
        return new SaveId(
                HexFormat.fromHexDigitsToLong(hex, 0, 2 * Long.BYTES),
                HexFormat.fromHexDigitsToLong(hex, 2 * Long.BYTES, 2 * BYTES));
    }

    /** Whether it is sixteen zeros. */
    public boolean isNone() {
        return high == 0 && low == 0;
    }

    /** 32 hex digits in the order of the wire. */
    @Override
    public String toString() {
        HexFormat hex = HexFormat.of();
        return hex.toHexDigits(high) + hex.toHexDigits(low);
    }
}
