package io.pramd.protocol;

import java.util.Arrays;

/**
 * Immutable: the messages and their numbers. An answer has the request's number plus 0x80. Numbers
 * never change.
 */
public enum MessageType {
    /** Stands for every number that is not in use; never sent. */
    UNKNOWN(0x00),

    HELLO(0x01),
    PING(0x02),
    /** Reserved: a further step of authentication. */
    AUTHENTICATE(0x03),
    WELCOME(0x81),
    PONG(0x82),
    /** Reserved: the answer to a step of authentication. */
    AUTHENTICATED(0x83),
    /** Answers nothing: the daemon says it by itself. */
    GOING_AWAY(0x84),
    ERROR(0x8f),

    PAGES(0x10),
    PREPARE_SAVE(0x11),
    FINISH_SAVE(0x12),
    DISCARD(0x13),
    OUTCOME(0x14),
    /** Reserved: force a save that was made earlier. */
    FORCE_SAVE(0x15),
    SAVE_OPENED(0x91),
    SAVED(0x92),
    DISCARDED(0x93),
    OUTCOME_IS(0x94),
    /** Reserved: the answer to FORCE_SAVE. */
    SAVE_FORCED(0x95),

    PREPARE_LOAD(0x21),
    READ(0x22),
    FINISH_LOAD(0x23),
    ABORT(0x24),
    REPORT_BAD_PAGE(0x25),
    LOAD_OPENED(0xa1),
    /** Answers a part of a READ of a salvage; PAGES with LAST comes behind. */
    BAD_PAGES(0xa2),
    CONSUMED(0xa3),
    ABORTED(0xa4),
    BAD_PAGE_VERDICT(0xa5),

    LIST(0x31),
    STAT(0x32),
    REMOVE(0x33),
    REMOVE_ALL(0x34),
    /** Reserved: several changes in one commit. */
    GROUP(0x35),
    LISTING(0xb1),
    NODE_STAT(0xb2),
    REMOVED(0xb3),
    ALL_REMOVED(0xb4),
    /** Reserved: the answer to GROUP. */
    GROUP_DONE(0xb5),

    INFO(0x41),
    CHECK(0x42),
    GROW(0x43),
    /** Opens a stream of frames; ABORT ends it early. */
    BACKUP(0x44),
    NEXT_FRAMES(0x45),
    INFO_IS(0xc1),
    CHECKED(0xc2),
    GROWN(0xc3),
    BACKUP_OPENED(0xc4),
    /** Answers NEXT_FRAMES; a PAGES packet comes behind. */
    FRAMES_ARE(0xc5);

    private static final int ANSWER_BIT = 0x80;
    private static final MessageType[] BY_NUMBER = byNumber();

    private final int number;

    MessageType(int number) {
        this.number = number;
    }

    /** The number on the wire, 1 to 255. */
    public int number() {
        return number;
    }

    /**
     * Whether only the daemon sends it. {@link #PAGES} goes both ways and is no answer in this
     * sense.
     */
    public boolean isAnswer() {
        return (number & ANSWER_BIT) != 0;
    }

    /** Whether the number is kept for later: such a packet is refused like an unknown one. */
    public boolean isReserved() {
        return switch (this) {
            case AUTHENTICATE, AUTHENTICATED, FORCE_SAVE, SAVE_FORCED, GROUP, GROUP_DONE -> true;
            default -> false;
        };
    }

    /** The type of a number from the wire; {@link #UNKNOWN} for a number not in use. */
    public static MessageType of(int number) {
        return number >= 0 && number < BY_NUMBER.length ? BY_NUMBER[number] : UNKNOWN;
    }

    private static MessageType[] byNumber() {
        MessageType[] types = new MessageType[0x100];
        Arrays.fill(types, UNKNOWN);
        for (MessageType type : values()) {
            types[type.number] = type;
        }
        return types;
    }
}
