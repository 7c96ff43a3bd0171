package io.pramd.daemon.recovery;

import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.memory.HandedOut;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.NodeInfo;
import io.pramd.daemon.node.OpenSave;
import io.pramd.daemon.node.QuarantinedNode;
import io.pramd.daemon.node.SeenNode;
import io.pramd.daemon.node.StoreView;
import io.pramd.protocol.Errno;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * One owner: who asks. The frames and nodes of a running store: a survey, with what has changed
 * since laid over it.
 */
public final class FrameLook {
    private static final FrameState[] STATES = FrameState.values();

    private final FrameSurvey survey;
    private final StoreView store;
    private final NodeLook nodes;
    private final HandedOut handedOut;
    private final Overlay overlay;
    private final long frameCount;
    private final long changes;

    FrameLook(FrameSurvey survey, StoreView store, NodeLook nodes) {
        this.survey = survey;
        this.store = store;
        this.nodes = nodes;
        this.handedOut = survey.handedOut();
        this.changes = handedOut.changes(); // before the rest: what changes meanwhile is noticed
        this.frameCount = handedOut.frameCount();
        this.overlay = new Overlay(survey, store);
    }

    /** When the survey was made, ms since the epoch. */
    public long asOfMillis() {
        return survey.asOfMillis();
    }

    public long tookMillis() {
        return survey.tookNanos() / 1_000_000;
    }

    /** Frames of the file. */
    public long frameCount() {
        return frameCount;
    }

    /** A text that stays the same as long as nothing that is drawn has changed. */
    public String version() {
        long mixed = 31 * (31 * overlay.version() + changes) + frameCount;
        return Long.toHexString(mixed * 0x9e3779b97f4a7c15L);
    }

    public CellMap cells(CellQuery query) {
        return quietly(states -> new CellPainter(states, survey, overlay).paint(query));
    }

    public FrameTotals totals() {
        return quietly(this::totals);
    }

    private FrameTotals totals(FrameStates states) {
        Map<FrameState, Long> byState = new EnumMap<>(FrameState.class);
        FreeRuns runs = new FreeRuns();
        long[] counts = new long[STATES.length];
        for (long pfn = 0; pfn < frameCount; pfn += Long.SIZE) {
            states.read(pfn);
            for (FrameState state : STATES) {
                counts[state.ordinal()] += Long.bitCount(states.mask(state));
            }
            runs.add(states.mask(FrameState.FREE));
        }
        for (FrameState state : STATES) {
            byState.put(state, counts[state.ordinal()]);
        }
        return new FrameTotals(frameCount, byState, runs.result());
    }

    /**
     * Where nothing was under way before and no frame has changed hands since, what is in use and
     * not reached is on its way to nobody. Else it may be, and is said to be.
     */
    private <T> T quietly(Function<FrameStates, T> question) {
        if (overlay.isQuiet()) {
            T answer = question.apply(states(true));
            if (handedOut.changes() == changes) {
                return answer;
            }
        }
        return question.apply(states(false));
    }

    private FrameStates states(boolean isQuiet) {
        return new FrameStates(survey, overlay, handedOut, frameCount, isQuiet);
    }

    /**
     * @throws StoreException ENOENT for a frame that the file does not have
     */
    public FrameSeen frame(long pfn) {
        if (pfn < 0 || pfn >= frameCount) {
            throw StoreException.of(
                    Errno.ENOENT, "no such frame: pfn=" + pfn + " frames=" + frameCount);
        }
        FrameState state =
                quietly(
                        states -> {
                            states.read(pfn & -Long.SIZE);
                            return states.state((int) pfn & Long.SIZE - 1);
                        });
        int references = handedOut.references(pfn);
        return switch (state) {
            case FREE, HELD -> bare(pfn, state, state.name().toLowerCase(Locale.ROOT), references);
            case BANNED -> bare(pfn, state, FileLayout.isFixed(pfn) ? "fixed" : "kept", references);
            case SAVING -> saving(pfn, references);
            case DATA, METADATA, PINNED, QUARANTINED -> surveyed(pfn, state, references);
        };
    }

