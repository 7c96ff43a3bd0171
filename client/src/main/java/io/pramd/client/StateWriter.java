package io.pramd.client;

/**
 * Writes a service's state for a {@link WarmState}.
 *
 * @param <T> the state
 */
@FunctionalInterface
public interface StateWriter<T> {
    /**
     * Called on a thread of the {@link WarmState}, while the service goes on: the state is what has
     * to be safe for that.
     *
     * @param out not to be finished or closed: that is the caller's
     * @throws Exception discards the save; the copy of before stays
     */
    void write(T state, SaveStream out) throws Exception;
}
