package io.pramd.protocol;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Immutable: one message of each type, with every field set to a value of its own. */
final class MessageSamples {
    static final SaveId SAVE_ID = SaveId.parse("00112233445566778899aabbccddeeff");

    static final NodeRecord NODE =
            new NodeRecord(
                    NodeState.READY,
                    StreamType.BYTE,
                    0,
                    0x1122334455667788L,
                    0x1122334455667700L,
                    1_700_000_000_000L,
                    10_000,
                    3,
                    0x0000a1b2c3d4e5f6L,
                    0,
                    SAVE_ID,
                    "index/é",
                    "",
                    Map.of("version", "7"),
                    "");

    static final NodeRecord DAMAGED =
            new NodeRecord(
                    NodeState.QUARANTINED,
                    StreamType.ANY,
                    0,
                    NodeRecord.SEQUENCE_UNKNOWN,
                    0,
                    0,
                    0,
                    0,
                    77,
                    0,
                    SaveId.NONE,
                    "",
                    "",
                    Map.of(),
                    "node page: csum does not verify");

    static final List<Message> ALL =
            List.of(
                    new Hello(1, 1, 2101248, 0, "sample/1", 0, "".getBytes(StandardCharsets.UTF_8)),
                    new Welcome(
                            1,
                            2101248,
                            0,
                            64,
                            256,
                            60000,
                            512,
                            UUID.fromString("0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"),
                            "pramd/1"),
                    new Ping(),
                    new Pong(),
                    new GoingAway(250),
                    new ErrorReply(
                            Errno.ENOENT, 0x22, false, true, 250, 41, "page 41 does not verify"),
                    new PrepareSave(
                            StreamType.BYTE,
                            true,
                            Durability.PROCESS,
                            30_000,
                            SAVE_ID,
                            10_000,
                            0,
                            "index/é",
                            ordered("version", "7", "by", "me"),
                            Optional.empty()),
                    new SaveOpened(4711),
                    new FinishSave(10_000),
                    new Saved(4711, Durability.PROCESS),
                    new Discard(),
                    new Discarded(),
                    new AskOutcome(SAVE_ID),
                    new OutcomeIs(Outcome.DONE, 4711),
                    new PrepareLoad(
                            StreamType.ANY, true, 30_000, 0, "index/é", Map.of("version", "7")),
                    new LoadOpened(NODE),
                    new ReadPages(256, 512),
                    new BadPages(300, 1, 77, "data page does not verify"),
                    new FinishLoad(4711),
                    new Consumed(4711),
                    new AbortLoad(),
                    new Aborted(),
                    new ReportBadPage(41),
                    new BadPageVerdict(41, true, 0xc1c2c3c4L, 0xd1d2d3d4L),
                    new ListNodes(100, 4711, 99, "index/"),
                    new Listing(true, List.of(NODE, DAMAGED)),
                    new StatNode(0, "index/é"),
                    new NodeStat(NODE),
                    new RemoveNode(4711, 0, "index/é"),
                    new Removed(4711),
                    new RemoveAll("index/"),
                    new AllRemoved(12),
                    new AskInfo(),
                    new InfoIs(info()),
                    new AskCheck(),
                    new Checked(false, List.of("frame 77: csum does not verify", "frame 78: lost")),
                    new Grow(1L << 34),
                    new Grown(1L << 34),
                    new PrepareBackup(),
                    new BackupOpened(1L << 34, 4711, 12, 345),
                    new NextFrames(),
                    new FramesAre(
                            true,
                            345,
                            List.of(new FrameRun(16, 2), new FrameRun(0x0000a1b2c3d4e5f6L, 1)),
                            List.of("frame 77: csum does not verify")));

    private MessageSamples() {}

    static Map<String, String> ordered(String... keysAndValues) {
        Map<String, String> meta = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            meta.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return meta;
    }

    private static Map<String, InfoValue> info() {
        Map<String, InfoValue> values = new LinkedHashMap<>();
        values.put("frames.total", InfoValue.of(1024));
        values.put("recovery.complete", InfoValue.of(true));
        values.put("version", InfoValue.of("1"));
        values.put("recovery.report", InfoValue.of(List.of("freed 3 frames", "")));
        return values;
    }
}
