package io.pramd.daemon.node;

/** Immutable. The 16 bytes by which a saver can later ask what became of its save. */
public record SaveKey(long high, long low) {
    /** No save id: the saver will not ask. */
    public static final SaveKey NONE = new SaveKey(0, 0);

    public boolean isNone() {
        return equals(NONE);
    }
}
