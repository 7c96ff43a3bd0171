package io.pramd.daemon.admin;

import io.netty.handler.codec.http.QueryStringDecoder;
import io.pramd.daemon.memory.Printable;
import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.Errno;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Immutable: what a request is for, decoded.
 *
 * @param path without parameters
 */
record Target(String path, Map<String, List<String>> parameters) {
    /** What bytes become that are no UTF-8; and the bytes of that character itself. */
    private static final Pattern REPLACED = Pattern.compile("\ufffd");

    private static final Pattern REPLACED_ITSELF =
            Pattern.compile("%ef%bf%bd", Pattern.CASE_INSENSITIVE);

    /**
     * @throws StoreException EINVAL: an escape is broken, or bytes are no UTF-8, which would stand
     *     for another name
     */
    static Target of(String uri) {
        QueryStringDecoder decoder = new QueryStringDecoder(uri, StandardCharsets.UTF_8);
        try {
            Target target = new Target(decoder.path(), decoder.parameters());
            if (count(REPLACED, target.toString()) == count(REPLACED_ITSELF, uri)) {
                return target;
            }
        } catch (IllegalArgumentException e) {
            // said below
        }
        throw StoreException.of(
                Errno.EINVAL, "escapes that are broken, or no UTF-8: target=" + Printable.of(uri));
    }

    private static long count(Pattern part, String text) {
        return part.matcher(text).results().count();
    }
}
