package io.pramd.protocol;

/**
 * Immutable: the answer to REPORT_BAD_PAGE.
 *
 * @param pageIndex from 0
 * @param quarantined the daemon agrees and has quarantined the node; else its copy verifies
 * @param storedCsum CRC32C in the node's entry
 * @param actualCsum CRC32C of the daemon's copy now
 */
public record BadPageVerdict(long pageIndex, boolean quarantined, long storedCsum, long actualCsum)
        implements Message {
    static final int VERIFIES = 1;
    static final int QUARANTINED = 2;

    private static boolean readVerdict(PayloadReader in) {
        int verdict = in.u8("verdict");
        if (verdict != VERIFIES && verdict != QUARANTINED) {
            throw in.refuse("verdict is not in use: value=" + verdict);
        }
        return verdict == QUARANTINED;
    }

    @Override
    public MessageType type() {
        return MessageType.BAD_PAGE_VERDICT;
    }

    @Override
    public void write(PayloadWriter out) {
        out.u64("pageIndex", pageIndex)
                .u8("verdict", quarantined ? QUARANTINED : VERIFIES)
                .zero(3)
                .u32("storedCsum", storedCsum)
                .u32("actualCsum", actualCsum)
                .zero(4);
    }

    static BadPageVerdict read(PayloadReader in) {
        long pageIndex = in.u64("pageIndex");
        boolean quarantined = readVerdict(in);
        in.zero(3);
        long storedCsum = in.u32("storedCsum");
        long actualCsum = in.u32("actualCsum");
        in.zero(4);
        return new BadPageVerdict(pageIndex, quarantined, storedCsum, actualCsum);
    }
}
