package io.pramd.daemon.storm;

import java.util.List;
import java.util.concurrent.locks.Lock;

/** One owner: its thread, and the test while it holds the storm's lock: does random things. */
final class StormWorker implements Runnable {
    private final StormKit kit;
    private final Lock calm;
    private final List<Runnable> deeds;
    private final StormRequests requests;
    private volatile boolean ends;
    private volatile Throwable failure;
    private volatile long stepBeganNanos = System.nanoTime();
    private volatile int calls;

    /**
     * @param calm held while a step is taken
     */
    StormWorker(StormKit kit, Lock calm) {
        this.kit = kit;
        this.calm = calm;
        StormSaves saves = new StormSaves(kit);
        StormLoads loads = new StormLoads(kit);
        StormAsync async = new StormAsync(kit, saves, loads);
        requests = new StormRequests(kit);
        deeds =
                List.of(
                        saves::save,
                        saves::save,
                        saves::save,
                        saves::save,
                        saves::save,
                        saves::save,
                        saves::giveUp,
                        loads::load,
                        loads::load,
                        loads::giveUp,
                        loads::peek,
                        loads::peek,
                        loads::peek,
                        loads::waitInVain,
                        requests::remove,
                        requests::removeIfSequence,
                        requests::list,
                        () -> requests.find(kit.randomName()),
                        async::save,
                        async::save,
                        async::load);
    }

    @Override
    public void run() {
        try {
            while (!ends) {
                calm.lock();
                try {
                    stepBeganNanos = System.nanoTime();
                    step();
                    calls += 1; // by this thread alone
                } finally {
                    calm.unlock();
                }
            }
        } catch (Throwable e) {
            failure = e;
        }
    }

    private void step() {
        if (kit.random().nextInt(100) == 0) {
            requests.removeAll();
        } else {
            deeds.get(kit.random().nextInt(deeds.size())).run();
        }
    }

    void end() {
        ends = true;
    }

    int calls() {
        return calls;
    }

    long stepBeganNanos() {
        return stepBeganNanos;
    }

    StormKit kit() {
        return kit;
    }

    /** Throws what it met that must not be. */
    void rethrow() {
        if (failure != null) {
            throw new AssertionError(
                    "worker of " + kit.prefix() + " " + kit.journal().historyOfLast(), failure);
        }
    }
}
