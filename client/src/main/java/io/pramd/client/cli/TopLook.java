package io.pramd.client.cli;

/**
 * Immutable: how {@code pram top} is to show things.
 *
 * @param width columns there are
 * @param height lines there are
 * @param nodesMax nodes to show at most
 * @param hasKeys somebody can press keys
 */
record TopLook(int width, int height, int nodesMax, TopSort sort, boolean hasKeys, KeyState keys) {
    private static final int BATCH_WIDTH = 100;
    private static final int BATCH_NODES = 20;

    /** Immutable: what was pressed. */
    enum KeyState {
        RUNNING,
        PAUSED,
        HELP
    }

    /** For a pipe or a file: as many lines as it takes. */
    static TopLook batch(TopSort sort) {
        return new TopLook(
                BATCH_WIDTH, Integer.MAX_VALUE, BATCH_NODES, sort, false, KeyState.RUNNING);
    }

    /** For a terminal. */
    static TopLook live(int width, int height, TopSort sort, KeyState keys) {
        return new TopLook(width, height, Integer.MAX_VALUE, sort, true, keys);
    }
}
