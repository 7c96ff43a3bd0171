package io.pramd.daemon.admin;

import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.Errno;

/** Event loop only: the answer of one connection that is being sent, if one is. */
final class Sending {
    private final Unsent all;
    private final ClogWatch clog;

    /**
     * @param all of all connections
     */
    Sending(Unsent all, ClogWatch clog) {
        this.all = all;
        this.clog = clog;
    }

    /** An answer is to be sent; or another, short one, where too much waits to be taken. */
    Answer begin(Answer made) {
        Answer answer = made;
        if (!all.take(made.body().length)) {
            answer =
                    Answer.error(
                            StoreException.of(
                                    Errno.EAGAIN,
                                    "too many answers wait to be taken: bytes="
                                            + made.body().length));
            all.force(answer.body().length);
        }
        clog.answering(answer.body().length);
        return answer;
    }

    /** It was taken, or never will be. */
    void end(Answer answer) {
        all.gone(answer.body().length);
        clog.answering(0);
    }
}
