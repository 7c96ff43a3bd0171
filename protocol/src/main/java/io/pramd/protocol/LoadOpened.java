package io.pramd.protocol;

/**
 * Immutable: the answer to PREPARE_LOAD.
 *
 * @param node what is being loaded
 */
public record LoadOpened(NodeRecord node) implements Message {
    @Override
    public MessageType type() {
        return MessageType.LOAD_OPENED;
    }

    @Override
    public void write(PayloadWriter out) {
        out.record(node);
    }

    static LoadOpened read(PayloadReader in) {
        NodeRecord node = NodeRecord.read(in);
        return new LoadOpened(node);
    }
}
