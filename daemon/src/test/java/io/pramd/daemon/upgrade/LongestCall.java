package io.pramd.daemon.upgrade;

/** Immutable: the call that took longest, among some. */
record LongestCall(String verb, long nanos) {
    /** Among none. */
    static final LongestCall NONE = new LongestCall("none", 0);

    double millis() {
        return nanos / 1e6;
    }

    LongestCall orLonger(LongestCall other) {
        return nanos >= other.nanos ? this : other;
    }
}
