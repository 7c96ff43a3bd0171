package io.pramd.daemon.recovery;

import io.pramd.daemon.node.OpenSave;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** One owner. Draws frames in cells. */
final class CellPainter {
    private static final int LETTERS = 64;
    private static final int NO_NODE = LETTERS;
    private static final byte NOTHING = '0';
    private static final byte ALL = '9';
    private static final FrameState[] STATES = FrameState.values();
    private static final List<FrameState> USED =
            Arrays.stream(STATES).filter(state -> state != FrameState.FREE).toList();

    /** What a cell of many shows if only one of its frames is it; the first of them that is. */
    private static final List<FrameState> TELLING =
            List.of(FrameState.QUARANTINED, FrameState.SAVING, FrameState.PINNED, FrameState.HELD);

    private final FrameStates states;
    private final FrameSurvey survey;
    private final Overlay overlay;
    private final long[] byState = new long[STATES.length];
    private final long[] byNode = new long[LETTERS + 1];

    CellPainter(FrameStates states, FrameSurvey survey, Overlay overlay) {
        this.states = states;
        this.survey = survey;
        this.overlay = overlay;
    }

    CellMap paint(CellQuery query) {
        long end = Math.min(query.from() + query.count(), states.frameCount());
        if (query.per() == 1 && !query.isByNode()) {
            return new CellMap(eachByState(query.from(), end), "");
        }
        int length = (int) Math.ceilDiv(Math.max(end - query.from(), 0), query.per());
        byte[] cells = new byte[length];
        byte[] fill = new byte[query.per() > 1 ? length : 0];
        Arrays.fill(cells, (byte) FrameState.FREE.letter());
        Arrays.fill(fill, NOTHING);
        int cell = 0;
        while (cell < length) {
            long pfn = query.from() + cell * query.per();
            int free = freeCells(pfn, end, query.per());
            cell += free;
            if (free > 0) {
                continue;
            }
            long cellEnd = Math.min(pfn + query.per(), end);
            count(pfn, cellEnd, query.isByNode());
            cells[cell] = (byte) (query.isByNode() ? nodeLetter() : stateLetter());
            if (query.per() > 1) {
                fill[cell] = fill(cellEnd - pfn);
            }
            cell++;
        }
        return new CellMap(text(cells), text(fill));
    }

    /** How many cells from a frame on are free: as far as this is seen at once, 64 frames each. */
    private int freeCells(long pfn, long end, long per) {
        int cells = 0;
        long at = pfn;
        while (at < end && at % Long.SIZE == 0 && Long.SIZE % per == 0) {
            states.read(at);
            if (states.mask(FrameState.FREE) != -1L) {
                break;
            }
            cells += (int) (Long.SIZE / per);
            at += Long.SIZE;
        }
        return cells;
    }

    private static String text(byte[] letters) {
        return new String(letters, StandardCharsets.ISO_8859_1);
    }

    private String eachByState(long begin, long end) {
        byte[] cells = new byte[(int) Math.max(end - begin, 0)];
        Arrays.fill(cells, (byte) FrameState.FREE.letter());
        for (long first = begin & -Long.SIZE; first < end; first += Long.SIZE) {
            states.read(first);
            if (states.mask(FrameState.FREE) == -1L) {
                continue;
            }
            for (FrameState state : USED) {
                int at = (int) (first - begin);
                for (long left = states.mask(state); left != 0; left &= left - 1) {
                    int cell = at + Long.numberOfTrailingZeros(left);
                    if (cell >= 0 && cell < cells.length) {
                        cells[cell] = (byte) state.letter();
                    }
                }
            }
        }
        return text(cells);
    }

    private void count(long begin, long end, boolean isByNode) {
        Arrays.fill(byState, 0);
        if (isByNode) {
            Arrays.fill(byNode, 0);
        }
        long at = begin;
        while (at < end) {
            long first = at & -Long.SIZE;
            long behind = Math.min(first + Long.SIZE, end);
            long wanted = -1L >>> Long.SIZE - (behind - at) << at;
            states.read(first);
            long free = states.mask(FrameState.FREE) & wanted;
            if (free == wanted) { // most of most files
                byState[FrameState.FREE.ordinal()] += behind - at;
            } else {
                countUsed(wanted);
            }
            if (isByNode) {
                countNodes(first, wanted & states.all() & ~free);
            }
            at = behind;
        }
    }

    private void countUsed(long wanted) {
        for (FrameState state : STATES) {
            byState[state.ordinal()] += Long.bitCount(states.mask(state) & wanted);
        }
    }

    private void countNodes(long first, long used) {
        long ofNone = states.mask(FrameState.BANNED) | states.mask(FrameState.HELD);
        byNode[NO_NODE] += Long.bitCount(used & ofNone);
        long saving = states.mask(FrameState.SAVING);
        for (long left = used & ~ofNone; left != 0; left &= left - 1) {
            long pfn = first + Long.numberOfTrailingZeros(left);
            boolean isSaving = (saving & Long.lowestOneBit(left)) != 0;
            byNode[isSaving ? savingLetter(pfn) : letter(pfn)]++;
        }
    }

    private int savingLetter(long pfn) {
        OpenSave save = overlay.granted().saver(pfn);
        return save == null ? NO_NODE : FrameOwners.letter(save.info().sequence());
    }

    private int letter(long pfn) {
        int owner = survey.cells().owner(pfn);
        FrameUse use = survey.cells().use(pfn);
        boolean isNodes = use != FrameUse.DIRECTORY && use != FrameUse.READ;
        return owner == FrameCells.NO_OWNER || !isNodes
                ? NO_NODE
                : FrameOwners.letterOf(owner, survey.rows());
    }

    private char stateLetter() {
        for (FrameState telling : TELLING) {
            if (byState[telling.ordinal()] > 0) {
                return telling.letter();
            }
        }
        FrameState commonest = FrameState.FREE;
        for (FrameState state : STATES) {
            boolean isCommoner =
                    commonest == FrameState.FREE
                            ? byState[state.ordinal()] > 0
                            : byState[state.ordinal()] > byState[commonest.ordinal()];
            commonest = isCommoner ? state : commonest;
        }
        return commonest.letter();
    }

    private char nodeLetter() {
        int commonest = NO_NODE;
        for (int letter = 0; letter < LETTERS; letter++) {
            commonest = byNode[letter] > byNode[commonest] ? letter : commonest;
        }
        if (byNode[commonest] == 0) {
            return FrameState.FREE.letter();
        }
        return commonest == NO_NODE ? '#' : FrameOwners.asCharacter(commonest);
    }

    /** 0 only where nothing is in use, 9 only where everything is. */
    private byte fill(long frames) {
        long used = frames - byState[FrameState.FREE.ordinal()];
        if (used == 0 || used == frames) {
            return used == 0 ? NOTHING : ALL;
        }
        return (byte) ('1' + used * 8 / frames);
    }
}
