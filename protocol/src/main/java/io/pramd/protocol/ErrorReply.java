package io.pramd.protocol;

/**
 * Immutable: a request failed, or the connection did (id 0).
 *
 * @param errno why
 * @param answersNumber type number of the request it answers; 0 for the connection
 * @param closing the daemon closes the connection behind it
 * @param outcomeUnknown it may have happened: ask for the outcome
 * @param retryAfterMillis when to try again; 0 no advice
 * @param pageIndex the bad page; {@link #NO_PAGE} none
 * @param text for people; cut to 1024 bytes
 */
public record ErrorReply(
        Errno errno,
        int answersNumber,
        boolean closing,
        boolean outcomeUnknown,
        long retryAfterMillis,
        long pageIndex,
        String text)
        implements Message {

    /** No page is meant: all ones on the wire. */
    public static final long NO_PAGE = -1L;

    static final int CLOSING = 1;
    static final int OUTCOME_UNKNOWN = 2;

    public ErrorReply {
        text = PayloadWriter.cut(text, WireLimits.ERROR_TEXT_BYTES_MAX);
    }

    /** A plain refusal. */
    public static ErrorReply of(Errno errno, MessageType answers, String text) {
        return new ErrorReply(errno, answers.number(), false, false, 0, NO_PAGE, text);
    }

    /** The answer to a packet that breaks the protocol. */
    public static ErrorReply of(DecodeException e) {
        return new ErrorReply(
                e.errno(), e.typeNumber(), e.isClosing(), false, 0, NO_PAGE, e.getMessage());
    }

    /** The same, and the connection ends behind it. */
    public ErrorReply andClose() {
        return new ErrorReply(
                errno, answersNumber, true, outcomeUnknown, retryAfterMillis, pageIndex, text);
    }

    /** The same, and it may have happened. */
    public ErrorReply withOutcomeUnknown() {
        return new ErrorReply(
                errno, answersNumber, closing, true, retryAfterMillis, pageIndex, text);
    }

    /** The same, with advice when to try again. */
    public ErrorReply withRetryAfterMillis(long millis) {
        return new ErrorReply(
                errno, answersNumber, closing, outcomeUnknown, millis, pageIndex, text);
    }

    /** The same, about one page. */
    public ErrorReply withPageIndex(long index) {
        return new ErrorReply(
                errno, answersNumber, closing, outcomeUnknown, retryAfterMillis, index, text);
    }

    @Override
    public MessageType type() {
        return MessageType.ERROR;
    }

    @Override
    public void write(PayloadWriter out) {
        out.u16("errno", errno.number())
                .u8("answers", answersNumber)
                .u8("flags", (closing ? CLOSING : 0) | (outcomeUnknown ? OUTCOME_UNKNOWN : 0))
                .u32("retryAfterMillis", retryAfterMillis)
                .u64("pageIndex", pageIndex)
                .str("text", text);
    }

    static ErrorReply read(PayloadReader in) {
        int number = in.u16("errno");
        int answers = in.u8("answers");
        int flags = in.flags("flags", CLOSING | OUTCOME_UNKNOWN);
        // A later daemon may name an error that this release does not know: it is an error all the
        // same.
        Errno errno = Errno.isKnown(number) ? Errno.of(number) : Errno.EIO;
        return new ErrorReply(
                errno,
                answers,
                (flags & CLOSING) != 0,
                (flags & OUTCOME_UNKNOWN) != 0,
                in.u32("retryAfterMillis"),
                in.u64("pageIndex"),
                in.str("text", WireLimits.ERROR_TEXT_BYTES_MAX));
    }
}
