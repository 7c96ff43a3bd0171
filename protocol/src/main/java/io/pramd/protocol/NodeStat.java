package io.pramd.protocol;

/**
 * Immutable: the answer to STAT.
 *
 * @param node what STAT asked for
 */
public record NodeStat(NodeRecord node) implements Message {
    @Override
    public MessageType type() {
        return MessageType.NODE_STAT;
    }

    @Override
    public void write(PayloadWriter out) {
        out.record(node);
    }

    static NodeStat read(PayloadReader in) {
        NodeRecord node = NodeRecord.read(in);
        return new NodeStat(node);
    }
}
