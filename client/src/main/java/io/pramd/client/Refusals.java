package io.pramd.client;

import io.pramd.protocol.ErrorReply;
import io.pramd.protocol.Names;
import io.pramd.protocol.Violation;
import java.util.Map;

/**
 * Immutable: turns refusals into exceptions, the daemon's and those of rules checked before
 * anything is sent.
 */
final class Refusals {
    private Refusals() {}

    static PramException of(ErrorReply error) {
        if (error.outcomeUnknown()) {
            return new OutcomeUnknownException(error.errno() + ": " + error.text(), null);
        }
        return new RejectedException(
                error.errno(), error.text(), error.retryAfterMillis(), error.pageIndex());
    }

    static String requireName(String name) {
        Names.nameViolation(name).ifPresent(Refusals::refuse);
        return name;
    }

    static String requirePrefix(String prefix) {
        Names.prefixViolation(prefix).ifPresent(Refusals::refuse);
        return prefix;
    }

    static void requireMeta(Map<String, String> meta) {
        Names.metaViolation(meta).ifPresent(Refusals::refuse);
    }

    private static void refuse(Violation violation) {
        throw new RejectedException(violation.errno(), violation.text());
    }
}
