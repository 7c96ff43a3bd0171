package io.pramd.client;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Immutable: how to load or peek.
 *
 * @param expectMeta pairs that the node must have, else EPERM
 * @param waitFor how long to wait for the node to become READY, else ETIMEDOUT; zero does not wait
 */
public record LoadOptions(Map<String, String> expectMeta, Duration waitFor) {
    public LoadOptions {
        expectMeta = Collections.unmodifiableMap(new LinkedHashMap<>(expectMeta));
    }

    /** Expects nothing and does not wait. */
    public static LoadOptions defaults() {
        return new LoadOptions(Map.of(), Duration.ZERO);
    }

    public LoadOptions withExpectMeta(Map<String, String> expectMeta) {
        return new LoadOptions(expectMeta, waitFor);
    }

    public LoadOptions withWaitFor(Duration waitFor) {
        return new LoadOptions(expectMeta, waitFor);
    }
}
