package io.pramd.daemon.server;

import io.netty.buffer.ByteBufUtil;
import io.pramd.daemon.layout.NodeType;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.NodeInfo;
import io.pramd.daemon.node.NodeList;
import io.pramd.daemon.recovery.FrameBatch;
import io.pramd.protocol.Checked;
import io.pramd.protocol.Errno;
import io.pramd.protocol.ErrorReply;
import io.pramd.protocol.FrameRun;
import io.pramd.protocol.FramesAre;
import io.pramd.protocol.InfoIs;
import io.pramd.protocol.InfoValue;
import io.pramd.protocol.Listing;
import io.pramd.protocol.MessageType;
import io.pramd.protocol.NodeRecord;
import io.pramd.protocol.NodeState;
import io.pramd.protocol.ReadPages;
import io.pramd.protocol.SaveId;
import io.pramd.protocol.StreamType;
import io.pramd.protocol.WireLimits;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;

/** Immutable: says on the wire what the store says. */
final class Answers {
    /** Advice with EAGAIN: what is short now may be there again soon. */
    static final long RETRY_AFTER_MILLIS = 100;

    /** Room left for keys, numbers and the message's other fields. */
    private static final int TEXTS_BYTES_MAX = WireLimits.MESSAGE_BYTES_MAX / 2;

    private static final int TEXT_CHARS_MAX = 1024;

    private Answers() {}

    /**
     * What went wrong, as the store said it. Anything but a StoreException is a bug of ours, and
     * stands in the log of the connection.
     */
    static ErrorReply error(MessageType answers, Throwable failure, ConnectionLog log) {
        Throwable cause = unwrapped(failure);
        if (cause instanceof StoreException e) {
            ErrorReply reply =
                    ErrorReply.of(e.errno(), answers, e.getMessage()).withPageIndex(e.pageIndex());
            if (e.errno() == Errno.EAGAIN) {
                reply = reply.withRetryAfterMillis(RETRY_AFTER_MILLIS);
            }
            return e.isOutcomeUnknown() ? reply.withOutcomeUnknown() : reply;
        }
        log.error("request failed inside the daemon: type=" + answers, cause);
        return ErrorReply.of(Errno.EIO, answers, "failed inside the daemon: cause=" + cause)
                .withOutcomeUnknown();
    }

    /** Of several READs of a stream the page tells which one: its first, where none is named. */
    static ErrorReply readError(ReadPages read, Throwable failure, ConnectionLog log) {
        ErrorReply reply = error(MessageType.READ, failure, log);
        return reply.pageIndex() == ErrorReply.NO_PAGE
                ? reply.withPageIndex(read.firstPage())
                : reply;
    }

    static String notOpen(long id) {
        return "no stream is open with this id: id=" + Long.toUnsignedString(id);
    }

    static Throwable unwrapped(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause instanceof CancellationException
                ? StoreException.of(Errno.EAGAIN, "the request was withdrawn")
                : cause;
    }

    static NodeRecord record(NodeInfo info) {
        return new NodeRecord(
                state(info),
                info.type().map(Answers::streamType).orElse(StreamType.ANY),
                Integer.toUnsignedLong(info.flags()),
                info.sequence(),
                info.streamSequence(),
                info.createdMillis(),
                info.length(),
                info.pages(),
                info.pfn(),
                info.expiryMillis(),
                new SaveId(info.saveKey().high(), info.saveKey().low()),
                info.name(),
                info.owner(),
                info.meta(),
                info.reason());
    }

    /** As many of the nodes as fit a packet; the others are "more". */
    static Listing listing(NodeList list, long payloadBytesMax) {
        List<NodeRecord> records = new ArrayList<>(list.nodes().size());
        long bytes = Listing.HEAD_BYTES;
        for (NodeInfo info : list.nodes()) {
            NodeRecord record = record(info);
            bytes += Listing.RECORD_HEAD_BYTES + record.payloadBytes();
            if (bytes > payloadBytesMax) {
                return new Listing(true, records);
            }
            records.add(record);
        }
        return new Listing(list.more(), records);
    }

    static Checked checked(List<String> problems) {
        return new Checked(problems.isEmpty(), fitting(problems, TEXTS_BYTES_MAX));
    }

    /** Where frames belong, and what is wrong with some. */
    static FramesAre frames(FrameBatch batch) {
        List<FrameRun> runs = new ArrayList<>();
        int begin = 0;
        for (int i = 1; i <= batch.count(); i++) {
            if (i == batch.count() || batch.pfn(i) != batch.pfn(i - 1) + 1) {
                runs.add(new FrameRun(batch.pfn(begin), i - begin));
                begin = i;
            }
        }
        return new FramesAre(
                batch.isLast(), batch.framesSent(), runs, fitting(batch.damage(), TEXTS_BYTES_MAX));
    }

    /** Long lists are cut so that the whole fits a message. */
    static InfoIs info(Map<String, Object> values) {
        long lists = values.values().stream().filter(List.class::isInstance).count();
        int listBytesMax = TEXTS_BYTES_MAX / 2 / (int) Math.max(1, lists);
        Map<String, InfoValue> wire = new LinkedHashMap<>();
        values.forEach((key, value) -> wire.put(key, infoValue(key, value, listBytesMax)));
        return new InfoIs(wire);
    }

    private static InfoValue infoValue(String key, Object value, int listBytesMax) {
        return switch (value) {
            case Long count -> InfoValue.of(count);
            case Integer count -> InfoValue.of(count.longValue());
            case Boolean flag -> InfoValue.of(flag);
            case String text -> InfoValue.of(cut(text));
            case List<?> list ->
                    InfoValue.of(
                            fitting(list.stream().map(String::valueOf).toList(), listBytesMax));
            default -> throw new IllegalStateException("no kind for " + key + "=" + value);
        };
    }

    private static List<String> fitting(List<String> texts, int bytesMax) {
        List<String> fitting = new ArrayList<>();
        int bytes = 0;
        for (String text : texts) {
            String line = cut(text);
            bytes += Short.BYTES + ByteBufUtil.utf8Bytes(line);
            if (bytes > bytesMax) {
                fitting.add("and " + (texts.size() - fitting.size()) + " more");
                return fitting;
            }
            fitting.add(line);
        }
        return fitting;
    }

    private static String cut(String text) {
        return text.length() <= TEXT_CHARS_MAX ? text : text.substring(0, TEXT_CHARS_MAX) + "...";
    }

    private static NodeState state(NodeInfo info) {
        return switch (info.state()) {
            case SAVING -> NodeState.SAVING;
            case READY -> NodeState.READY;
            case LOADING, LEAVING, ABSENT -> NodeState.LOADING;
            case QUARANTINED -> NodeState.QUARANTINED;
        };
    }

    private static StreamType streamType(NodeType type) {
        return type == NodeType.PAGE ? StreamType.PAGE : StreamType.BYTE;
    }
}
