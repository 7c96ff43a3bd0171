package io.pramd.daemon.node;

/**
 * Immutable. A save that is open, or whose commit is under way.
 *
 * @param info what has come so far
 * @param granted the frames it has, each extent with its frames in the low 10 bits and its pfn
 *     above; not to be changed. Its node page may be at another.
 */
public record OpenSave(NodeInfo info, long[] granted) {
    private static final int FRAMES_BITS = 10;

    static OpenSave of(SaveStream stream) {
        return new OpenSave(NodeInfo.saving(stream), stream.grants.granted());
    }

    public int extents() {
        return granted.length;
    }

    /** The first frame of an extent. */
    public long pfn(int extent) {
        return granted[extent] >>> FRAMES_BITS;
    }

    /** How long an extent is; 0: it was given back. */
    public int frames(int extent) {
        return (int) granted[extent] & (1 << FRAMES_BITS) - 1;
    }
}
