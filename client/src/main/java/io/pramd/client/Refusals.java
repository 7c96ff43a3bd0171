package io.pramd.client;

import io.pramd.protocol.ErrorReply;
import io.pramd.protocol.Names;
import io.pramd.protocol.StreamType;
import io.pramd.protocol.Violation;
import io.pramd.protocol.WireLimits;
import java.util.Map;

/**
 * Immutable: turns refusals into exceptions, the daemon's and those of rules checked before
 * anything is sent.
 */
final class Refusals {
    private Refusals() {}

    static PramException of(ErrorReply error) {
        if (error.outcomeUnknown()) {
            return new OutcomeUnknownException(
                    error.errno(), error.errno() + ": " + error.text(), null);
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

    static long requirePfn(long pfn) {
        if (pfn <= 0) {
            throw RejectedException.invalid("a pfn is greater than 0: pfn=" + pfn);
        }
        return pfn;
    }

    static void requireLength(StreamType type, long length) {
        boolean isOne =
                length >= 0
                        && (type == StreamType.BYTE
                                || type == StreamType.PAGE && length % WireLimits.PAGE_BYTES == 0);
        if (!isOne) {
            throw RejectedException.invalid(
                    "no stream is like that: type=" + type + " length=" + length);
        }
    }

    static void requireRange(LoadOptions options, StreamType type, boolean peek) {
        if (!options.hasRange()) {
            return;
        }
        String range = ": offset=" + options.rangeOffset() + " length=" + options.rangeLength();
        if (!peek) {
            throw RejectedException.invalid("a range can only be peeked at" + range);
        }
        boolean wholePages =
                options.rangeOffset() % WireLimits.PAGE_BYTES == 0
                        && (options.rangeLength() == LoadOptions.TO_THE_END
                                || options.rangeLength() % WireLimits.PAGE_BYTES == 0);
        if (type == StreamType.PAGE && !wholePages) {
            throw RejectedException.invalid("a range of pages is one of whole pages" + range);
        }
    }

    private static void refuse(Violation violation) {
        throw new RejectedException(violation.errno(), violation.text());
    }
}
