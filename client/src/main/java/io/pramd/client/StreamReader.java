package io.pramd.client;

/**
 * Reads what is loaded.
 *
 * @param <T> what it makes of it
 * @param <X> what it throws, beside unchecked exceptions: the node then stays, and the caller gets
 *     it as it is
 */
@FunctionalInterface
public interface StreamReader<T, X extends Exception> {
    /**
     * @param in not to be finished or closed: that is the caller's. Invalid when this returns.
     */
    T readFrom(LoadStream in) throws X;
}
