package io.pramd.daemon.cut;

import io.pramd.daemon.fixture.ManualTimer;
import io.pramd.daemon.node.StoreContext;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * One owner. The threads of a store, of which each runs when it is told to: also in the middle of
 * another's work, as often happens to threads.
 */
final class Tasks {
    private final Queue commits;
    private final Queue forces;
    private final ManualTimer timer = new ManualTimer();

    /** One thread's tasks, one at a time. */
    private static final class Queue {
        private final Deque<Runnable> tasks = new ArrayDeque<>();
        private final Runnable before;
        private final Runnable after;
        private final boolean isAtOnce;
        private boolean isRunning;

        Queue(Runnable before, Runnable after, boolean isAtOnce) {
            this.before = before;
            this.after = after;
            this.isAtOnce = isAtOnce;
        }

        void execute(Runnable task) {
            tasks.add(task);
            if (isAtOnce) {
                run();
            }
        }

        boolean run() {
            if (isRunning || tasks.isEmpty()) {
                return false;
            }
            isRunning = true;
            try {
                before.run();
                tasks.remove().run();
                after.run();
            } finally {
                isRunning = false;
            }
            return true;
        }
    }

    /**
     * The threads of one store.
     *
     * @param isAtOnce whether nothing waits to be run
     */
    Tasks(Witness witness, boolean isAtOnce) {
        commits = new Queue(witness::commitBegins, witness::commitEnds, isAtOnce);
        forces = new Queue(witness::forceBegins, () -> {}, isAtOnce);
    }

    /** Hears what the threads are about to do. */
    interface Witness {
        /** What is queued is about to be committed. */
        void commitBegins();

        void commitEnds();

        /** A root is about to be forced. */
        void forceBegins();
    }

    StoreContext.Threads threads() {
        return new StoreContext.Threads(
                commits::execute, forces::execute, Runnable::run, Runnable::run, timer);
    }

    /** Commits what is queued; false when nothing is, or when a commit is under way. */
    boolean commit() {
        return commits.run();
    }

    /** Does the next force; false when none is asked for, or when one is under way. */
    boolean force() {
        return forces.run();
    }

    /** The time has come of what waits for a time. */
    void fireTimer() {
        timer.fire();
    }
}
