package io.pramd.daemon.admin;

import io.pramd.daemon.memory.ShortTurns;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** One owner: who writes much to it gives way between its parts. */
final class TakingTurns extends FilterOutputStream {
    private final ShortTurns turns;

    TakingTurns(OutputStream out, ShortTurns turns) {
        super(out);
        this.turns = turns;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        turns.stride();
        out.write(bytes, offset, length);
    }
}
