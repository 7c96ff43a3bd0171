package io.pramd.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * One owner: appends the fields of one payload, little-endian. Each field is named, so that the
 * byte tables of the documentation are printed from the very calls that write it.
 */
public final class PayloadWriter {
    /** Sees every field as it is written. */
    interface FieldObserver {
        void field(String name, String kind, int offset, int bytes);
    }

    private static final FieldObserver NOBODY = (name, kind, offset, bytes) -> {};
    private static final int STR_BYTES_MAX = 0xffff;

    private final ByteBuf out;
    private final int start;
    private final FieldObserver observer;

    public PayloadWriter(ByteBuf out) {
        this(out, NOBODY);
    }

    PayloadWriter(ByteBuf out, FieldObserver observer) {
        this.out = out;
        this.start = out.writerIndex();
        this.observer = observer;
    }

    PayloadWriter u8(String name, int value) {
        observe(name, "u8", Byte.BYTES);
        out.writeByte(value);
        return this;
    }

    PayloadWriter u16(String name, int value) {
        observe(name, "u16", Short.BYTES);
        out.writeShortLE(value);
        return this;
    }

    PayloadWriter u32(String name, long value) {
        observe(name, "u32", Integer.BYTES);
        out.writeIntLE((int) value);
        return this;
    }

    PayloadWriter u64(String name, long value) {
        observe(name, "u64", Long.BYTES);
        out.writeLongLE(value);
        return this;
    }

    PayloadWriter zero(int bytes) {
        observe("zero", "zero", bytes);
        out.writeZero(bytes);
        return this;
    }

    PayloadWriter saveId(String name, SaveId value) {
        observe(name, "16 bytes", SaveId.BYTES);
        out.writeLong(value.high()).writeLong(value.low());
        return this;
    }

    PayloadWriter uuid(String name, UUID value) {
        observe(name, "16 bytes", SaveId.BYTES);
        out.writeLong(value.getMostSignificantBits()).writeLong(value.getLeastSignificantBits());
        return this;
    }

    PayloadWriter str(String name, String value) {
        observe(name, "str", strBytes(value));
        appendStr(value);
        return this;
    }

    PayloadWriter strs(String name, List<String> values) {
        observe(name, "str each", values.stream().mapToInt(PayloadWriter::strBytes).sum());
        values.forEach(this::appendStr);
        return this;
    }

    PayloadWriter data(String name, byte[] value) {
        observe(name, "data", Short.BYTES + value.length);
        out.writeShortLE(value.length).writeBytes(value);
        return this;
    }

    PayloadWriter meta(String name, Map<String, String> meta) {
        observe(name, "meta", metaBytes(meta));
        out.writeShortLE(meta.size());
        meta.forEach(
                (key, value) -> {
                    appendStr(key);
                    appendStr(value);
                });
        return this;
    }

    PayloadWriter record(NodeRecord record) {
        observe("node", "node record", 0);
        record.write(new PayloadWriter(out));
        return this;
    }

    PayloadWriter records(String name, List<NodeRecord> records) {
        observe(name, "node record each, behind its length u32", 0);
        for (NodeRecord record : records) {
            int lengthIndex = out.writerIndex();
            out.writeIntLE(0);
            record.write(new PayloadWriter(out));
            out.setIntLE(lengthIndex, out.writerIndex() - lengthIndex - Integer.BYTES);
        }
        return this;
    }

    PayloadWriter runs(String name, List<FrameRun> runs) {
        observe(name, "u64 and u32 each", runs.size() * (Long.BYTES + Integer.BYTES));
        runs.forEach(run -> out.writeLongLE(run.pfn()).writeIntLE((int) run.frames()));
        return this;
    }

    PayloadWriter info(String name, Map<String, InfoValue> values) {
        observe(name, "key and value each", 0);
        values.forEach(
                (key, value) -> {
                    appendStr(key);
                    InfoValueCodec.write(value, new PayloadWriter(out));
                });
        return this;
    }

    static int strBytes(String value) {
        return Short.BYTES + ByteBufUtil.utf8Bytes(value);
    }

    static int metaBytes(Map<String, String> meta) {
        int bytes = Short.BYTES;
        for (Map.Entry<String, String> pair : meta.entrySet()) {
            bytes += strBytes(pair.getKey()) + strBytes(pair.getValue());
        }
        return bytes;
    }

    /**
     * The longest beginning of a text that has at most so many bytes of UTF-8 and cuts no
     * character.
     */
    static String cut(String text, int bytesMax) {
        if (ByteBufUtil.utf8Bytes(text) <= bytesMax) {
            return text;
        }
        int end = Math.min(text.length(), bytesMax);
        while (ByteBufUtil.utf8Bytes(text, 0, end) > bytesMax
                || Character.isHighSurrogate(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(0, end);
    }

    private void appendStr(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        if (utf8.length > STR_BYTES_MAX) {
            throw new IllegalArgumentException("text is too long: bytes=" + utf8.length);
        }
        out.writeShortLE(utf8.length).writeBytes(utf8);
    }

    private void observe(String name, String kind, int bytes) {
        observer.field(name, kind, out.writerIndex() - start, bytes);
    }
}
