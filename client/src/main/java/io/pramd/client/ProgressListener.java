package io.pramd.client;

import io.netty.channel.ChannelProgressiveFuture;
import io.netty.channel.ChannelProgressiveFutureListener;

/** Event loop only: bytes of a packet that reached the socket count as progress of its stream. */
final class ProgressListener implements ChannelProgressiveFutureListener {
    private final Exchange exchange;

    ProgressListener(Exchange exchange) {
        this.exchange = exchange;
    }

    @Override
    public void operationProgressed(ChannelProgressiveFuture future, long progress, long total) {
        exchange.progressed();
    }

    @Override
    public void operationComplete(ChannelProgressiveFuture future) {
        exchange.progressed();
    }
}
