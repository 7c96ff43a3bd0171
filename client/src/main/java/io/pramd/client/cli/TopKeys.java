package io.pramd.client.cli;

import io.pramd.client.cli.TopLook.KeyState;

/** One owner: what the keys of {@code pram top} have led to. */
final class TopKeys {
    private TopSort sort;
    private KeyState state = KeyState.RUNNING;
    private boolean isQuit;

    TopKeys(TopSort sort) {
        this.sort = sort;
    }

    /**
     * Whether something is to look different now.
     *
     * @param key a character; less than 0 for none
     */
    boolean press(int key) {
        switch (key) {
            case 's' -> sort = sort.next();
            case ' ' -> state = toggled(KeyState.PAUSED);
            case 'h', '?' -> state = toggled(KeyState.HELP);
            case 'q' -> isQuit = true;
            default -> {
                return false;
            }
        }
        return true;
    }

    private KeyState toggled(KeyState other) {
        return state == other ? KeyState.RUNNING : other;
    }

    TopSort sort() {
        return sort;
    }

    KeyState state() {
        return state;
    }

    boolean isQuit() {
        return isQuit;
    }
}
