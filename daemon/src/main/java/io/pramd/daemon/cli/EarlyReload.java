package io.pramd.daemon.cli;

/**
 * Thread-safe. A reading of the configuration that may be asked for before there is a daemon to go
 * by it: then it is done as soon as there is one. A start may wait long for a predecessor.
 */
final class EarlyReload implements Runnable {
    private Runnable reload; // null: nothing is served yet
    private boolean isAskedFor;

    @Override
    public synchronized void run() {
        if (reload == null) {
            isAskedFor = true;
        } else {
            reload.run();
        }
    }

    /** From now on it can be done. */
    synchronized void begin(Runnable can) {
        reload = can;
        if (isAskedFor) {
            reload.run();
        }
    }
}
