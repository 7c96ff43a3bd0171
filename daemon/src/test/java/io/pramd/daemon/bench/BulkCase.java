package io.pramd.daemon.bench;

import io.pramd.client.LoadStream;
import io.pramd.client.PramClient;
import io.pramd.client.SaveOptions;
import io.pramd.client.SaveStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;

/** Immutable. One big stream, saved, peeked at and loaded from and into direct memory. */
record BulkCase(SocketKind kind, int mebibytes, int rounds) implements BenchCase {
    private static final int CHUNK_BYTES = 1 << 20;
    private static final String NAME = "bulk";

    /** Room for two, since what is dropped need not be free at once. */
    @Override
    public long memoryMebibytes() {
        return mebibytes * 5L / 2 + 64;
    }

    @Override
    public Measured run(Stage stage) throws Exception {
        long bytes = (long) mebibytes << 20;
        ByteBuffer source = ByteBuffer.allocateDirect(CHUNK_BYTES);
        byte[] random = new byte[CHUNK_BYTES];
        new Random(1).nextBytes(random);
        source.put(0, random);
        ByteBuffer target = ByteBuffer.allocateDirect(CHUNK_BYTES);
        try (Scene scene = Scene.open(stage, kind, memoryMebibytes());
                PlainConnection plain = scene.connectPlain()) {
            PramClient client = scene.client();
            Comparison.Job copyOut = () -> copy(plain, bytes, 1);
            Comparison.Job copyIn = () -> copy(plain, 1, bytes);
            Comparison comparison = new Comparison(scene, Unit.GIB, mebibytes / 1024.0);
            comparison.add("save, " + kind.title(), copyOut, () -> save(client, source));
            comparison.add("peek, " + kind.title(), copyIn, () -> peek(client, target));
            comparison.add("load, " + kind.title(), copyIn, () -> load(client, target));
            return new Measured(comparison.run(rounds), List.of());
        }
    }

    private static long[] copy(PlainConnection plain, long out, long in) throws Exception {
        plain.exchange(out, in);
        return Comparison.noLatencies();
    }

    private long[] save(PramClient client, ByteBuffer source) {
        SaveOptions options = SaveOptions.defaults().withDeclaredBytes((long) mebibytes << 20);
        client.save(NAME, options, out -> write(out, source));
        return Comparison.noLatencies();
    }

    private void write(SaveStream out, ByteBuffer source) {
        for (int i = 0; i < mebibytes; i++) {
            out.write(source.duplicate());
        }
    }

    private long[] peek(PramClient client, ByteBuffer target) {
        requireAll(client.peek(NAME, in -> read(in, target)));
        return Comparison.noLatencies();
    }

    private long[] load(PramClient client, ByteBuffer target) {
        requireAll(client.load(NAME, in -> read(in, target)));
        return Comparison.noLatencies();
    }

    private static long read(LoadStream in, ByteBuffer target) {
        long bytes = 0;
        for (int come = 0; come >= 0; come = in.read(target.clear())) {
            bytes += come;
        }
        return bytes;
    }

    private void requireAll(long bytes) {
        if (bytes != (long) mebibytes << 20) {
            throw new AssertionError("a stream came back with another length: bytes=" + bytes);
        }
    }
}
