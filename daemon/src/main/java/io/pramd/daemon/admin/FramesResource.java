package io.pramd.daemon.admin;

import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.recovery.CellMap;
import io.pramd.daemon.recovery.CellQuery;
import io.pramd.daemon.recovery.Fragmentation;
import io.pramd.daemon.recovery.FrameLook;
import io.pramd.daemon.recovery.FrameMap;
import io.pramd.daemon.recovery.FrameSeen;
import io.pramd.daemon.recovery.FrameState;
import io.pramd.daemon.recovery.FrameTotals;
import io.pramd.protocol.Errno;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;

/** Thread-safe: what the frames of the memory are used for. */
final class FramesResource {
    /** Cells of one answer. */
    static final int CELLS_MAX = 1 << 18;

    private static final String BY_STATE = "state";
    private static final String BY_NODE = "node";

    private final FrameMap map;

    FramesResource(FrameMap map) {
        this.map = map;
    }

    /** The map, a character a cell. */
    CompletionStage<Answer> cells(Request request) {
        return map.ask(look -> cells(request, look));
    }

    private static Answer cells(Request request, FrameLook look) {
        CellQuery query = query(request, look.frameCount());
        if (Answer.isKnown(request.knownVersions(), look.version())) {
            return Answer.unchanged(look.version());
        }
        CellMap cells = look.cells(query);
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("asOf", look.asOfMillis());
        answer.put("tookMillis", look.tookMillis());
        answer.put("version", look.version());
        answer.put("frames", look.frameCount());
        answer.put("from", query.from());
        answer.put("per", query.per());
        answer.put("by", query.isByNode() ? BY_NODE : BY_STATE);
        answer.put("cells", cells.cells());
        if (query.per() > 1) {
            answer.put("fill", cells.fill());
        }
        return Answer.json(answer).withVersion(look.version());
    }

    private static CellQuery query(Request request, long frames) {
        long from = request.number("from", 0, 0, frames - 1);
        long count = Math.min(request.number("count", frames, 1, Long.MAX_VALUE), frames - from);
        long fewest = Math.ceilDiv(count, CELLS_MAX);
        // powers of two: so cells stay where they are while somebody looks closer
        long fitting = fewest == 1 ? 1 : Long.highestOneBit(fewest - 1) << 1;
        long per = request.number("per", fitting, 1, Long.MAX_VALUE);
        if (per < fewest) {
            throw StoreException.of(
                    Errno.EINVAL,
                    "more cells than one answer has: count="
                            + count
                            + " per="
                            + per
                            + " cells="
                            + Math.ceilDiv(count, per)
                            + " max="
                            + CELLS_MAX);
        }
        String by = request.word("by", List.of(BY_STATE, BY_NODE));
        return new CellQuery(from, count, per, by.equals(BY_NODE));
    }

    /** How many frames are in which state. */
    CompletionStage<Answer> summary(Request request) {
        return map.ask(
                look -> {
                    if (Answer.isKnown(request.knownVersions(), look.version())) {
                        return Answer.unchanged(look.version());
                    }
                    Map<String, Object> answer = new LinkedHashMap<>();
                    FrameTotals totals = look.totals();
                    answer.put("asOf", look.asOfMillis());
                    answer.put("frames", totals.frames());
                    for (FrameState state : FrameState.values()) {
                        answer.put(word(state), totals.byState().get(state));
                    }
                    answer.put("fragmentation", fragmentation(totals.fragmentation()));
                    return Answer.json(answer).withVersion(look.version());
                });
    }

    private static String word(FrameState state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    private static Map<String, Object> fragmentation(Fragmentation found) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("freeRuns", found.freeRuns());
        answer.put("largestFreeRun", found.largestFreeRun());
        answer.put("freeIn2MiB", found.freeIn2MiB());
        List<List<Long>> histogram = new ArrayList<>();
        for (int length = 0; length < found.histogram().length; length++) {
            histogram.add(List.of(1L << length, found.histogram()[length]));
        }
        answer.put("histogram", histogram);
        return answer;
    }

    /** One frame, by the last part of the path. */
    CompletionStage<Answer> frame(Request request) {
        long pfn = Request.number("pfn", request.lastPart(), 0, Long.MAX_VALUE);
        return map.ask(look -> Answer.json(frame(look.frame(pfn))));
    }

    private static Map<String, Object> frame(FrameSeen seen) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("pfn", seen.pfn());
        answer.put("state", word(seen.state()));
        answer.put("role", seen.role());
        answer.put("references", seen.references());
        answer.put("node", seen.owner().orElse(null));
        answer.put("page", orNull(seen.page()));
        answer.put("position", orNull(seen.position()));
        return answer;
    }

    private static Long orNull(OptionalLong number) {
        return number.isPresent() ? number.getAsLong() : null;
    }
}
