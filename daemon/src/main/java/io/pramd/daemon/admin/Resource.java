package io.pramd.daemon.admin;

import io.pramd.daemon.memory.StoreException;
import java.util.concurrent.CompletionStage;

/**
 * Thread-safe: answers requests for one path. Called on the admin worker, one request at a time, so
 * that it may read and compute; it must not wait for anything that may take long.
 */
@FunctionalInterface
interface Resource {
    /**
     * @return the answer, perhaps later; may fail with a {@link StoreException}
     * @throws StoreException whose errno becomes the status: EINVAL for a parameter
     */
    CompletionStage<Answer> answer(Request request);
}
