package io.pramd.protocol;

/**
 * Immutable: when a node that is saved again was saved first, and when it is to go. Both are times
 * since the epoch.
 *
 * @param createdMillis 0 not known
 * @param expiryMillis 0 never
 */
public record NodeDates(long createdMillis, long expiryMillis) {

    void write(PayloadWriter out) {
        out.u64("createdMillis", createdMillis).u64("expiryMillis", expiryMillis);
    }

    static NodeDates read(PayloadReader in) {
        return new NodeDates(in.u64("createdMillis"), in.u64("expiryMillis"));
    }
}
