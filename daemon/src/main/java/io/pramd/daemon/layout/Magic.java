package io.pramd.daemon.layout;

import java.util.Optional;

/**
 * Immutable. The first four bytes of every metadata page. The super block's spells "marp" in the
 * file.
 */
public enum Magic {
    SUPER_BLOCK(0x7072616D),
    ROOT_SLOT(0x70725273),
    SEQUENCE_RECORD(0x70725372),
    RUN_RECORD(0x70725272),
    DIRECTORY(0x70724469),
    NODE(0x70724E6F),
    LINK(0x70724C69);

    private final int number;

    Magic(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }

    /** The structure with this magic, or empty: a data page, a free frame, or damage. */
    public static Optional<Magic> of(int number) {
        for (Magic magic : values()) {
            if (magic.number == number) {
                return Optional.of(magic);
            }
        }
        return Optional.empty();
    }
}
