package io.pramd.daemon.scale;

import io.pramd.daemon.recovery.CellQuery;
import io.pramd.daemon.recovery.FrameLook;
import io.pramd.daemon.recovery.FrameMap;
import io.pramd.daemon.recovery.NodeQuery;
import io.pramd.daemon.recovery.NodeQuery.Sort;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/** One owner. Asks the map of a store all that a page asks, and says what each answer took. */
final class MapSteps {
    private static final long CELLS = 1 << 18;
    private static final int NODES = 100;
    private static final int ROUNDS = 3;
    private static final int BESIDE = 50_000;
    private static final long ASKED_EVERY_NANOS = 100_000_000;

    private final FrameMap map;
    private final PrintWriter out;

    MapSteps(FrameMap map, PrintWriter out) {
        this.map = map;
        this.out = out;
    }

    void measure() {
        Usage before = Usage.now();
        step("map: first answer", look -> "the survey alone, ms: " + look.tookMillis());
        long per = Math.max(Long.highestOneBit(ask(FrameLook::frameCount) / CELLS - 1) << 1, 1);
        for (String round : new String[] {"", ", again"}) {
            step("map: summary" + round, look -> "frames: " + look.totals().frames());
            step("map: all frames by state" + round, look -> cells(look, per, false));
            step("map: all frames by node" + round, look -> cells(look, per, true));
            step("map: nodes by sequence" + round, look -> nodes(look, Sort.SEQUENCE, ""));
            step("map: nodes by name" + round, look -> nodes(look, Sort.NAME, ""));
            step(
                    "map: nodes by a part of their name" + round,
                    look -> nodes(look, Sort.NAME, "99"));
            step("map: a frame" + round, look -> look.frame(look.frameCount() / 2).role());
        }
        Usage after = Usage.now();
        out.printf(
                Locale.ROOT,
                "%nmap: heap: %.1f MiB; outside it: %.1f MiB%n",
                (after.heapBytes() - before.heapBytes()) / 1048576.0,
                (after.nativeBytes() - before.nativeBytes()) / 1048576.0);
        out.flush();
    }

    /** What others notice: small nodes saved and removed, alone, and while somebody always asks. */
    void measureBeside(SmallNodes nodes, int first) {
        Runnable work =
                () -> {
                    nodes.save(first, BESIDE);
                    nodes.remove(first, BESIDE);
                };
        work.run(); // warms up
        for (int round = 0; round < ROUNDS; round++) {
            time("save and remove small nodes", work);
            timeBeside(work);
        }
    }

    private void timeBeside(Runnable work) {
        AtomicBoolean isOver = new AtomicBoolean();
        AtomicLong answers = new AtomicLong();
        Thread asker =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    while (!isOver.get()) {
                                        ask(FrameLook::totals);
                                        answers.incrementAndGet();
                                        LockSupport.parkNanos(ASKED_EVERY_NANOS);
                                    }
                                });
        time("the same, the map asked for every 100 ms", work);
        isOver.set(true);
        try {
            asker.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        out.printf("%nmap: answers beside: %d%n", answers.get());
        out.flush();
    }

    private void time(String name, Runnable work) {
        long begin = System.nanoTime();
        work.run();
        double millis = (System.nanoTime() - begin) / 1e6;
        out.printf(Locale.ROOT, "| %s | %.1f | nodes: %d |%n", name, millis, BESIDE);
        out.flush();
    }

    private static String cells(FrameLook look, long per, boolean isByNode) {
        CellQuery query = new CellQuery(0, look.frameCount(), per, isByNode);
        return "cells: " + look.cells(query).cells().length() + ", frames of each: " + per;
    }

    private static String nodes(FrameLook look, Sort sort, String contains) {
        NodeQuery query = new NodeQuery(contains, "", sort, true, 0, NODES);
        return "matching: " + look.nodes(query).matching();
    }

    private <T> T ask(Function<FrameLook, T> question) {
        return map.ask(question).toCompletableFuture().join();
    }

    private void step(String name, Function<FrameLook, String> question) {
        long begin = System.nanoTime();
        String what = ask(question);
        out.printf(
                Locale.ROOT, "| %s | %.1f | %s |%n", name, (System.nanoTime() - begin) / 1e6, what);
        out.flush();
    }
}
