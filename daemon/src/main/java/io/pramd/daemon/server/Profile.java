package io.pramd.daemon.server;

import io.netty.channel.Channel;
import io.pramd.daemon.memory.Printable;
import io.pramd.protocol.Hello;
import io.pramd.protocol.WireLimits;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Event loop only: what people are told of one connection. */
final class Profile {
    /** As much of what a client calls itself. */
    private static final int AGENT_CHARS_MAX = 64;

    private final Channel channel;
    private final ListenAddress listener;
    private final long number;
    private final Metering metering;
    private final long openedNanos = System.nanoTime();
    private long heardNanos = openedNanos;
    private String agent = "";
    private long savedPages;
    private long loadedPages;

    Profile(Channel channel, ListenAddress listener, long number, Metering metering) {
        this.channel = channel;
        this.listener = listener;
        this.number = number;
        this.metering = metering;
    }

    /** Of its peer; of a Unix socket the listener's. */
    static String address(Channel channel, ListenAddress listener) {
        SocketAddress from = channel.remoteAddress();
        return from instanceof InetSocketAddress inet
                ? inet.getAddress().getHostAddress() + ":" + inet.getPort()
                : listener.toString();
    }

    void greeted(Hello hello) {
        String all = hello.agent();
        agent = all.substring(0, Math.min(all.length(), AGENT_CHARS_MAX));
    }

    /** Bytes have come. Without a meter no clock is read. */
    void heard() {
        if (metering.isMeasured()) {
            heardNanos = System.nanoTime();
        }
    }

    /** Pages have come. */
    void saved(int pages) {
        savedPages += pages;
        metering.saved(pages);
    }

    /** Pages are sent. */
    void loaded(int pages) {
        loadedPages += pages;
        metering.loaded(pages);
    }

    ClientView view(String principal, List<StreamView> streams) {
        long now = System.nanoTime();
        long idleNanos = metering.isMeasured() ? now - heardNanos : 0;
        return new ClientView(
                number,
                address(channel, listener),
                listener.toString(),
                principal,
                Printable.of(agent),
                listener.isTls(),
                TimeUnit.NANOSECONDS.toMillis(now - openedNanos),
                TimeUnit.NANOSECONDS.toMillis(idleNanos),
                savedPages * WireLimits.PAGE_BYTES,
                loadedPages * WireLimits.PAGE_BYTES,
                streams);
    }
}
