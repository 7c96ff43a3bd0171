package io.pramd.daemon.bench;

import io.pramd.protocol.Aborted;
import io.pramd.protocol.Consumed;
import io.pramd.protocol.LoadOpened;
import io.pramd.protocol.Message;
import io.pramd.protocol.MessageType;
import io.pramd.protocol.PacketHeader;
import io.pramd.protocol.PagesPacket;
import io.pramd.protocol.SaveOpened;
import io.pramd.protocol.Saved;
import java.io.IOException;

/**
 * One owner. Several saves, peeks or loads at once over one raw connection: all their requests in
 * one write, then all answers, in whatever order they come.
 */
final class RawStreams {
    /** Of one READ of a long node, and how many of them are under way. */
    private static final int READ_PAGES = 256;

    private static final int READS_MAX = 4;

    private final RawConnection connection;
    private final long nodeBytes;
    private final int pages;
    private final long[] sequences;
    private final long[] asked;
    private final long[] come;
    private long firstId;
    private int unanswered;
    private int aborting;

    /** At most so many streams at once, of nodes of that length. */
    RawStreams(RawConnection connection, int depth, long nodeBytes) {
        this.connection = connection;
        this.nodeBytes = nodeBytes;
        pages = Math.toIntExact(nodeBytes / RawConnection.PAGE_BYTES);
        sequences = new long[depth];
        asked = new long[depth];
        come = new long[depth];
    }

    /** Immutable. Told when the stream of that number, from 0, is done. */
    interface Done {
        void stream(int number);
    }

    void save(String prefix, int from, int to, Done done) throws IOException {
        for (int i = from; i < to; i++) {
            began(connection.putSave(prefix + Work.name(i), nodeBytes), i - from);
        }
        connection.flush();
        readAnswers(done);
    }

    /**
     * The ABORTs that end peeks go out with what is sent next, since nothing depends on their
     * answers.
     */
    void peek(String prefix, int from, int to, Done done) throws IOException {
        open(prefix, from, to, true, done);
        for (int i = from; i < to; i++) {
            connection.putAbort(firstId + i - from);
            aborting++;
        }
    }

    void load(String prefix, int from, int to, Done done) throws IOException {
        open(prefix, from, to, false, number -> {});
        for (int i = from; i < to; i++) {
            connection.putFinish(firstId + i - from, sequences[i - from]);
            unanswered++;
        }
        connection.flush();
        readAnswers(done);
    }

    /** Behind the last peek: waits until all of them have ended. */
    void endPeeks() throws IOException {
        connection.flush();
        while (aborting > 0) {
            readAnswer(number -> {});
        }
    }

    private void open(String prefix, int from, int to, boolean peek, Done done) throws IOException {
        for (int i = from; i < to; i++) {
            int number = i - from;
            began(connection.putOpen(prefix + Work.name(i), peek), number);
            asked[number] = 0;
            come[number] = 0;
            for (int read = 0; read < READS_MAX && asked[number] < pages; read++) {
                askMore(number);
            }
        }
        connection.flush();
        readAnswers(done);
    }

    private void began(long id, int number) {
        firstId = id - number;
        unanswered++;
    }

    private void askMore(int number) {
        long count = Math.min(READ_PAGES, pages - asked[number]);
        connection.putRead(firstId + number, asked[number], count);
        asked[number] += count;
    }

    private void readAnswers(Done done) throws IOException {
        while (unanswered > 0) {
            readAnswer(done);
        }
    }

    private void readAnswer(Done done) throws IOException {
        PacketHeader header = connection.readHeader();
        int number = (int) (header.id() - firstId);
        if (header.type() == MessageType.PAGES) {
            readPages(header, number, done);
            return;
        }
        Message answer = connection.readMessage(header);
        switch (answer) {
            case SaveOpened opened -> {}
            case LoadOpened opened -> sequences[number] = opened.node().sequence();
            case Aborted aborted -> aborting--;
            case Saved saved -> end(number, done);
            case Consumed consumed -> end(number, done);
            default -> throw new IOException("wrong answer: " + answer);
        }
    }

    private void readPages(PacketHeader header, int number, Done done) throws IOException {
        come[number] += connection.readPages(header);
        if (come[number] == pages) {
            end(number, done);
        } else if (come[number] > pages) {
            throw new IOException("too many pages: " + come[number]);
        } else if ((header.flags() & PagesPacket.LAST) != 0 && asked[number] < pages) {
            askMore(number);
            connection.flush();
        }
    }

    private void end(int number, Done done) {
        unanswered--;
        done.stream(number);
    }
}
