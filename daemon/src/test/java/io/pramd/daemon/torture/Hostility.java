package io.pramd.daemon.torture;

import io.pramd.protocol.AskInfo;
import io.pramd.protocol.ListNodes;
import io.pramd.protocol.Ping;
import io.pramd.protocol.StatNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/** Immutable. Ways in which peers misbehave; each is carried out by some threads until stopped. */
enum Hostility {
    /** One byte a second, before the greeting and in the middle of a page. */
    SLOW_SENDERS(1, true) {
        @Override
        void attack(HostilePeers peers, Random random) throws IOException {
            boolean isGreeted = random.nextInt(4) > 0;
            PeerSocket peer = peers.connect();
            byte[] packet = PeerSocket.pages(1, 1);
            if (isGreeted) {
                peer.send(PeerSocket.greeting());
                peer.send(PeerSocket.prepareSave(1, "slow/" + random.nextLong()));
                peers.keepSending(peer, packet);
            } else {
                peers.keepSending(peer, PeerSocket.greeting());
            }
        }
    },

    /** Asks for 16 MiB and takes none of it. */
    SLOW_READERS(1, true) {
        @Override
        void attack(HostilePeers peers, Random random) throws IOException {
            PeerSocket peer = peers.connect(32 << 10);
            peer.send(PeerSocket.greeting());
            peer.send(PeerSocket.peekAll(1, HostilePeers.LARGE, HostilePeers.LARGE_PAGES));
            peers.keep(peer);
        }
    },

    /** Connects, greets or not, and says nothing more. */
    IDLE(4, true) {
        @Override
        void attack(HostilePeers peers, Random random) throws IOException {
            PeerSocket peer = peers.connect();
            if (random.nextInt(4) > 0) {
                peer.send(PeerSocket.greeting());
            }
            peers.keep(peer);
        }
    },

    /** Connects and hangs up, politely or not. */
    CONNECTIONS(2, false) {
        @Override
        void attack(HostilePeers peers, Random random) throws IOException {
            PeerSocket peer = peers.connect();
            if (random.nextBoolean()) {
                peer.reset();
            }
            peers.drop(peer);
        }
    },

    /** Requests without end on one connection, whose answers are taken. */
    REQUESTS(1, false) {
        @Override
        void attack(HostilePeers peers, Random random) throws IOException {
            PeerSocket peer = peers.connect();
            Thread reader = Thread.ofVirtual().start(peer::drain);
            peer.send(PeerSocket.greeting());
            long id = 1;
            while (!peers.isOver()) {
                peer.send(PeerSocket.message(id++, new Ping()));
                peer.send(PeerSocket.message(id++, new StatNode(0, "none")));
                peer.send(PeerSocket.message(id++, new ListNodes(0, 0, 0, "")));
                peer.send(PeerSocket.message(id++, new AskInfo()));
                peers.count(3);
            }
            peers.drop(peer);
            reader.interrupt();
        }
    },

    /** The same, and no answer is ever taken. */
    UNTAKEN_ANSWERS(2, true) {
        @Override
        void attack(HostilePeers peers, Random random) throws IOException {
            PeerSocket peer = peers.connect(32 << 10);
            peer.send(PeerSocket.greeting());
            byte[] ask = PeerSocket.message(1, new AskInfo());
            for (long id = 1; id < 200; id++) {
                peer.send(PeerSocket.message(id, new AskInfo()));
            }
            peer.send(ask, 0, ask.length / 2);
            peers.keep(peer);
        }
    },

    /** A save and a load, broken off behind any byte, by a close or by a reset. */
    CUT(2, false) {
        @Override
        void attack(HostilePeers peers, Random random) throws IOException {
            byte[] all = PeerSocket.conversation("cut/" + random.nextInt(50));
            PeerSocket peer = peers.connect();
            peer.send(all, 0, random.nextInt(all.length + 1));
            if (random.nextBoolean()) {
                peer.reset();
            }
            peers.drop(peer);
        }
    },

    /** What is no protocol of ours, or a lie about a length: an answer or a close in time. */
    GARBAGE(2, false) {
        @Override
        void attack(HostilePeers peers, Random random) throws IOException {
            PeerSocket peer = peers.connect();
            peer.send(garbage(random));
            peers.requireEnd(peer);
        }
    };

    private final int threads;
    private final boolean isKept;

    Hostility(int threads, boolean isKept) {
        this.threads = threads;
        this.isKept = isKept;
    }

    /** Whether its peers hold their connections open. */
    boolean isKept() {
        return isKept;
    }

    int threads() {
        return threads;
    }

    /** One peer's misbehaviour. An IOException is the daemon's close, and no fault. */
    abstract void attack(HostilePeers peers, Random random) throws IOException;

    private static byte[] garbage(Random random) {
        byte[] noise = new byte[8 + random.nextInt(5000)];
        random.nextBytes(noise);
        byte[] greeting = PeerSocket.greeting();
        return switch (random.nextInt(5)) {
            case 0 -> noise;
            case 1 -> "GET / HTTP/1.1\r\nHost: pram\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
            case 2 -> new byte[] {0x16, 3, 1, 2, 0, 1, 0, 1, (byte) 0xfc, 3, 3, 7, 7, 7, 7};
            case 3 -> withLength(greeting, greeting.length);
            default -> withLength(greeting, 8);
        };
    }

    /** A greeting, and in it or behind it a header that claims 2^32-1 bytes. */
    private static byte[] withLength(byte[] greeting, int offset) {
        byte[] lie = java.util.Arrays.copyOf(greeting, Math.max(greeting.length, offset + 16));
        java.util.Arrays.fill(lie, offset, offset + 4, (byte) -1);
        lie[offset + 4] = 0x10;
        lie[offset + 8] = 1;
        return lie;
    }
}
