package io.pramd.protocol;

/**
 * Immutable: the answer to OUTCOME.
 *
 * @param outcome of the save
 * @param sequence of the node when done; else 0
 */
public record OutcomeIs(Outcome outcome, long sequence) implements Message {
    @Override
    public MessageType type() {
        return MessageType.OUTCOME_IS;
    }

    @Override
    public void write(PayloadWriter out) {
        out.u8("outcome", outcome.number()).zero(7).u64("sequence", sequence);
    }

    static OutcomeIs read(PayloadReader in) {
        Outcome outcome = in.choice("outcome", Outcome::of);
        in.zero(7);
        long sequence = in.u64("sequence");
        return new OutcomeIs(outcome, sequence);
    }
}
