package io.pramd.protocol;

/**
 * Immutable: the daemon is draining before its end, and opens no stream any more. Said once on a
 * connection, with id 0.
 *
 * @param retryAfterMillis a successor is looked for at the earliest so long after; 0: at once
 */
public record GoingAway(long retryAfterMillis) implements Message {
    @Override
    public MessageType type() {
        return MessageType.GOING_AWAY;
    }

    @Override
    public void write(PayloadWriter out) {
        out.u32("retryAfterMillis", retryAfterMillis);
    }

    static GoingAway read(PayloadReader in) {
        long retryAfterMillis = in.u32("retryAfterMillis");
        return new GoingAway(retryAfterMillis);
    }
}
