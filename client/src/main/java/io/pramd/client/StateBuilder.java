package io.pramd.client;

/**
 * Builds a service's state from nothing.
 *
 * @param <T> the state
 * @param <X> what it throws, beside unchecked exceptions
 */
@FunctionalInterface
public interface StateBuilder<T, X extends Exception> {
    T build() throws X;
}
