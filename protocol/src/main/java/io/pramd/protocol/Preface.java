package io.pramd.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;

/**
 * Immutable: the eight bytes that each side sends first. Their line ends and the 0x1a show a
 * transport that changes text, like the ones of PNG.
 */
public final class Preface {
    public static final int BYTES = 8;

    private static final byte[] CONTENT = {0x50, 0x52, 0x41, 0x4d, 0x0d, 0x0a, 0x1a, 0x0a};

    private Preface() {}

    /** A fresh buffer with the preface, owned by the caller. */
    public static ByteBuf buffer() {
        return Unpooled.copiedBuffer(CONTENT);
    }

    /** Appends the preface. */
    public static void write(ByteBuf out) {
        out.writeBytes(CONTENT);
    }

    /** Whether the next eight readable bytes are the preface; moves no index. */
    public static boolean matches(ByteBuf in) {
        return in.readableBytes() >= BYTES
                && ByteBufUtil.equals(
                        in, in.readerIndex(), Unpooled.wrappedBuffer(CONTENT), 0, BYTES);
    }
}
