package io.pramd.daemon.admin;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Event loop only: closes a connection that has TLS send more than it takes. Inside TLS a peer may
 * ask for new keys as often as it likes, and each time it is owed an answer: of TLS, not of HTTP,
 * whose requests are heard one at a time.
 */
final class ClogWatch extends ChannelInboundHandlerAdapter {
    /** Besides an answer of HTTP, with what the kernel's buffers are accounted with. */
    private static final long UNSENT_BYTES_MAX = 64 << 10;

    private static final Logger LOG = LoggerFactory.getLogger(ClogWatch.class);

    private long answerBytes;

    /** An answer of so many bytes is being sent; 0: none is. */
    void answering(long bytes) {
        answerBytes = bytes;
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        ChannelOutboundBuffer unsent = context.channel().unsafe().outboundBuffer();
        // twice: records of TLS and entries of the buffer take some more than what is in them
        if (unsent != null
                && unsent.totalPendingWriteBytes() > UNSENT_BYTES_MAX + 2 * answerBytes) {
            LOG.debug("a connection of an administrator takes nothing of what it has TLS send");
            context.channel().unsafe().close(context.channel().newPromise()); // without a goodbye
            return;
        }
        context.fireChannelReadComplete();
    }
}
