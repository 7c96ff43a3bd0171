package io.pramd.daemon.bench;

import io.pramd.client.PramClient;
import io.pramd.client.RejectedException;
import io.pramd.client.SaveOptions;
import io.pramd.daemon.fixture.DaemonProcess;
import io.pramd.protocol.Errno;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Immutable. Big nodes in memory that was filled with small nodes, every other of which was then
 * removed, so that single frames or extents of 64 KiB were left, beside the same in empty memory.
 */
record FragmentedCase(Work work, int rounds) implements BenchCase {
    static final String SCATTERED = "pramd, scattered";
    static final String EXTENTS = "pramd, 64 KiB extents";
    static final String CONTIGUOUS = "pramd, contiguous";

    /** With their own page they take 64 KiB. */
    private static final int EXTENT_BYTES = 15 * Work.PAGE_BYTES;

    private static final int CALLERS = 16;
    private static final int MEMORY_MEBIBYTES_MIN = 8;

    /** Half of it gets free again, and the work needs a little more than its own size. */
    private static final int TIMES_THE_WORK = 3;

    @Override
    public long memoryMebibytes() {
        return 3 * mebibytes();
    }

    private long mebibytes() {
        return Math.max(MEMORY_MEBIBYTES_MIN, TIMES_THE_WORK * work.bytes() / (1 << 20));
    }

    @Override
    public Measured run(Stage stage) throws Exception {
        List<Contender> contenders = new ArrayList<>();
        try {
            PramdContender scattered = pramd(stage, SCATTERED);
            contenders.add(scattered);
            String one = fragment(scattered.client(), 0); // a node without a page takes one frame
            PramdContender extents = pramd(stage, EXTENTS);
            contenders.add(extents);
            String many = fragment(extents.client(), EXTENT_BYTES);
            contenders.add(pramd(stage, CONTIGUOUS));
            Comparison comparison = new Comparison(work.unit(), work.amount());
            comparison.addVerbs(", TCP", contenders);
            return new Measured(
                    "fragmented memory, " + work.title(),
                    comparison.run(rounds),
                    List.of(one, many));
        } finally {
            Alternatives.closeAll(contenders);
        }
    }

    private PramdContender pramd(Stage stage, String state) {
        DaemonProcess daemon =
                stage.startDaemon(
                        state.replaceAll("\\W+", "-"),
                        mebibytes(),
                        SocketKind.TCP.daemonUri(stage.folder()));
        return PramdContender.of(state, work, SaveOptions.defaults(), daemon);
    }

    private String fragment(PramClient client, int bytes)
            throws InterruptedException, ExecutionException {
        int more = (int) (mebibytes() * (1 << 20) / Work.PAGE_BYTES); // than there is room for
        Queue<Integer> saved = new ConcurrentLinkedQueue<>();
        AtomicBoolean full = new AtomicBoolean();
        byte[] page = new byte[bytes];
        try (Callers callers = new Callers(CALLERS)) {
            callers.make(more, (caller, i) -> saveUnless(full, client, i, page, saved));
            List<Integer> nodes = List.copyOf(saved);
            callers.make(nodes.size() / 2, (caller, i) -> client.remove(small(nodes.get(2 * i))));
        }
        return String.format(
                "%,d nodes of %,d bytes filled it, and every other was removed.",
                saved.size(), bytes);
    }

    private static void saveUnless(
            AtomicBoolean full, PramClient client, int i, byte[] page, Queue<Integer> saved) {
        if (full.get()) {
            return;
        }
        try {
            client.save(small(i), page);
            saved.add(i);
        } catch (RejectedException e) {
            if (e.errno() != Errno.ENOMEM) {
                throw e;
            }
            full.set(true);
        }
    }

    private static String small(int i) {
        return "small-" + i;
    }
}
