package io.pramd.client;

import io.pramd.protocol.AbortLoad;
import io.pramd.protocol.BackupOpened;
import io.pramd.protocol.Errno;
import io.pramd.protocol.FrameRun;
import io.pramd.protocol.FramesAre;
import io.pramd.protocol.Message;
import io.pramd.protocol.MessageType;
import io.pramd.protocol.NextFrames;
import io.pramd.protocol.PrepareBackup;
import io.pramd.protocol.WireLimits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** One owner: one backup, from its opening to the file. A lost connection ends it. */
final class BackupDownload {
    /** Parts that are asked for and have not been written yet. */
    private static final int PARTS_AHEAD = 3;

    private final long beginNanos = System.nanoTime();
    private final Connections connections;
    private final Call call;
    private final List<String> damage = new ArrayList<>();
    private Exchange exchange;
    private BackupInbox inbox;
    private Connection connection;
    private long id;
    private BackupOpened opened;
    private long framesWritten;

    BackupDownload(Connections connections) {
        this.connections = connections;
        call = connections.call("backup", "", null);
    }

    BackupReport writeTo(Path target, BackupProgress progress) throws IOException {
        try (BackupFile file = BackupFile.create(target)) {
            new Repeater(connections, call).repeat(this::open);
            boolean isWhole = false;
            try {
                file.size(opened.fileBytes());
                copy(file, progress);
                isWhole = true;
            } finally {
                leave(isWhole);
            }
            file.complete();
            ended(PramListener.Result.DONE);
            return new BackupReport(
                    opened.fileBytes(),
                    framesWritten * WireLimits.PAGE_BYTES,
                    opened.rootSequence(),
                    opened.nodes(),
                    damage);
        } catch (PramException e) {
            ended(PramListener.Result.of(e));
            throw e;
        } catch (IOException e) {
            ended(PramListener.Result.GIVEN_UP);
            throw e;
        }
    }

    private void ended(PramListener.Result result) {
        long bytes = framesWritten * WireLimits.PAGE_BYTES;
        connections.listeners().ended(call, result, bytes, beginNanos);
    }

    private BackupOpened open() {
        exchange = new Exchange();
        inbox = new BackupInbox(connections.buffers(), exchange);
        exchange.receivePagesWith(inbox);
        connection = connections.loads().take(call);
        CompletableFuture<Message> answer = exchange.expect(MessageType.BACKUP);
        id = connection.openLater(new PrepareBackup(), exchange);
        connection.flush();
        try {
            opened = (BackupOpened) Answers.await(answer, exchange, call, Effect.NONE);
            return opened;
        } catch (PramException e) {
            leave(false);
            throw e;
        }
    }

    private void copy(BackupFile file, BackupProgress progress) throws IOException {
        for (int part = 0; part < PARTS_AHEAD; part++) {
            ask();
        }
        FramesAre frames = null;
        while (frames == null || !frames.last()) {
            if (frames != null) {
                ask();
            }
            frames = await(inbox::pollFrames);
            damage.addAll(frames.damage());
            if (frames.pages() > 0) {
                PageBatch batch = await(inbox::pollPages);
                try {
                    write(file, frames, batch);
                } finally {
                    inbox.giveBack(batch);
                }
            }
            progress.written(
                    framesWritten * WireLimits.PAGE_BYTES,
                    opened.framesMax() * WireLimits.PAGE_BYTES);
        }
        if (frames.framesSent() != framesWritten) {
            throw garbled("frames sent=" + frames.framesSent() + " came=" + framesWritten);
        }
    }

    private void ask() {
        inbox.expect();
        connection.send(id, new NextFrames());
    }

    private <T> T await(Answers.Waiting<T> waiting) {
        exchange.progressed();
        return Answers.awaitProgress(
                exchange,
                call,
                Effect.NONE,
                nanos -> {
                    T come = waiting.await(nanos);
                    if (come == null && exchange.failure() != null) {
                        throw Answers.translate(exchange.failure(), Effect.NONE, call);
                    }
                    return come;
                });
    }

    private void write(BackupFile file, FramesAre frames, PageBatch batch) throws IOException {
        if (frames.pages() != batch.pageCount()) {
            throw garbled("frames=" + frames.pages() + " pages=" + batch.pageCount());
        }
        long fileFrames = opened.fileBytes() / WireLimits.PAGE_BYTES;
        int at = 0;
        for (FrameRun run : frames.runs()) {
            if (run.frames() < 1 || run.pfn() > fileFrames - run.frames()) {
                throw garbled("pfn=" + run.pfn() + " frames=" + run.frames());
            }
            if (batch.badPage() >= at && batch.badPage() < at + run.frames()) {
                long pfn = run.pfn() + batch.badPage() - at;
                throw new RejectedException(
                        Errno.EIO, "frame " + pfn + " of " + call + " changes on its way", 0, pfn);
            }
            int bytes = (int) run.frames() * WireLimits.PAGE_BYTES;
            ByteBuffer pages = batch.data().nioBuffer(at * WireLimits.PAGE_BYTES, bytes);
            file.write(run.pfn() * WireLimits.PAGE_BYTES, pages);
            at += (int) run.frames();
        }
        framesWritten += at;
    }

    private PramException garbled(String what) {
        ConnectionLost why =
                new ConnectionLost("the daemon breaks the protocol: backup " + what, null);
        connection.lose(why);
        return Effect.NONE.lost(call, why);
    }

    /** The daemon keeps the root no longer. */
    private void leave(boolean hasEnded) {
        if (!hasEnded) {
            if (call.hasStalled(exchange)) {
                connection.suspect();
            }
            connection.send(id, new AbortLoad());
        }
        connection.forget(id);
        connections.loads().giveBack(connection);
        inbox.close();
        connection.onLoop(inbox::dropArriving);
    }
}
