package io.pramd.protocol;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.IntFunction;

/**
 * One owner: takes the fields of one payload, little-endian, and believes none of them. Every
 * refusal is a {@link DecodeException} with the request's id. The buffer stays the caller's.
 */
public final class PayloadReader {
    private final PacketHeader header;
    private final ByteBuf in;

    public PayloadReader(PacketHeader header, ByteBuf in) {
        this.header = header;
        this.in = in;
    }

    int u8(String name) {
        require(name, Byte.BYTES);
        return in.readUnsignedByte();
    }

    int u16(String name) {
        require(name, Short.BYTES);
        return in.readUnsignedShortLE();
    }

    long u32(String name) {
        require(name, Integer.BYTES);
        return in.readUnsignedIntLE();
    }

    long u64(String name) {
        require(name, Long.BYTES);
        return in.readLongLE();
    }

    /** A u64 that counts something: 2^63 and more is refused. */
    long count(String name) {
        long value = u64(name);
        if (value < 0) {
            throw refuse(name + " is too large: value=" + Long.toUnsignedString(value));
        }
        return value;
    }

    boolean bool(String name) {
        int value = u8(name);
        if (value > 1) {
            throw refuse(name + " is neither 0 nor 1: value=" + value);
        }
        return value == 1;
    }

    int flags(String name, int known) {
        int value = u8(name);
        if ((value & ~known) != 0) {
            throw refuse(name + " has unknown bits: value=" + value + " known=" + known);
        }
        return value;
    }

    <T> T choice(String name, IntFunction<T> of) {
        int value = u8(name);
        try {
            return of.apply(value);
        } catch (IllegalArgumentException e) {
            throw refuse(name + " is not in use: value=" + value);
        }
    }

    void zero(int bytes) {
        require("zero", bytes);
        for (int i = 0; i < bytes; i++) {
            if (in.readByte() != 0) {
                throw refuse("reserved bytes are not zero");
            }
        }
    }

    SaveId saveId(String name) {
        require(name, SaveId.BYTES);
        return new SaveId(in.readLong(), in.readLong());
    }

    UUID uuid(String name) {
        require(name, SaveId.BYTES);
        return new UUID(in.readLong(), in.readLong());
    }

    String str(String name, int bytesMax) {
        int bytes = u16(name);
        if (bytes > bytesMax) {
            throw refuse(name + " is too long: bytes=" + bytes + " max=" + bytesMax);
        }
        return text(name, bytes);
    }

    byte[] data(String name, int bytesMax) {
        int bytes = u16(name);
        if (bytes > bytesMax) {
            throw refuse(name + " is too long: bytes=" + bytes + " max=" + bytesMax);
        }
        require(name, bytes);
        byte[] data = new byte[bytes];
        in.readBytes(data);
        return data;
    }

    /** A name that must be given. */
    String name(String name) {
        return checked(text(name, u16(name)), Names::nameViolation);
    }

    /** A name, or nothing where the node is addressed by a pfn. */
    String nameUnless(boolean addressedByPfn, String name) {
        if (!addressedByPfn) {
            return name(name);
        }
        String given = text(name, u16(name));
        if (!given.isEmpty()) {
            throw refuse("both a name and a pfn are given: name=" + given);
        }
        return given;
    }

    String prefix(String name) {
        return checked(text(name, u16(name)), Names::prefixViolation);
    }

    /** User metadata as a client may give it. */
    Map<String, String> meta(String name) {
        return checked(anyMeta(name), Names::metaViolation);
    }

    /** User metadata as the daemon hands it back: reserved keys may stand in it. */
    Map<String, String> anyMeta(String name) {
        int pairs = u16(name);
        int bytes = 0;
        Map<String, String> meta = new LinkedHashMap<>();
        for (int i = 0; i < pairs; i++) {
            int before = in.readerIndex();
            String key = str(name, WireLimits.META_KEY_BYTES_MAX);
            String value = str(name, WireLimits.META_BYTES_MAX);
            bytes +=
                    in.readerIndex()
                            - before
                            - 2 * Short.BYTES
                            + WireLimits.META_PAIR_OVERHEAD_BYTES;
            if (bytes > WireLimits.META_BYTES_MAX) {
                throw refuse(name + " is larger than " + WireLimits.META_BYTES_MAX + " bytes");
            }
            if (meta.put(key, value) != null) {
                throw refuse(name + " has a key twice: key=" + key);
            }
        }
        return Collections.unmodifiableMap(meta);
    }

    List<NodeRecord> records(String name, long count) {
        List<NodeRecord> records = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            long bytes = u32(name);
            if (bytes > in.readableBytes()) {
                throw refuse(name + " ends early: bytes=" + bytes + " left=" + in.readableBytes());
            }
            PayloadReader one = new PayloadReader(header, in.readSlice((int) bytes));
            records.add(NodeRecord.read(one));
            one.end();
        }
        return List.copyOf(records);
    }

    List<FrameRun> runs(String name, long count) {
        List<FrameRun> runs = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            runs.add(new FrameRun(count(name), u32(name)));
        }
        return List.copyOf(runs);
    }

    List<String> strs(String name, long count) {
        List<String> values = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            values.add(str(name, WireLimits.MESSAGE_BYTES_MAX));
        }
        return List.copyOf(values);
    }

    /** Refuses what stands behind the last field. */
    void end() {
        if (in.isReadable()) {
            throw refuse("bytes behind the last field: count=" + in.readableBytes());
        }
    }

    DecodeException refuse(String text) {
        return DecodeException.refused(header, Errno.EINVAL, text);
    }

    private String text(String name, int bytes) {
        require(name, bytes);
        ByteBuffer utf8 = in.nioBuffer(in.readerIndex(), bytes);
        in.skipBytes(bytes);
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(utf8).toString();
        } catch (CharacterCodingException e) {
            throw refuse(name + " is not valid UTF-8");
        }
    }

    private <T> T checked(T value, Function<T, Optional<Violation>> rule) {
        Optional<Violation> violation = rule.apply(value);
        if (violation.isPresent()) {
            throw DecodeException.refused(header, violation.get().errno(), violation.get().text());
        }
        return value;
    }

    private void require(String name, int bytes) {
        if (in.readableBytes() < bytes) {
            throw refuse(
                    "payload ends early: field="
                            + name
                            + " bytes="
                            + bytes
                            + " left="
                            + in.readableBytes());
        }
    }
}
