package io.pramd.daemon.cut;

import io.pramd.daemon.layout.FileLayout;
import java.util.BitSet;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * One owner. Chooses what a power cut leaves of each page: by chance, but by one of a number of
 * ways in which a machine may behave badly for this file.
 */
final class CutModes {
    private static final int MODES = 14;

    private final RandomGenerator random;

    CutModes(RandomGenerator random) {
        this.random = random;
    }

    /** A way to choose for all pages of one cut. */
    Device.Choice next(BitSet dirty) {
        int special = special(dirty);
        return switch (random.nextInt(MODES)) {
            case 0, 1 -> (pfn, versions) -> any(versions);
            case 2 -> (pfn, versions) -> isFixed(pfn) ? versions.getLast() : versions.getFirst();
            case 3 -> (pfn, versions) -> isFixed(pfn) ? versions.getFirst() : versions.getLast();
            case 4 -> (pfn, versions) -> mostly(versions.getLast(), versions);
            case 5 -> (pfn, versions) -> mostly(versions.getFirst(), versions);
            case 6 -> (pfn, versions) -> isCurrent(pfn) ? versions.getLast() : old(pfn, versions);
            case 7 -> (pfn, versions) -> isForced(pfn) ? versions.getLast() : any(versions);
            case 8 -> (pfn, versions) -> isRecord(pfn) ? versions.getFirst() : fixed(pfn, versions);
            case 9, 10 -> byFate(random.nextInt());
            case 11 -> (pfn, versions) -> pfn == special ? versions.getFirst() : versions.getLast();
            case 12 -> (pfn, versions) -> pfn == special ? versions.getLast() : versions.getFirst();
            default -> (pfn, versions) -> pfn == special ? torn(versions) : versions.getLast();
        };
    }

    /** Both copies of a fixed frame fare alike; all else is there. */
    private Device.Choice byFate(int fates) {
        return (pfn, versions) ->
                switch (isFixed(pfn) ? fates >>> pfn % 16 * 2 & 3 : 3) {
                    case 0 -> versions.getFirst();
                    case 1 -> torn(versions);
                    default -> versions.getLast();
                };
    }

    /** One of the dirty pages, as often as not one of the fixed ones. */
    private int special(BitSet dirty) {
        int count = dirty.cardinality();
        if (count == 0) {
            return -1;
        }
        int wanted = random.nextInt(random.nextBoolean() ? count : Math.min(count, 8));
        int pfn = dirty.nextSetBit(0);
        for (int i = 0; i < wanted; i++) {
            pfn = dirty.nextSetBit(pfn + 1);
        }
        return pfn;
    }

    private Page any(List<Page> versions) {
        return random.nextInt(6) == 0
                ? torn(versions)
                : versions.get(random.nextInt(versions.size()));
    }

    private Page mostly(Page page, List<Page> versions) {
        return random.nextInt(6) > 0 ? page : any(versions);
    }

    private Page old(int pfn, List<Page> versions) {
        return isFixed(pfn) ? versions.getFirst() : any(versions);
    }

    private Page fixed(int pfn, List<Page> versions) {
        return isFixed(pfn) ? versions.getLast() : any(versions);
    }

    private Page torn(List<Page> versions) {
        if (versions.size() < 2) {
            return versions.getFirst();
        }
        int newer = 1 + random.nextInt(versions.size() - 1);
        int older = random.nextBoolean() ? newer - 1 : random.nextInt(newer);
        int sectors = 1 + random.nextInt(Page.SECTORS - 1);
        return versions.get(older)
                .torn(versions.get(newer), sectors * Page.SECTOR_BYTES, random.nextBoolean());
    }

    static boolean isFixed(int pfn) {
        return FileLayout.isFixed(pfn);
    }

    private static boolean isOneOf(List<Long> pfns, int pfn) {
        return FileLayout.isFixed(pfn)
                && pfns.contains((long) pfn % FileLayout.SECOND_COPY_DISTANCE);
    }

    static boolean isCurrent(int pfn) {
        return isOneOf(FileLayout.CURRENT_SLOT_PFNS, pfn);
    }

    static boolean isForced(int pfn) {
        return isOneOf(FileLayout.FORCED_SLOT_PFNS, pfn);
    }

    static boolean isRecord(int pfn) {
        return isOneOf(FileLayout.SEQUENCE_RECORD_PFNS, pfn);
    }
}
