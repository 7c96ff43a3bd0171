package io.pramd.daemon.cut;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * One owner. The page cache of a memory file and the device below it. The cache has of each page
 * what was stored last. The device has any of the versions that the page had since the force that
 * last covered it, or a mixture of two, sector by sector: the kernel writes back when and what it
 * likes. Where write-back failed, the page looks clean: no force writes it until it is stored
 * again.
 */
final class Device {
    /** Versions of a page remembered at most. */
    static final int VERSIONS_MAX = 7;

    private final Page[] cache;
    private final History[] histories; // null: the device has what the cache has
    private final BitSet dirty = new BitSet();
    private boolean isForcing;
    private boolean hasUnseenError;

    /** What the device may have of a page, oldest first. */
    private static final class History {
        private final List<Page> versions = new ArrayList<>();
        private int atForce = -1;
        private boolean looksClean;

        History(Page forced) {
            versions.add(forced);
        }

        void store(Page page) {
            looksClean = false;
            if (versions.getLast().hash() == page.hash()) {
                return;
            }
            versions.add(page);
            if (versions.size() > VERSIONS_MAX) {
                // neither the forced one nor, with good luck, one that a force under way has seen
                int dropped = atForce == 1 ? 2 : 1;
                versions.remove(dropped);
                atForce -= dropped < atForce ? 1 : 0;
            }
        }

        void begin() {
            atForce = looksClean ? -1 : versions.size() - 1;
        }

        /** What was there when the force began is on the device; answers whether that is all. */
        boolean written() {
            if (atForce > 0) {
                versions.subList(0, atForce).clear();
            }
            boolean isAll = atForce >= 0 && versions.size() == 1;
            atForce = -1;
            return isAll;
        }

        void lost() {
            looksClean |= atForce < 0 || atForce == versions.size() - 1;
            atForce = -1;
        }
    }

    /** What a cut leaves of one page. */
    @FunctionalInterface
    interface Choice {
        /**
         * Chooses.
         *
         * @param versions oldest first: the first was forced, the last is in the cache
         */
        Page of(int pfn, List<Page> versions);
    }

    /** Holds an image, all of it written. */
    Device(Image image) {
        cache = image.copy();
        histories = new History[cache.length];
    }

    Page cached(int pfn) {
        return cache[pfn];
    }

    void store(int pfn, Page page) {
        History history = histories[pfn];
        if (history == null) {
            history = new History(cache[pfn]);
            histories[pfn] = history;
            dirty.set(pfn);
        }
        history.store(page);
        cache[pfn] = page;
    }

    /** Pages of which the device may have something else than the cache. */
    BitSet dirty() {
        return (BitSet) dirty.clone();
    }

    List<Page> versions(int pfn) {
        return histories[pfn] == null ? List.of(cache[pfn]) : histories[pfn].versions;
    }

    // ---- forces

    void beginForce(int first, int end) {
        isForcing = true;
        for (int pfn = dirty.nextSetBit(first); pfn >= 0 && pfn < end; pfn = next(pfn)) {
            histories[pfn].begin();
        }
    }

    private int next(int pfn) {
        return dirty.nextSetBit(pfn + 1);
    }

    void endForce(int first, int end) {
        isForcing = false;
        for (int pfn = dirty.nextSetBit(first); pfn >= 0 && pfn < end; pfn = next(pfn)) {
            written(pfn);
        }
    }

    private void written(int pfn) {
        if (histories[pfn].written()) {
            histories[pfn] = null;
            dirty.clear(pfn);
        }
    }

    /** Whether the next force must say that write-back failed; it says so once. */
    boolean takeError() {
        boolean taken = hasUnseenError;
        hasUnseenError = false;
        return taken;
    }

    /** A force that began fails: of its pages some are written and some are not. */
    void failForce(int first, int end, RandomGenerator random) {
        isForcing = false;
        int lostOfThree = random.nextInt(4);
        for (int pfn = dirty.nextSetBit(first); pfn >= 0 && pfn < end; pfn = next(pfn)) {
            if (random.nextInt(3) < lostOfThree) {
                histories[pfn].lost();
            } else {
                written(pfn);
            }
        }
    }

    /**
     * The kernel tries to write pages back by itself, and fails: the next force will say so.
     *
     * @return false when a force is under way, which would say so itself: not now
     */
    boolean failWriteBack(RandomGenerator random) {
        if (isForcing) {
            return false;
        }
        boolean hasLost = false;
        for (int pfn = dirty.nextSetBit(0); pfn >= 0; pfn = next(pfn)) {
            if (random.nextInt(4) == 0) {
                histories[pfn].lost();
                hasLost = true;
            }
        }
        hasUnseenError |= hasLost;
        return true;
    }

    // ---- what is left

    /** What a kill leaves to the next start. */
    Image afterKill() {
        return new Image(cache.clone());
    }

    /** What a power cut leaves; this device goes on as if there had been none. */
    Image afterCut(Choice choice) {
        Page[] pages = cache.clone();
        for (int pfn = dirty.nextSetBit(0); pfn >= 0; pfn = next(pfn)) {
            pages[pfn] = choice.of(pfn, histories[pfn].versions);
        }
        return new Image(pages);
    }

    /** In how many ways a cut may leave whole versions; no more than this are counted. */
    long combinations(long max) {
        long combinations = 1;
        for (int pfn = dirty.nextSetBit(0); pfn >= 0 && combinations <= max; pfn = next(pfn)) {
            combinations *= histories[pfn].versions.size();
        }
        return Math.min(combinations, max + 1);
    }

    /** One of these ways, from 0. */
    Image afterCut(long combination) {
        Page[] pages = cache.clone();
        long rest = combination;
        for (int pfn = dirty.nextSetBit(0); pfn >= 0; pfn = next(pfn)) {
            List<Page> versions = histories[pfn].versions;
            pages[pfn] = versions.get((int) (rest % versions.size()));
            rest /= versions.size();
        }
        return new Image(pages);
    }

    /**
     * What a start finds that has the cache dropped: what looks dirty is written before, unless
     * that fails again.
     */
    Image afterDrop(Choice choice, boolean failsAgain) {
        Page[] pages = cache.clone();
        for (int pfn = dirty.nextSetBit(0); pfn >= 0; pfn = next(pfn)) {
            if (failsAgain || histories[pfn].looksClean) {
                pages[pfn] = choice.of(pfn, histories[pfn].versions);
            }
        }
        return new Image(pages);
    }
}