    private static FrameSeen bare(long pfn, FrameState state, String role, int references) {
        return new FrameSeen(
                pfn,
                state,
                role,
                references,
                Optional.empty(),
                OptionalLong.empty(),
                OptionalLong.empty());
    }

    private FrameSeen saving(long pfn, int references) {
        OpenSave save = overlay.granted().saver(pfn);
        FrameSeen seen = bare(pfn, FrameState.SAVING, "saving", references);
        return save == null
                ? seen
                : seen.of(
                        new FrameSeen.Owner(save.info().name(), save.info().sequence(), "saving"));
    }

    private FrameSeen surveyed(long pfn, FrameState state, int references) {
        FrameUse use = survey.cells().use(pfn);
        String role = role(use);
        int owner = survey.cells().owner(pfn);
        boolean isNodes = use != FrameUse.DIRECTORY && use != FrameUse.READ;
        FrameSeen seen = bare(pfn, state, role, references);
        if (!isNodes || owner <= 0) {
            return seen;
        }
        int row = owner - 1;
        Optional<SeenNode> node = live(row);
        if (node.isEmpty()) {
            return seen;
        }
        Optional<NodeLook.Place> place = nodes.place(node.get(), pfn);
        if (place.isEmpty() && !survey.cells().isExact()) {
            return seen; // of another node beside it
        }
        NodeRows rows = survey.rows();
        FrameSeen owned =
                seen.of(
                        new FrameSeen.Owner(
                                rows.name(row),
                                rows.sequence(row),
                                NodeRow.word(node.get().state())));
        return place.map(owned::at).orElse(owned);
    }

    private static String role(FrameUse use) {
        return switch (use) {
            case DIRECTORY -> "directory";
            case NODE -> "node";
            case LINK -> "link";
            case DATA -> "data";
            case HELD, READ -> "held";
            case QUARANTINED -> "quarantined";
            case UNREACHED -> "saving";
        };
    }

    private Optional<SeenNode> live(int row) {
        NodeRows rows = survey.rows();
        return store.at(rows.slot(row), rows.sequence(row))
                .filter(node -> node.pfn() == rows.pfn(row));
    }

    /** Part of the nodes: saves that are open first, with what has come of them. */
    public NodePage nodes(NodeQuery query) {
        List<OpenSave> saves =
                overlay.saves().stream()
                        .filter(save -> query.wants(save.info().name()))
                        .sorted(Comparator.comparingLong(save -> save.info().sequence()))
                        .toList();
        List<NodeRow> page = new ArrayList<>();
        saves.stream()
                .skip(query.offset())
                .limit(query.limit())
                .map(FrameLook::row)
                .forEach(page::add);
        NodeOrders.Selected selected =
                survey.rows()
                        .orders()
                        .select(
                                query,
                                Math.max(query.offset() - saves.size(), 0),
                                query.limit() - page.size());
        for (int row : selected.rows()) {
            live(row).map(node -> row(row, node)).ifPresent(page::add);
        }
        return new NodePage(
                survey.rows().total() + overlay.saves().size(),
                selected.matching() + saves.size(),
                page);
    }

    private static NodeRow row(OpenSave save) {
        NodeInfo info = save.info();
        long frames = 0;
        for (int extent = 0; extent < save.extents(); extent++) {
            frames += save.frames(extent);
        }
        return NodeRow.of(info, frames, false, false);
    }

    private NodeRow row(int row, SeenNode node) {
        NodeRows rows = survey.rows();
        String reason = store.quarantined(node.pfn()).map(QuarantinedNode::reason).orElse("");
        return new NodeRow(
                rows.name(row),
                rows.sequence(row),
                rows.isDamaged(row) ? Optional.empty() : Optional.of(rows.type(row)),
                NodeRow.word(node.state()),
                rows.length(row),
                rows.pages(row),
                rows.frames(row),
                rows.createdMillis(row),
                rows.expiryMillis(row),
                rows.owner(row),
                rows.pfn(row),
                node.isRead(),
                node.isReplacing(),
                reason);
    }
}
