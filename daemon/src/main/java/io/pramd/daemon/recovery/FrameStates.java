package io.pramd.daemon.recovery;

import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.memory.HandedOut;
import io.pramd.daemon.memory.ShortTurns;
import java.util.Arrays;

/**
 * One owner, a thread that gives way. Goes through the frames of a file from some one on, 64 at a
 * time: a mask for each state, of which every frame has exactly one.
 *
 * <p>Whether a frame is free is looked up now, in steps of {@link HandedOut#READ_FRAMES_MAX}; what
 * one in use is used for the survey says, unless it is known better by now.
 */
final class FrameStates {
    private static final long WORDS_WITH_FIXED =
            (FileLayout.SECOND_COPY_DISTANCE + FileLayout.FIXED_FRAMES) / Long.SIZE + 1;

    private final FrameSurvey survey;
    private final Overlay overlay;
    private final HandedOut handedOut;
    private final FrameState leftOver;
    private final long frameCount;
    private final long[] free = new long[HandedOut.READ_FRAMES_MAX / Long.SIZE];
    private final long[] kept = new long[free.length];
    private final long[] masks = new long[FrameState.values().length];
    private final ShortTurns turns = new ShortTurns();
    private long firstRead;
    private long wordsRead;
    private long word = -1;

    /**
     * @param frameCount of the file when the answer was begun
     * @param isQuiet whether what is in use and not reached is on its way to nobody
     */
    FrameStates(
            FrameSurvey survey,
            Overlay overlay,
            HandedOut handedOut,
            long frameCount,
            boolean isQuiet) {
        this.survey = survey;
        this.overlay = overlay;
        this.handedOut = handedOut;
        this.frameCount = frameCount;
        FrameState lost = survey.isIncomplete() ? FrameState.QUARANTINED : FrameState.BANNED;
        leftOver = isQuiet ? lost : FrameState.SAVING;
    }

    long frameCount() {
        return frameCount;
    }

    /** Goes to the 64 frames from a multiple of 64 on. */
    void read(long firstPfn) {
        if (firstPfn / Long.SIZE == word) {
            return;
        }
        turns.step();
        word = firstPfn / Long.SIZE;
        if (word < firstRead || word >= firstRead + wordsRead) {
            handedOut.read(firstPfn, free, kept);
            firstRead = word;
            wordsRead = free.length;
        }
        classify((int) (word - firstRead));
    }

    private void classify(int index) {
        Arrays.fill(masks, 0);
        long inFile = inFile();
        long fixed = fixed();
        long unused = free[index] & inFile & ~fixed;
        long used = inFile & ~unused & ~fixed;
        masks[FrameState.FREE.ordinal()] = unused;
        masks[FrameState.BANNED.ordinal()] = fixed;
        if (used == 0) {
            return;
        }
        long saving = used & overlay.granted().mask(word * Long.SIZE);
        used &= ~saving;
        long low = survey.cells().plane(word, 0);
        long middle = survey.cells().plane(word, 1);
        long high = survey.cells().plane(word, 2);
        masks[FrameState.METADATA.ordinal()] = used & ~high & (low | middle);
        masks[FrameState.DATA.ordinal()] = used & high & ~middle & ~low;
        masks[FrameState.HELD.ordinal()] = used & high & ~middle & low;
        masks[FrameState.PINNED.ordinal()] = used & high & middle & ~low;
        masks[FrameState.QUARANTINED.ordinal()] = used & high & middle & low;
        masks[FrameState.SAVING.ordinal()] = saving;
        long unreached = used & ~(low | middle | high);
        masks[FrameState.BANNED.ordinal()] |= unreached & kept[index];
        masks[leftOver.ordinal()] |= unreached & ~kept[index];
        if (overlay.hasMarked()) {
            moveMarked();
        }
    }

    private long inFile() {
        long left = frameCount - word * Long.SIZE;
        return left >= Long.SIZE ? -1L : left <= 0 ? 0 : (1L << left) - 1;
    }

    private long fixed() {
        long fixed = 0;
        for (int bit = 0; word < WORDS_WITH_FIXED && bit < Long.SIZE; bit++) {
            fixed |= FileLayout.isFixed(word * Long.SIZE + bit) ? 1L << bit : 0;
        }
        return fixed;
    }

    private void moveMarked() {
        long candidates = mask(FrameState.DATA) | mask(FrameState.METADATA);
        for (long left = candidates; left != 0; left &= left - 1) {
            long pfn = word * Long.SIZE + Long.numberOfTrailingZeros(left);
            int owner = survey.cells().owner(pfn);
            boolean isNodes = owner > 0 && survey.cells().use(pfn) != FrameUse.DIRECTORY;
            if (isNodes && overlay.isQuarantined(owner - 1)) {
                move(Long.lowestOneBit(left), FrameState.QUARANTINED);
            } else if (isNodes && overlay.isRead(owner - 1)) {
                move(Long.lowestOneBit(left), FrameState.PINNED);
            }
        }
    }

    private void move(long frame, FrameState to) {
        masks[FrameState.DATA.ordinal()] &= ~frame;
        masks[FrameState.METADATA.ordinal()] &= ~frame;
        masks[to.ordinal()] |= frame;
    }

    /** Which of the 64 frames are in a state. */
    long mask(FrameState state) {
        return masks[state.ordinal()];
    }

    /** Which of them are in the file. */
    long all() {
        return inFile();
    }

    FrameState state(int bit) {
        for (FrameState state : FrameState.values()) {
            if ((mask(state) >>> bit & 1) != 0) {
                return state;
            }
        }
        return FrameState.BANNED; // not in the file
    }
}
