package io.pramd.daemon.server;

import io.netty.channel.ChannelFactory;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;

/** Immutable: the way to the kernel's sockets. */
enum Transport {
    /** Linux, through the native library. */
    EPOLL,
    /** Everywhere. */
    NIO;

    /** Epoll where its native library loads. */
    static Transport best() {
        return Epoll.isAvailable() ? EPOLL : NIO;
    }

    IoHandlerFactory loops() {
        return this == EPOLL ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    }

    ChannelFactory<? extends ServerChannel> serverChannel(ListenSocket socket) {
        int fd = socket.fd();
        return switch (socket.address()) {
            case ListenAddress.Tcp _ when socket.isInherited() ->
                    () -> new EpollServerSocketChannel(fd);
            case ListenAddress.Unix _ when socket.isInherited() ->
                    () -> new EpollServerDomainSocketChannel(fd, true);
            case ListenAddress.Tcp _ ->
                    this == EPOLL ? EpollServerSocketChannel::new : NioServerSocketChannel::new;
            case ListenAddress.Unix _ ->
                    this == EPOLL
                            ? EpollServerDomainSocketChannel::new
                            : NioServerDomainSocketChannel::new;
        };
    }

    SocketAddress socketAddress(ListenAddress address) {
        return switch (address) {
            case ListenAddress.Tcp tcp -> tcp.socket();
            case ListenAddress.Unix unix ->
                    this == EPOLL
                            ? new DomainSocketAddress(unix.path().toString())
                            : UnixDomainSocketAddress.of(unix.path());
        };
    }
}
