package io.pramd.daemon.cut;

import io.pramd.daemon.layout.Durability;
import java.util.random.RandomGenerator;

/** Immutable. What a file's processes have in common: each kind brings up other troubles. */
enum Temper {
    /** Levels change from start to start; now and then a force fails. */
    MIXED,
    /** All are of one level, and no save asks for another. */
    STEADY,
    /** Level process, and hardly anybody asks for a force. */
    UNFORCED,
    /** In every process a force fails. */
    FAILING;

    private static final int MIXED_OF_EIGHT = 5;

    static Temper any(RandomGenerator random) {
        int number = random.nextInt(8);
        return number < MIXED_OF_EIGHT ? MIXED : values()[number - MIXED_OF_EIGHT + 1];
    }

    static Durability anyLevel(RandomGenerator random) {
        return Durability.values()[random.nextInt(Durability.values().length)];
    }

    /** One process in so many has a force that fails. */
    int failsOneIn() {
        return this == FAILING ? 1 : 5;
    }

    boolean asksLevels(RandomGenerator random) {
        return this != STEADY && this != UNFORCED && random.nextBoolean();
    }

    /** The level of the next process of a file whose first one had another, or this. */
    Durability level(Durability first, RandomGenerator random) {
        return switch (this) {
            case STEADY -> first;
            case UNFORCED -> Durability.PROCESS;
            case MIXED, FAILING -> anyLevel(random);
        };
    }
}
