package io.pramd.protocol;

/**
 * Immutable: the answer to BACKUP.
 *
 * @param fileBytes size that the file must have; what never comes is zeros, or a hole
 * @param rootSequence of the root whose frames come
 * @param nodes that it has
 * @param framesMax that may come, at most; for who shows progress
 */
public record BackupOpened(long fileBytes, long rootSequence, long nodes, long framesMax)
        implements Message {
    @Override
    public MessageType type() {
        return MessageType.BACKUP_OPENED;
    }

    @Override
    public void write(PayloadWriter out) {
        out.u64("fileBytes", fileBytes)
                .u64("rootSequence", rootSequence)
                .u64("nodes", nodes)
                .u64("framesMax", framesMax);
    }

    static BackupOpened read(PayloadReader in) {
        long fileBytes = in.count("fileBytes");
        long rootSequence = in.count("rootSequence");
        long nodes = in.count("nodes");
        long framesMax = in.count("framesMax");
        return new BackupOpened(fileBytes, rootSequence, nodes, framesMax);
    }
}
