package io.pramd.daemon.bench;

import io.pramd.protocol.Durability;
import java.io.IOException;

/**
 * One owner. The raw client, its saves at level {@code power}; removes before each save what the
 * one before has left.
 */
final class RawPower implements Contender {
    static final String NAME = "pramd, power, raw client";

    private final RawContender raw;
    private final PramdContender pramd;

    private RawPower(RawContender raw, PramdContender pramd) {
        this.raw = raw;
        this.pramd = pramd;
    }

    /** Of a daemon that goes on when this is closed, as does the contender that removes. */
    static RawPower beside(PramdContender pramd, Work work) throws IOException {
        return new RawPower(
                RawContender.saving(pramd.daemon(), SocketKind.TCP, work, Durability.POWER), pramd);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public long serverPid() {
        return raw.serverPid();
    }

    @Override
    public void prepare(Verb verb) throws IOException {
        pramd.client().removeAll(RawContender.PREFIX);
        raw.prepare(verb);
    }

    @Override
    public Job job(Verb verb) {
        return raw.job(verb);
    }

    @Override
    public void close() throws IOException {
        raw.close();
    }
}
