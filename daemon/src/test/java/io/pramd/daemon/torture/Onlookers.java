package io.pramd.daemon.torture;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Thread-safe. Some who look at one daemon through its admin listener, as long as it lives. */
final class Onlookers implements AutoCloseable {
    private static final int COUNT = 3;

    private final AdminWay way;
    private final Runnable answered;
    private final Consumer<String> faults;
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean mayBeGone;
    private volatile boolean isOver;

    /**
     * Begins to look.
     *
     * @param admin where: a URI that ends with a slash
     * @param token an administrator's, in a file; null: none is needed
     * @param answered called, by any thread, with each answer that can be true
     * @param faults called, by any thread, with each answer that cannot be true
     */
    Onlookers(String admin, Path token, long seed, Runnable answered, Consumer<String> faults) {
        this.way = new AdminWay(admin, token);
        this.answered = answered;
        this.faults = faults;
        for (int i = 0; i < COUNT; i++) {
            threads.add(
                    Thread.ofPlatform().name("onlooker").start(new Onlooker(this, way, seed + i)));
        }
    }

    AdminWay way() {
        return way;
    }

    void answered() {
        answered.run();
    }

    void wrong(String text) {
        faults.accept("onlooker: " + text);
    }

    /** From now on it is no fault when nobody answers. */
    void expectEnd() {
        mayBeGone = true;
    }

    boolean mayBeGone() {
        return mayBeGone;
    }

    void end() {
        isOver = true;
    }

    boolean isOver() {
        return isOver;
    }

    /** Returns when nobody looks any more. */
    @Override
    public void close() {
        end();
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                thread.interrupt();
            }
        }
        way.close();
    }
}
