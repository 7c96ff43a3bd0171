package io.pramd.client;

/**
 * Writes what is to be saved.
 *
 * @param <X> what it throws, beside unchecked exceptions: the save is then discarded, and the
 *     caller gets it as it is
 */
@FunctionalInterface
public interface StreamWriter<X extends Exception> {
    /**
     * @param out not to be finished or closed: that is the caller's
     */
    void writeTo(SaveStream out) throws X;
}
