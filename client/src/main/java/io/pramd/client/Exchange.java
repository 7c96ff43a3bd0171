package io.pramd.client;

import io.netty.buffer.ByteBuf;
import io.pramd.protocol.BadPages;
import io.pramd.protocol.DecodeException;
import io.pramd.protocol.Errno;
import io.pramd.protocol.ErrorReply;
import io.pramd.protocol.FramesAre;
import io.pramd.protocol.Message;
import io.pramd.protocol.MessageType;
import io.pramd.protocol.PacketHeader;
import io.pramd.protocol.PageSink;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Thread-safe: what one id of a connection waits for: a request's answer, or the answers of a
 * stream.
 */
final class Exchange {
    /** Event loop only: takes the page data of a load. */
    interface PagesReceiver {
        /** Null drops them. */
        PageSink onPages(PacketHeader header, int pageCount, ByteBuf table);

        /** Stands for pages. */
        void onBadPages(PacketHeader header, BadPages bad);

        /** Says where the pages behind it belong. */
        default void onFrames(PacketHeader header, FramesAre frames) {
            throw DecodeException.refused(header, Errno.EINVAL, "frames that were not asked for");
        }

        /** READs will not be answered any more. */
        void onFailure(Throwable failure);
    }

    private static final int ANSWER_BIT = 0x80;

    private final Map<MessageType, CompletableFuture<Message>> awaited = new ConcurrentHashMap<>();
    private volatile PagesReceiver pagesReceiver;
    private volatile Throwable failure;
    private volatile ConnectionLost lost;
    private volatile long progressNanos = System.nanoTime();

    /** To be called before the request is sent. */
    CompletableFuture<Message> expect(MessageType request) {
        CompletableFuture<Message> answer = new CompletableFuture<>();
        awaited.put(request, answer);
        if (lost != null) {
            answer.completeExceptionally(lost);
        }
        return answer;
    }

    void receivePagesWith(PagesReceiver receiver) {
        pagesReceiver = receiver;
        if (failure != null) {
            receiver.onFailure(failure);
        }
    }

    /** Why the stream cannot go on; null while it can. */
    Throwable failure() {
        return failure;
    }

    /** Bytes of the stream have moved: the wait for progress begins anew. */
    void progressed() {
        progressNanos = System.nanoTime();
    }

    long progressNanos() {
        return progressNanos;
    }

    void onMessage(Message message) {
        progressed();
        if (message instanceof ErrorReply error) {
            onError(error);
            return;
        }
        MessageType request = MessageType.of(message.type().number() & ~ANSWER_BIT);
        CompletableFuture<Message> answer = awaited.remove(request);
        if (answer != null) {
            answer.complete(message);
        }
    }

    PageSink onPages(PacketHeader header, int pageCount, ByteBuf table) {
        progressed();
        PagesReceiver receiver = pagesReceiver;
        return receiver == null ? null : receiver.onPages(header, pageCount, table);
    }

    void onBadPages(PacketHeader header, BadPages bad) {
        progressed();
        PagesReceiver receiver = pagesReceiver;
        if (receiver != null) {
            receiver.onBadPages(header, bad);
        }
    }

    void onFrames(PacketHeader header, FramesAre frames) {
        progressed();
        PagesReceiver receiver = pagesReceiver;
        if (receiver != null) {
            receiver.onFrames(header, frames);
        }
    }

    void onLost(ConnectionLost why) {
        lost = why;
        fail(why);
        awaited.values().forEach(answer -> answer.completeExceptionally(why));
    }

    private void onError(ErrorReply error) {
        MessageType request = MessageType.of(error.answersNumber());
        Throwable refusal = Refusals.of(error);
        CompletableFuture<Message> answer = awaited.remove(request);
        if (answer == null || request == MessageType.PREPARE_SAVE) {
            fail(refusal); // pages were refused, or READs: the stream is broken
        }
        if (answer != null) {
            answer.completeExceptionally(refusal);
        }
    }

    private void fail(Throwable why) {
        if (failure == null) {
            failure = why;
        }
        PagesReceiver receiver = pagesReceiver;
        if (receiver != null) {
            receiver.onFailure(why);
        }
    }
}
