package io.pramd.daemon.admin;

import java.time.Duration;

/**
 * Immutable: how long a connection may need for what it has to do next. It is not enough to do a
 * little of it now and then: whoever sends or takes a byte at a time keeps others out.
 *
 * @param ask from its beginning, or its last answer, until a request is there as a whole
 * @param make until the answer is made
 * @param take until it has taken all of the answer
 */
record Patience(Duration ask, Duration make, Duration take) {
    static final Patience NORMAL =
            new Patience(Duration.ofSeconds(30), Duration.ofMinutes(2), Duration.ofMinutes(1));
}
