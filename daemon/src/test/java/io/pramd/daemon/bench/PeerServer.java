package io.pramd.daemon.bench;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Immutable. A server of others that runs, on a free port of 127.0.0.1 or on a socket in its
 * folder, and how it is spoken to.
 */
record PeerServer(
        String name,
        PeerProcess process,
        WireProtocol protocol,
        SocketKind kind,
        SocketAddress address) {
    private static final long MEBIBYTE = 1 << 20;

    /** Persists nothing on its own account, but starts with what a {@code SAVE} has left there. */
    static PeerServer redis(Path program, Path folder, SocketKind kind) throws IOException {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        String where = kind.free(folder);
        if (kind == SocketKind.TCP) {
            command.addAll(List.of("--bind", "127.0.0.1", "--port", where));
        } else {
            command.addAll(List.of("--port", "0", "--unixsocket", where));
        }
        command.addAll(List.of("--save", "", "--appendonly", "no", "--dir", folder.toString()));
        PeerProcess process = PeerProcess.start(folder, command);
        return of("Redis", process, WireProtocol.REDIS, kind, where);
    }

    /** With room for twice the work, and options of the caller's. */
    static PeerServer memcached(
            Path program, Path folder, SocketKind kind, Work work, List<String> options)
            throws IOException {
        long item = work.nodeBytes() / MEBIBYTE + 1;
        long memory = 2 * Math.max(work.bytes() / MEBIBYTE, item) + 256;
        List<String> command = new ArrayList<>(List.of(program.toString()));
        String where = kind.free(folder);
        if (kind == SocketKind.TCP) {
            command.addAll(List.of("-l", "127.0.0.1", "-U", "0", "-p", where));
        } else {
            command.addAll(List.of("-s", where));
        }
        command.addAll(List.of("-m", String.valueOf(memory), "-I", item + "m"));
        command.addAll(List.of("-u", System.getProperty("user.name")));
        command.addAll(options);
        PeerProcess process = PeerProcess.start(folder, command);
        return of("memcached", process, WireProtocol.MEMCACHED, kind, where);
    }

    /** Keeps its files in its folder; one worker process for each core. */
    static PeerServer nginx(Path program, Path folder, SocketKind kind) throws IOException {
        String where = kind.free(folder);
        String listen = kind == SocketKind.TCP ? "127.0.0.1:" + where : "unix:" + where;
        String user = System.getProperty("user.name").equals("root") ? "user root;\n" : "";
        Files.createDirectories(folder.resolve("files"));
        Files.writeString(folder.resolve("nginx.conf"), user + NGINX.replace("LISTEN", listen));
        String prefix = folder + "/";
        PeerProcess process =
                PeerProcess.start(
                        folder,
                        List.of(
                                program.toString(),
                                "-p",
                                prefix,
                                "-c",
                                prefix + "nginx.conf",
                                "-e",
                                "stderr"));
        return of("nginx", process, WireProtocol.HTTP, kind, where);
    }

    private static final String NGINX =
            """
            daemon off;
            pid nginx.pid;
            worker_processes auto;
            events { worker_connections 256; }
            http {
                access_log off;
                sendfile on;
                tcp_nodelay on;
                keepalive_requests 1000000000;
                client_max_body_size 0;
                client_body_temp_path body;
                proxy_temp_path proxy;
                fastcgi_temp_path fastcgi;
                uwsgi_temp_path uwsgi;
                scgi_temp_path scgi;
                server {
                    listen LISTEN;
                    root files;
                    location / { dav_methods PUT; }
                }
            }
            """;

    private static PeerServer of(
            String name, PeerProcess process, WireProtocol protocol, SocketKind kind, String where)
            throws IOException {
        SocketAddress address = kind.parse(where);
        process.awaitListening(address);
        return new PeerServer(name, process, protocol, kind, address);
    }

    /** A connection for each caller of the work; the server ends with the contender. */
    Contender connect(Work work) throws IOException {
        return WireContender.connect(this, work);
    }
}
