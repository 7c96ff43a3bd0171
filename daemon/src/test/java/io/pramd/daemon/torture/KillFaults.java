package io.pramd.daemon.torture;

import java.io.PrintStream;

/** Thread-safe. Says on stdout what must not be, for the process that started this one. */
final class KillFaults {
    static final String LOST = "lost";
    static final String WRONG = "wrong";

    private final PrintStream out;

    KillFaults(PrintStream out) {
        this.out = out;
    }

    /** Something acknowledged is not there. */
    void lost(String text) {
        say(LOST, text);
    }

    /** Something is there that was never saved, an answer contradicts another one, or the like. */
    void wrong(String text) {
        say(WRONG, text);
    }

    /** The daemon has gone: that is none, if it was killed. */
    void over(String text) {
        out.println("over " + text.replace('\n', ' '));
    }

    private void say(String kind, String text) {
        out.println("fault " + kind + " " + text.replace('\n', ' '));
    }
}
