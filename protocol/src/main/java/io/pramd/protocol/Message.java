package io.pramd.protocol;

/**
 * Immutable: what one packet says. Fields, writing and reading stand side by side in each record;
 * PAGES is not among them, as page data never stands in the heap (see {@link PagesPacket}).
 */
public sealed interface Message
        permits AbortLoad,
                Aborted,
                AllRemoved,
                AskCheck,
                AskInfo,
                AskOutcome,
                BackupOpened,
                BadPageVerdict,
                BadPages,
                Checked,
                Consumed,
                Discard,
                Discarded,
                ErrorReply,
                FinishLoad,
                FinishSave,
                FramesAre,
                GoingAway,
                Grow,
                Grown,
                Hello,
                InfoIs,
                ListNodes,
                Listing,
                LoadOpened,
                NextFrames,
                NodeStat,
                OutcomeIs,
                Ping,
                Pong,
                PrepareBackup,
                PrepareLoad,
                PrepareSave,
                ReadPages,
                RemoveAll,
                RemoveNode,
                Removed,
                ReportBadPage,
                SaveOpened,
                Saved,
                StatNode,
                Welcome {

    MessageType type();

    /** Appends the payload. */
    void write(PayloadWriter out);
}
