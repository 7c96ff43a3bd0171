package io.pramd.daemon.torture;

import io.pramd.protocol.NodeRecord;
import io.pramd.protocol.SaveId;
import io.pramd.protocol.StreamType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;

/**
 * Immutable. A node as one save meant it: all its bytes, flags and metadata follow from its seed.
 *
 * @param length in bytes
 * @param sequence 0 as long as nobody has said it
 * @param life how long it is there
 */
record KillNode(
        long seed, StreamType type, long length, SaveId saveId, long sequence, KillLife life) {
    static final int PAGE = 4096;
    private static final int PAGES_MAX = (64 << 20) / PAGE;
    private static final String SEED_KEY = "torture.seed";
    private static final String LENGTH_KEY = "torture.length";
    private static final String FILLER_KEY = "filler";
    private static final int FILLER_MAX = 2500;
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    /** Lengths at which something begins or ends in the file: links have 255 entries. */
    private static final int[] EDGES = {1, 254, 255, 256, 509, 510, 511, 512, 1024};

    KillNode(long seed, StreamType type, long length, SaveId saveId, long sequence) {
        this(seed, type, length, saveId, sequence, KillLife.FOR_EVER);
    }

    /** Mostly small, now and then up to 64 MiB. */
    static KillNode random(Random random) {
        StreamType type = random.nextInt(3) == 0 ? StreamType.PAGE : StreamType.BYTE;
        long pages = randomPages(random);
        long length = pages * PAGE;
        if (type == StreamType.BYTE && random.nextInt(4) > 0) {
            length -= random.nextInt(PAGE);
        }
        SaveId saveId = new SaveId(random.nextLong() | 1, random.nextLong());
        return new KillNode(random.nextLong(), type, length, saveId, 0);
    }

    private static long randomPages(Random random) {
        int dice = random.nextInt(1000);
        if (dice < 500) {
            return 1 + random.nextInt(8);
        } else if (dice < 600) {
            return EDGES[random.nextInt(EDGES.length)];
        } else if (dice < 850) {
            return 1 + random.nextInt(300);
        } else if (dice < 975) {
            return 1 + random.nextInt(2048);
        } else if (dice < 997) {
            return 1 + random.nextInt(PAGES_MAX / 2);
        }
        return PAGES_MAX / 2 + 1 + random.nextInt(PAGES_MAX / 2);
    }

    KillNode withSequence(long known) {
        return new KillNode(seed, type, length, saveId, known, life);
    }

    KillNode living(KillLife other) {
        return new KillNode(seed, type, length, saveId, sequence, other);
    }

    /** As a record shows it that is of this node. */
    KillNode shownBy(NodeRecord node) {
        return withSequence(node.sequence()).living(life.until(node.expiryMillis()));
    }

    long pages() {
        return Math.ceilDiv(length, PAGE);
    }

    /** Fills a page, also the part behind the end of a byte stream. */
    void fill(long pageIndex, byte[] page) {
        ByteBuffer words = ByteBuffer.wrap(page).order(ByteOrder.LITTLE_ENDIAN);
        long state = mixed(seed + pageIndex * GOLDEN);
        while (words.hasRemaining()) {
            state += GOLDEN;
            words.putLong(mixed(state));
        }
    }

    private static long mixed(long value) {
        long once = (value ^ value >>> 30) * 0xBF58476D1CE4E5B9L;
        long twice = (once ^ once >>> 27) * 0x94D049BB133111EBL;
        return twice ^ twice >>> 31;
    }

    /** Flags of a page: those of a byte stream are zero. */
    int flags(long pageIndex) {
        return type == StreamType.PAGE ? (int) mixed(seed ^ pageIndex) : 0;
    }

    Map<String, String> meta() {
        int filler = seed % 5 == 0 ? Math.floorMod(seed >> 8, FILLER_MAX) : 0;
        return Map.of(
                SEED_KEY,
                HexFormat.of().toHexDigits(seed),
                LENGTH_KEY,
                Long.toString(length),
                FILLER_KEY,
                "x".repeat(filler));
    }

    /** Whatever somebody has saved, as its metadata tells it. */
    static KillNode claimedBy(NodeRecord node) {
        return new KillNode(
                HexFormat.fromHexDigitsToLong(node.meta().get(SEED_KEY)),
                node.type(),
                Long.parseLong(node.meta().get(LENGTH_KEY)),
                node.saveId(),
                node.sequence(),
                node.expiryMillis() == 0
                        ? KillLife.FOR_EVER
                        : new KillLife(1, node.expiryMillis(), node.expiryMillis()));
    }

    /** What is wrong with a record of this node; empty when nothing is. */
    String differenceTo(NodeRecord node) {
        StringBuilder text = new StringBuilder();
        compare(text, "saveId", saveId, node.saveId());
        compare(text, "type", type, node.type());
        compare(text, "length", length, node.length());
        compare(text, "pages", pages(), node.pages());
        compare(text, "meta", meta(), node.meta());
        compare(text, "flags", 0L, node.flags());
        if (!life.mayEndAt(node.expiryMillis())) {
            compare(text, "expiry", life, node.expiryMillis());
        }
        if (sequence != 0) {
            compare(text, "sequence", sequence, node.sequence());
        }
        return text.toString();
    }

    private static void compare(StringBuilder text, String what, Object expected, Object actual) {
        if (!expected.equals(actual)) {
            text.append(' ')
                    .append(what)
                    .append(" expected=")
                    .append(expected)
                    .append(" actual=")
                    .append(actual);
        }
    }

    /** One word, which {@link #parse} reads. */
    String text() {
        return HexFormat.of().toHexDigits(seed)
                + ":"
                + type
                + ":"
                + length
                + ":"
                + saveId
                + ":"
                + sequence
                + ":"
                + life.text();
    }

    static KillNode parse(String text) {
        String[] parts = text.split(":");
        return new KillNode(
                HexFormat.fromHexDigitsToLong(parts[0]),
                StreamType.valueOf(parts[1]),
                Long.parseLong(parts[2]),
                SaveId.parse(parts[3]),
                Long.parseLong(parts[4]),
                KillLife.parse(parts[5]));
    }
}
