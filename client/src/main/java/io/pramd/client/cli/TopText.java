package io.pramd.client.cli;

import java.util.Locale;
import java.util.OptionalLong;

/** Immutable: figures as {@code pram top} writes them; - where one is not known. */
final class TopText {
    private static final String UNKNOWN = "-";
    private static final int BAR_MAX = 50;
    private static final int BAR_MIN = 5;
    private static final long SECOND = 1000;
    private static final long MINUTE = 60 * SECOND;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;

    private TopText() {}

    static String count(OptionalLong count) {
        return count.isPresent() ? Long.toUnsignedString(count.getAsLong()) : UNKNOWN;
    }

    static String frames(long frames) {
        return ByteSize.text(frames * OpenStream.PAGE_BYTES);
    }

    /** For example {@code 1.5 MiB/s}. */
    static String byteRate(double bytesPerSecond) {
        return Double.isNaN(bytesPerSecond)
                ? UNKNOWN
                : ByteSize.text(Math.round(bytesPerSecond)) + "/s";
    }

    /** For example {@code 0.2/s}, {@code 1200/s}. */
    static String rate(double perSecond) {
        if (Double.isNaN(perSecond)) {
            return UNKNOWN;
        }
        return String.format(Locale.ROOT, perSecond < 10 ? "%.1f/s" : "%.0f/s", perSecond);
    }

    /** In its two largest units: {@code 850ms}, {@code 12.3s}, {@code 4m05s}, {@code 3d02h}. */
    static String age(long millis) {
        if (millis < SECOND) {
            return Math.max(0, millis) + "ms";
        }
        if (millis < MINUTE) {
            return String.format(Locale.ROOT, "%.1fs", Math.floor(millis / 100.0) / 10);
        }
        if (millis < HOUR) {
            return two(millis, MINUTE, "m", SECOND, "s");
        }
        return millis < DAY
                ? two(millis, HOUR, "h", MINUTE, "m")
                : two(millis, DAY, "d", HOUR, "h");
    }

    private static String two(
            long millis, long large, String largeName, long small, String smallName) {
        return String.format(
                Locale.ROOT,
                "%d%s%02d%s",
                millis / large,
                largeName,
                millis % large / small,
                smallName);
    }

    /**
     * A picture of {@code used} and {@code held} in {@code total}. What is not nothing is seen.
     *
     * @param room columns there are, also for the brackets; empty where that is too little
     */
    static String bar(long used, long held, long total, int room) {
        int cells = Math.min(BAR_MAX, room - 2);
        if (cells < BAR_MIN || total <= 0) {
            return "";
        }
        int usedCells = cells(used, total, cells);
        int heldCells = Math.min(cells - usedCells, cells(held, total, cells));
        return "["
                + "#".repeat(usedCells)
                + "=".repeat(heldCells)
                + ".".repeat(cells - usedCells - heldCells)
                + "]";
    }

    private static int cells(long part, long total, int cells) {
        int exact = (int) Math.round((double) part / total * cells);
        return part > 0 ? Math.min(cells, Math.max(1, exact)) : 0;
    }
}
