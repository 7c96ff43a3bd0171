package io.pramd.protocol;

import java.util.List;

/**
 * Immutable: the answer to NEXT_FRAMES. Behind it comes one PAGES packet with so many pages.
 *
 * @param last nothing comes behind them: the backup has ended
 * @param framesSent that came in the whole backup, these included
 * @param runs where the pages belong, in their order
 * @param damage what does not verify in the daemon's file, for people
 */
public record FramesAre(boolean last, long framesSent, List<FrameRun> runs, List<String> damage)
        implements Message {
    public FramesAre {
        runs = List.copyOf(runs);
        damage =
                damage.stream()
                        .map(text -> PayloadWriter.cut(text, WireLimits.RECORD_TEXT_BYTES_MAX))
                        .toList();
    }

    @Override
    public MessageType type() {
        return MessageType.FRAMES_ARE;
    }

    /** Pages that come behind it. */
    public long pages() {
        return runs.stream().mapToLong(FrameRun::frames).sum();
    }

    @Override
    public void write(PayloadWriter out) {
        out.u8("last", last ? 1 : 0)
                .zero(3)
                .u32("runCount", runs.size())
                .u64("framesSent", framesSent)
                .runs("runs", runs)
                .u32("damageCount", damage.size())
                .strs("damage", damage);
    }

    static FramesAre read(PayloadReader in) {
        boolean last = in.bool("last");
        in.zero(3);
        long runCount = in.u32("runCount");
        long framesSent = in.count("framesSent");
        List<FrameRun> runs = in.runs("runs", runCount);
        List<String> damage = in.strs("damage", in.u32("damageCount"));
        return new FramesAre(last, framesSent, runs, damage);
    }
}
