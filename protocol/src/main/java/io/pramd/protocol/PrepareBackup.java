package io.pramd.protocol;

/** Immutable: asks for all that the root in force reaches, to be written into a file. */
public record PrepareBackup() implements Message {
    @Override
    public MessageType type() {
        return MessageType.BACKUP;
    }

    @Override
    public void write(PayloadWriter out) {}

    static PrepareBackup read(PayloadReader in) {
        return new PrepareBackup();
    }
}
