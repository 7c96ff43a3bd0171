package io.pramd.daemon.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Immutable. Fills a store, ends it, and measures from the exec of the next one to the first loaded
 * byte and to the first save, by a client that is running already. One store after the other, since
 * several of them together need not fit.
 */
record RestartCase(Work work, int rounds) implements BenchCase {
    static final String FIRST_BYTE = "exec to first loaded byte";

    private static final int FILLERS = 16;

    /** Redis keeps all twice: in its memory, and in its file. */
    private static final double REDIS_SPACE = 2.3;

    @Override
    public long memoryMebibytes() {
        return work.memoryMebibytesOnce();
    }

    @Override
    public Measured run(Stage stage) throws Exception {
        Work filling = work.unit() == Unit.NODE ? work.with(FILLERS, 1) : work;
        List<String> notes = new ArrayList<>();
        Map<String, List<Sample>> firstBytes = new LinkedHashMap<>();
        Map<String, List<Sample>> firstSaves = new LinkedHashMap<>();
        for (Restartable each : stores(stage, filling, notes)) {
            try (each) {
                each.fill();
                List<Sample> bytes = new ArrayList<>();
                List<Sample> saves = new ArrayList<>();
                for (int round = 0; round < rounds; round++) {
                    measure(each, round % work.nodes(), bytes, saves);
                }
                firstBytes.put(each.name(), bytes);
                firstSaves.put(each.name(), saves);
            }
        }
        return new Measured(
                "restart with " + work.title(),
                List.of(
                        new Series(FIRST_BYTE, Unit.START, 1, firstBytes),
                        new Series("exec to first save", Unit.START, 1, firstSaves)),
                notes);
    }

    private static List<Restartable> stores(Stage stage, Work work, List<String> notes)
            throws IOException {
        Alternatives all = stage.alternatives();
        Alternative.Place place = new Alternative.Place(stage.folder(), all);
        List<Restartable> stores = new ArrayList<>(List.of(new PramdRestart(stage, work)));
        if (all.has(Alternative.REDIS)) {
            long needed = (long) (REDIS_SPACE * work.bytes() / (1 << 20));
            if (Machine.availableMebibytes() > needed) {
                stores.add(
                        new PeerRestart(
                                PeerRestart.redis(place.program(Alternative.REDIS)),
                                work,
                                place.folder(Alternative.REDIS)));
            } else {
                notes.add("skipped: redis: needs " + needed + " MiB of memory");
            }
        }
        if (all.has(Alternative.MEMCACHED)) {
            stores.add(
                    new PeerRestart(
                            PeerRestart.memcached(place.program(Alternative.MEMCACHED)),
                            work,
                            place.folder(Alternative.MEMCACHED)));
        }
        return stores;
    }

    private static void measure(
            Restartable store, int node, List<Sample> firstBytes, List<Sample> firstSaves)
            throws Exception {
        store.end();
        double client = CpuTimes.ofProcess(ProcessHandle.current().pid());
        long begin = System.nanoTime();
        store.start();
        store.readFirstByte(node);
        long firstByte = System.nanoTime();
        store.saveFirst();
        long firstSave = System.nanoTime();
        double clientUsed = CpuTimes.ofProcess(ProcessHandle.current().pid()) - client;
        firstBytes.add(sample(store, firstByte - begin, clientUsed));
        firstSaves.add(sample(store, firstSave - begin, clientUsed));
    }

    /** The processor times are those up to the first save. */
    private static Sample sample(Restartable store, long nanos, double clientUsed) {
        return new Sample(
                nanos / 1e9,
                CpuTimes.ofTree(store.serverPid()),
                clientUsed,
                0,
                0,
                new long[0],
                Footprint.of(store.serverPid()));
    }
}
