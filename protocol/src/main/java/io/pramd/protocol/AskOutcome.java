package io.pramd.protocol;

/**
 * Immutable: what became of a save? Fences the save id if it is not done.
 *
 * @param saveId of the save; not {@link SaveId#NONE}
 */
public record AskOutcome(SaveId saveId) implements Message {
    @Override
    public MessageType type() {
        return MessageType.OUTCOME;
    }

    @Override
    public void write(PayloadWriter out) {
        out.saveId("saveId", saveId);
    }

    static AskOutcome read(PayloadReader in) {
        SaveId saveId = in.saveId("saveId");
        return new AskOutcome(saveId);
    }
}
