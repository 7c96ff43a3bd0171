package io.pramd.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/** Immutable: turns messages into packets and payloads into messages. */
public final class MessageCodec {
    private static final int INITIAL_BYTES = 128;

    private MessageCodec() {}

    /** One packet, header and payload, in a fresh buffer owned by the caller. */
    public static ByteBuf encode(ByteBufAllocator allocator, long id, Message message) {
        ByteBuf out = allocator.ioBuffer(INITIAL_BYTES);
        try {
            write(out, id, message);
            return out.retain();
        } finally {
            out.release();
        }
    }

    /** The same packet for another id, in a fresh buffer owned by the caller. */
    public static ByteBuf copyFor(long id, ByteBuf packet) {
        ByteBuf copy = packet.copy();
        PacketHeader.setId(copy, copy.readerIndex(), id);
        return copy;
    }

    /** Appends one packet, header and payload. */
    public static void write(ByteBuf out, long id, Message message) {
        int headerIndex = out.writerIndex();
        PacketHeader.of(message.type(), 0, id, 0).write(out);
        message.write(new PayloadWriter(out));
        PacketHeader.setLength(
                out, headerIndex, out.writerIndex() - headerIndex - PacketHeader.BYTES);
    }

    /**
     * The message of a whole payload, which stays the caller's.
     *
     * @throws DecodeException for an unknown or reserved type, PAGES, reserved bits, a field out of
     *     its limits, or bytes behind the last field
     */
    public static Message decode(PacketHeader header, ByteBuf payload) {
        if (header.reserved() != 0 || header.flags() != 0) {
            throw DecodeException.refused(
                    header, Errno.EINVAL, "reserved bytes of the header are not zero");
        }
        PayloadReader in = new PayloadReader(header, payload);
        Message message =
                header.type().isAnswer() ? readAnswer(header, in) : readRequest(header, in);
        in.end();
        return message;
    }

    private static Message readRequest(PacketHeader header, PayloadReader in) {
        return switch (header.type()) {
            case HELLO -> Hello.read(in);
            case PING -> Ping.read(in);
            case PREPARE_SAVE -> PrepareSave.read(in);
            case FINISH_SAVE -> FinishSave.read(in);
            case DISCARD -> Discard.read(in);
            case OUTCOME -> AskOutcome.read(in);
            case PREPARE_LOAD -> PrepareLoad.read(in);
            case READ -> ReadPages.read(in);
            case FINISH_LOAD -> FinishLoad.read(in);
            case ABORT -> AbortLoad.read(in);
            case REPORT_BAD_PAGE -> ReportBadPage.read(in);
            case LIST -> ListNodes.read(in);
            case STAT -> StatNode.read(in);
            case REMOVE -> RemoveNode.read(in);
            case REMOVE_ALL -> RemoveAll.read(in);
            case INFO -> AskInfo.read(in);
            case CHECK -> AskCheck.read(in);
            case GROW -> Grow.read(in);
            case BACKUP -> PrepareBackup.read(in);
            case NEXT_FRAMES -> NextFrames.read(in);
            default -> throw notInUse(header);
        };
    }

    private static Message readAnswer(PacketHeader header, PayloadReader in) {
        return switch (header.type()) {
            case WELCOME -> Welcome.read(in);
            case PONG -> Pong.read(in);
            case GOING_AWAY -> GoingAway.read(in);
            case ERROR -> ErrorReply.read(in);
            case SAVE_OPENED -> SaveOpened.read(in);
            case SAVED -> Saved.read(in);
            case DISCARDED -> Discarded.read(in);
            case OUTCOME_IS -> OutcomeIs.read(in);
            case LOAD_OPENED -> LoadOpened.read(in);
            case BAD_PAGES -> BadPages.read(in);
            case CONSUMED -> Consumed.read(in);
            case ABORTED -> Aborted.read(in);
            case BAD_PAGE_VERDICT -> BadPageVerdict.read(in);
            case LISTING -> Listing.read(in);
            case NODE_STAT -> NodeStat.read(in);
            case REMOVED -> Removed.read(in);
            case ALL_REMOVED -> AllRemoved.read(in);
            case INFO_IS -> InfoIs.read(in);
            case CHECKED -> Checked.read(in);
            case GROWN -> Grown.read(in);
            case BACKUP_OPENED -> BackupOpened.read(in);
            case FRAMES_ARE -> FramesAre.read(in);
            default -> throw notInUse(header);
        };
    }

    private static DecodeException notInUse(PacketHeader header) {
        return DecodeException.refused(
                header, Errno.EINVAL, "message type is not in use: type=" + header.typeNumber());
    }
}
