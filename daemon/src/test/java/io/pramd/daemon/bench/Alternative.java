package io.pramd.daemon.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Immutable. What users would pick in pramd's place, and what shows how fast anything could be. */
enum Alternative {
    PLAIN("", List.of()) {
        @Override
        boolean can(SocketKind kind, Work work) {
            return work.depth() == 1;
        }

        @Override
        Contender start(Place place, SocketKind kind, Work work) throws IOException {
            return PlainContender.connect(place.peer(), kind, work);
        }
    },

    C("gcc libc6-dev", List.of("gcc")) {
        @Override
        boolean can(SocketKind kind, Work work) {
            return work.atOnce() == 1;
        }

        @Override
        Contender start(Place place, SocketKind kind, Work work) throws IOException {
            return CReference.start(place.reference(), place.folder(this), kind, work);
        }
    },

    C_UNCHECKED("gcc libc6-dev", List.of("gcc")) {
        @Override
        boolean can(SocketKind kind, Work work) {
            return C.can(kind, work) && work.unit() == Unit.GIB;
        }

        @Override
        Contender start(Place place, SocketKind kind, Work work) throws IOException {
            return CReference.start(
                    place.reference().withoutChecks(), place.folder(this), kind, work);
        }
    },

    IPERF3("iperf3", List.of("iperf3")) {
        @Override
        boolean can(SocketKind kind, Work work) {
            return work.atOnce() == 1 && work.unit() == Unit.GIB; // over TCP in any case
        }

        @Override
        Contender start(Place place, SocketKind kind, Work work) throws IOException {
            return Iperf3.start(place.program(this), place.folder(this), work);
        }
    },

    REDIS("redis-server", List.of("redis-server", "valkey-server")) {
        @Override
        boolean can(SocketKind kind, Work work) {
            return work.nodeBytes() <= 512L << 20;
        }

        @Override
        Contender start(Place place, SocketKind kind, Work work) throws IOException {
            return PeerServer.redis(place.program(this), place.folder(this), kind).connect(work);
        }
    },

    MEMCACHED("memcached", List.of("memcached")) {
        @Override
        boolean can(SocketKind kind, Work work) {
            return work.nodeBytes() < 512L << 20;
        }

        @Override
        Contender start(Place place, SocketKind kind, Work work) throws IOException {
            return PeerServer.memcached(
                            place.program(this), place.folder(this), kind, work, List.of())
                    .connect(work);
        }
    },

    /** Beside levels of durability only. */
    FIO("fio", List.of("fio")) {
        @Override
        boolean can(SocketKind kind, Work work) {
            return false;
        }

        @Override
        Contender start(Place place, SocketKind kind, Work work) {
            return new Fio(place.program(this), place.folder(this).resolve("file"), work, () -> 1);
        }
    },

    NGINX("nginx", List.of("nginx")) {
        @Override
        boolean can(SocketKind kind, Work work) {
            return work.depth() == 1 && work.nodes() > 1;
        }

        @Override
        Contender start(Place place, SocketKind kind, Work work) throws IOException {
            return PeerServer.nginx(place.program(this), place.folder(this), kind).connect(work);
        }
    };

    private final String debianPackages;
    private final List<String> programs;

    Alternative(String debianPackages, List<String> programs) {
        this.debianPackages = debianPackages;
        this.programs = programs;
    }

    /** Immutable. What a server of others is started with. */
    record Place(Path parent, Alternatives all) {
        Path folder(Alternative of) {
            return PeerProcess.folder(parent, of.toString());
        }

        Path program(Alternative of) {
            return all.program(of);
        }

        PlainPeer peer() {
            return all.peer();
        }

        CReference.Program reference() {
            return all.reference();
        }
    }

    /** Whether such a server can do that work, and doing it would say something. */
    abstract boolean can(SocketKind kind, Work work);

    abstract Contender start(Place place, SocketKind kind, Work work) throws IOException;

    /** Parted by spaces; empty for what needs none. */
    String debianPackages() {
        return debianPackages;
    }

    /** One of them must be there; empty for what needs none. */
    List<String> programs() {
        return programs;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
