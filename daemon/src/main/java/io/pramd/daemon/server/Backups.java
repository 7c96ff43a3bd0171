package io.pramd.daemon.server;

import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.recovery.Backup;
import io.pramd.daemon.recovery.FrameBatch;
import io.pramd.protocol.Aborted;
import io.pramd.protocol.BackupOpened;
import io.pramd.protocol.Errno;
import io.pramd.protocol.MessageType;
import io.pramd.protocol.PagesPacket;
import io.pramd.protocol.WireLimits;
import java.nio.ByteBuffer;
import java.util.concurrent.Future;

/**
 * Event loop only: the backup of one connection. Frames are read when the client asks for them, so
 * that a slow one holds the daemon's root and nothing else; one that asks for nothing is ended.
 */
final class Backups {
    /** Unanswered requests for frames. */
    private static final int ASKED_MAX = 16;

    /** Frames sent at a time: 1 MiB. */
    private static final int FRAMES_MAX = 256;

    private final Peer peer;
    private final Sessions sessions;
    private final Caller caller;
    private Open open; // null: none

    /** One owner: the backup under way. */
    private static final class Open {
        private final long id;
        private final AuditEntry entry;
        private Backup backup; // null: it is being opened
        private int asked;
        private boolean reading;
        private long bytes;
        private Future<?> patience;

        Open(long id, AuditEntry entry) {
            this.id = id;
            this.entry = entry;
        }
    }

    Backups(Peer peer, Sessions sessions, Caller caller) {
        this.peer = peer;
        this.sessions = sessions;
        this.caller = caller;
    }

    boolean has(long id) {
        return open != null && open.id == id;
    }

    void prepare(long id) {
        AuditEntry entry = caller.begin("backup", "");
        try {
            requireServed();
        } catch (StoreException e) {
            entry.failed(e);
            peer.refuse(id, MessageType.BACKUP, e);
            return;
        }
        peer.begin();
        Open asked = new Open(id, entry);
        open = asked;
        peer.ask(sessions::backup, (backup, failure) -> opened(asked, backup, failure));
    }

    private void requireServed() {
        caller.requireAdministrator();
        if (open != null) {
            throw StoreException.of(
                    Errno.EBUSY, "this connection has a backup under way: id=" + open.id);
        }
        if (sessions.isDraining()) {
            throw Sessions.draining();
        }
    }

    private void opened(Open asked, Backup backup, Throwable failure) {
        if (asked != open) {
            if (backup != null) {
                backup.close(); // the connection is gone, or has aborted it
            }
            return;
        }
        if (failure != null) {
            asked.entry.failed(failure);
            peer.refuse(asked.id, MessageType.BACKUP, failure);
            end();
            return;
        }
        asked.backup = backup;
        peer.log.debug("backs up root {}", backup.rootSequence());
        peer.answer(
                asked.id,
                new BackupOpened(
                        backup.fileBytes(),
                        backup.rootSequence(),
                        backup.nodeCount(),
                        backup.framesMax()));
        serve();
    }

    void next(long id) {
        if (!has(id)) {
            peer.refuse(
                    id,
                    MessageType.NEXT_FRAMES,
                    StoreException.of(Errno.EBADF, Answers.notOpen(id)));
            return;
        }
        try {
            caller.requireAdministrator(); // who was one may not be one any longer
        } catch (StoreException e) {
            giveUp();
            failed(e);
            return;
        }
        if (open.asked >= ASKED_MAX) {
            peer.refuse(
                    id,
                    MessageType.NEXT_FRAMES,
                    StoreException.of(
                            Errno.EAGAIN, "too many NEXT_FRAMES wait in the stream: " + ASKED_MAX));
            return;
        }
        if (open.asked == 0) {
            impatient(open);
        }
        open.asked++;
        serve();
    }

    /** For an id that {@link #has}. */
    void abort(long id) {
        open.entry.ended(AuditEntry.ABORTED, open.bytes);
        giveUp();
        peer.answer(id, new Aborted());
        end();
    }

    /** The client takes bytes again. */
    void writable() {
        if (open != null) {
            serve();
        }
    }

    /** Ends it, for a daemon that does not wait for it any longer. */
    void cut() {
        if (open != null) {
            open.entry.ended(AuditEntry.LOST, open.bytes);
            giveUp();
            end();
        }
    }

    /** The connection is at its end. */
    void close() {
        if (open != null) {
            open.entry.ended(AuditEntry.LOST, open.bytes);
            giveUp();
            impatient(open);
            open = null;
        }
    }

    private void giveUp() {
        if (open.backup != null) {
            open.backup.close();
        }
    }

    private void end() {
        impatient(open);
        open = null;
        peer.end();
    }

    private void serve() {
        Open asked = open;
        if (asked.backup == null || asked.reading) {
            return;
        }
        if (asked.asked > 0 && peer.isWritable()) {
            impatient(asked);
            asked.reading = true;
            peer.ask(
                    () -> asked.backup.next(framesMax()),
                    (batch, failure) -> arrived(asked, batch, failure));
        } else if (asked.patience == null) {
            asked.patience = peer.later(peer.limits().idleMillis(), () -> stalled(asked));
        }
    }

    private static void impatient(Open of) {
        if (of.patience != null) {
            of.patience.cancel(false);
            of.patience = null;
        }
    }

    private int framesMax() {
        long packet = peer.packetBytesMax() / WireLimits.PAGE_WITH_ENTRY_BYTES;
        return (int) Math.min(packet, FRAMES_MAX);
    }

    /**
     * What a backup keeps grows with all that changes: a client that has forgotten it, or takes
     * nothing of what it has asked for, ends it.
     */
    private void stalled(Open asked) {
        if (asked == open) {
            giveUp();
            failed(
                    StoreException.of(
                            Errno.ETIMEDOUT,
                            "no frames of the backup were asked for, or taken: millis="
                                    + peer.limits().idleMillis()));
        }
    }

    private void failed(Throwable why) {
        open.entry.failed(why, open.bytes);
        peer.refuse(open.id, MessageType.NEXT_FRAMES, why);
        end();
    }

    private void arrived(Open asked, FrameBatch batch, Throwable failure) {
        if (asked != open) {
            return;
        }
        if (failure != null) {
            giveUp();
            failed(failure);
            return;
        }
        asked.asked--;
        boolean isLast = batch.isLast();
        send(batch);
        asked.reading = false; // only now: sending may say that there is room for the next
        if (asked != open) {
            return;
        }
        if (isLast) {
            asked.entry.ok(asked.bytes);
            end();
        } else {
            serve();
        }
    }

    private void send(FrameBatch batch) {
        ByteBuffer pages = batch.pages();
        int count = batch.count();
        open.bytes += pages.remaining();
        peer.answer(open.id, Answers.frames(batch));
        peer.answerPages(
                PagesPacket.headBytes(count) + pages.remaining(),
                out -> {
                    int flags = PagesPacket.LAST | PagesPacket.END;
                    PagesPacket.writeHeader(out, open.id, flags, count);
                    for (int i = 0; i < count; i++) {
                        PagesPacket.writeEntry(out, 0, batch.csum(i));
                    }
                    out.writeBytes(pages);
                });
    }
}
