package io.pramd.daemon.bench;

import io.pramd.client.LoadStream;
import io.pramd.client.PramClient;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Immutable. Many nodes of four pages, each a call of its own, so many calls at once. */
record NodesCase(SocketKind kind, int nodes, int atOnce, int rounds) implements BenchCase {
    private static final int NODE_BYTES = 4 * 4096;

    /** Of a message without page data: what the yardstick sends in its place. */
    private static final int SMALL_BYTES = 64;

    /** Pages of a node, its link and itself, and a directory page now and then. */
    private static final int FRAMES_PER_NODE = 7;

    @Override
    public long memoryMebibytes() {
        return memoryMebibytes(nodes);
    }

    /** Room for two of each, since what is dropped need not be free at once. */
    static long memoryMebibytes(int nodes) {
        return 2L * nodes * FRAMES_PER_NODE * 4096 / (1 << 20) + 64;
    }

    @Override
    public Measured run(Stage stage) throws Exception {
        List<PlainConnection> plain = new ArrayList<>();
        try (Scene scene = Scene.open(stage, kind, memoryMebibytes());
                Callers callers = new Callers(atOnce)) {
            for (int i = 0; i < atOnce; i++) {
                plain.add(scene.connectPlain());
            }
            return new Measured(compare(scene, callers, plain).run(rounds), List.of());
        } finally {
            for (PlainConnection each : plain) {
                each.close();
            }
        }
    }

    private Comparison compare(Scene scene, Callers callers, List<PlainConnection> plain) {
        byte[] content = content();
        List<ByteBuffer> targets =
                IntStream.range(0, atOnce).mapToObj(i -> ByteBuffer.allocate(NODE_BYTES)).toList();
        PramClient client = scene.client();
        Callers.Call send = (caller, i) -> plain.get(caller).exchange(NODE_BYTES, SMALL_BYTES);
        Callers.Call fetch = (caller, i) -> plain.get(caller).exchange(SMALL_BYTES, NODE_BYTES);
        Callers.Call save = (caller, i) -> client.save(name(i), content);
        Callers.Call peek =
                (caller, i) -> client.peek(name(i), in -> readWhole(in, targets.get(caller)));
        Callers.Call load =
                (caller, i) -> client.load(name(i), in -> readWhole(in, targets.get(caller)));

        String how = ", " + kind.title() + (atOnce == 1 ? "" : ", " + atOnce + " at once");
        Comparison comparison = new Comparison(scene, Unit.NODE, nodes);
        comparison.add("save" + how, make(callers, send), make(callers, save));
        comparison.add("peek" + how, make(callers, fetch), make(callers, peek));
        comparison.add("load" + how, make(callers, fetch), make(callers, load));
        return comparison;
    }

    private Comparison.Job make(Callers callers, Callers.Call call) {
        return () -> callers.make(nodes, call);
    }

    /** The bytes of a node. */
    static byte[] content() {
        byte[] content = new byte[NODE_BYTES];
        new Random(1).nextBytes(content);
        return content;
    }

    private static String name(int index) {
        return "node-" + index;
    }

    private static Void readWhole(LoadStream in, ByteBuffer target) {
        target.clear();
        while (target.hasRemaining()) {
            if (in.read(target) < 0) {
                throw new AssertionError("a node is too short: bytes=" + target.position());
            }
        }
        return null;
    }
}
