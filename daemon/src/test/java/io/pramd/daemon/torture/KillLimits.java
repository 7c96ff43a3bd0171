package io.pramd.daemon.torture;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Immutable. What one principal of a guarded daemon may hold: near enough to what the workers do to
 * be met.
 */
record KillLimits(long bytes, int nodes, int streams, long largest) {
    /** Names that begin so have a quota together. */
    static final String LIMITED_PREFIX = "client1-";

    static final long LIMITED_PREFIX_BYTES = 14L << 20;
    static final long RESERVED_BYTES = 128L << 20;

    /** How long a save may be open. */
    static final long SAVING_MILLIS_MAX = 1500;

    private static final KillLimits NARROW = new KillLimits(9L << 20, 5, 3, 6L << 20);
    private static final KillLimits WIDE = new KillLimits(48L << 20, 6, 2, 36L << 20);
    private static final Pattern REFUSAL =
            Pattern.compile("whose=(.+?) what=(\\w+) limit=(\\d+) used=(\\d+) asked=(\\d+)");

    static KillLimits of(String principal) {
        return principal.endsWith("0") ? NARROW : WIDE;
    }

    /** As the rules file has it. */
    String text() {
        return "{ bytes = "
                + bytes
                + ", nodes = "
                + nodes
                + ", streams = "
                + streams
                + ", largest = "
                + largest
                + " }";
    }

    /** Whether a refusal says of a limit of this principal that it would have been passed. */
    boolean isFair(String principal, String refusal) {
        Matcher said = REFUSAL.matcher(refusal);
        if (!said.find()) {
            return false;
        }
        long limit = Long.parseLong(said.group(3));
        long used = Long.parseLong(said.group(4));
        long asked = Long.parseLong(said.group(5));
        return asked > limit - used && isOurs(principal, said.group(1), said.group(2), limit);
    }

    private boolean isOurs(String principal, String whose, String what, long limit) {
        if (whose.equals("reserve")) {
            return true;
        }
        if (whose.equals("prefix " + LIMITED_PREFIX)) {
            return principal.startsWith(LIMITED_PREFIX)
                    && what.equals("bytes")
                    && limit == LIMITED_PREFIX_BYTES;
        }
        long own =
                switch (what) {
                    case "bytes" -> bytes;
                    case "nodes" -> nodes;
                    case "streams" -> streams;
                    case "largest" -> largest;
                    default -> -1;
                };
        return whose.equals("principal " + principal) && limit == own;
    }
}
