package io.pramd.daemon.admin;

import io.pramd.daemon.layout.NodeType;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.NodeInfo;
import io.pramd.daemon.node.SaveKey;
import io.pramd.daemon.recovery.FrameMap;
import io.pramd.daemon.recovery.NodeDetail;
import io.pramd.daemon.recovery.NodeDetail.PageSeen;
import io.pramd.daemon.recovery.NodeLook.PageRange;
import io.pramd.daemon.recovery.NodePage;
import io.pramd.daemon.recovery.NodeQuery;
import io.pramd.daemon.recovery.NodeQuery.Sort;
import io.pramd.daemon.recovery.NodeRow;
import io.pramd.protocol.Errno;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Thread-safe: the nodes, in parts of a list, and one with its pages. */
final class NodesResource {
    /** Nodes of one answer. */
    static final int NODES_MAX = 500;

    /** Pages of one answer. */
    static final int PAGES_MAX = 1024;

    private static final int NODES_UNSET = 100;
    private static final int PAGES_UNSET = 255;
    private static final List<String> SORTS =
            Arrays.stream(Sort.values()).map(sort -> sort.name().toLowerCase(Locale.ROOT)).toList();
    private static final List<String> ORDERS = List.of("asc", "desc");

    private final FrameMap map;

    NodesResource(FrameMap map) {
        this.map = map;
    }

    /** A part of the list. */
    CompletionStage<Answer> list(Request request) {
        NodeQuery query =
                new NodeQuery(
                        request.text("contains").orElse(""),
                        request.text("prefix").orElse(""),
                        Sort.valueOf(request.word("sort", SORTS).toUpperCase(Locale.ROOT)),
                        request.word("order", ORDERS).equals("desc"),
                        request.number("offset", 0, 0, Long.MAX_VALUE),
                        (int) request.number("limit", NODES_UNSET, 0, NODES_MAX));
        return map.ask(
                look -> {
                    NodePage page = look.nodes(query);
                    Map<String, Object> answer = new LinkedHashMap<>();
                    answer.put("asOf", look.asOfMillis());
                    answer.put("total", page.total());
                    answer.put("matching", page.matching());
                    answer.put("offset", query.offset());
                    answer.put("nodes", page.nodes().stream().map(NodesResource::row).toList());
                    return Answer.json(answer);
                });
    }

    private static Map<String, Object> row(NodeRow row) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("name", row.name());
        answer.put("sequence", row.sequence());
        answer.put("type", row.type().map(NodesResource::word).orElse(null));
        answer.put("state", row.state());
        answer.put("bytes", row.bytes());
        answer.put("pages", row.pages());
        answer.put("frames", row.frames());
        answer.put("createdMillis", row.createdMillis());
        answer.put("expiryMillis", row.expiryMillis());
        answer.put("owner", row.owner());
        answer.put("pfn", row.pfn());
        answer.put("pinned", row.isPinned());
        answer.put("replacing", row.isReplacing());
        if (!row.reason().isEmpty()) {
            answer.put("reason", row.reason());
        }
        return answer;
    }

    private static String word(NodeType type) {
        return type.name().toLowerCase(Locale.ROOT);
    }

    /** One node, by its name, its sequence, or where it lies in quarantine. */
    Answer node(Request request) {
        Optional<String> name = request.text("name");
        long sequence = request.number("sequence", 0, 1, Long.MAX_VALUE);
        long pfn = request.number("quarantined", 0, 1, Long.MAX_VALUE);
        int given = (name.isPresent() ? 1 : 0) + (sequence != 0 ? 1 : 0) + (pfn != 0 ? 1 : 0);
        if (given != 1) {
            throw StoreException.of(
                    Errno.EINVAL,
                    "which node is not said: expected=name, sequence or quarantined actual="
                            + given
                            + " of them");
        }
        PageRange range =
                new PageRange(
                        request.number("firstPage", 0, 0, Long.MAX_VALUE),
                        (int) request.number("pages", PAGES_UNSET, 0, PAGES_MAX));
        NodeDetail found;
        if (name.isPresent()) {
            found = map.nodes().named(name.get(), range);
        } else {
            found =
                    pfn != 0
                            ? map.nodes().quarantined(pfn, range)
                            : map.nodes().of(sequence, range);
        }
        return Answer.json(detail(found, range));
    }

    private static Map<String, Object> detail(NodeDetail found, PageRange range) {
        Map<String, Object> answer = row(found.row());
        NodeInfo info = found.info();
        answer.put("saveId", saveId(info.saveKey()));
        answer.put("flags", info.flags());
        answer.put("metadata", info.meta());
        answer.put("firstLink", found.firstLinkPfn());
        answer.put("links", found.links());
        answer.put("linkPfns", found.linkPfns());
        answer.put(
                "extents",
                found.extents().stream()
                        .map(extent -> List.of(extent.pfn(), (long) extent.frames()))
                        .toList());
        answer.put("extentsTotal", found.extentsTotal());
        answer.put("whole", found.isWhole());
        answer.put("firstPage", range.first());
        answer.put("pageList", found.pages().stream().map(NodesResource::page).toList());
        if (found.row().state().equals("quarantined")) {
            answer.put("badPages", found.badPages());
        }
        return answer;
    }

    private static String saveId(SaveKey key) {
        return key.isNone() ? null : String.format("%016x%016x", key.high(), key.low());
    }

    private static Map<String, Object> page(PageSeen page) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("page", page.page());
        answer.put("pfn", page.pfn());
        answer.put("csum", String.format("%08x", page.csum()));
        answer.put("flags", Integer.toUnsignedLong(page.flags()));
        return answer;
    }
}
