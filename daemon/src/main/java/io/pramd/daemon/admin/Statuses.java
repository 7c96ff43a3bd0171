package io.pramd.daemon.admin;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.pramd.protocol.Errno;

/** Immutable: the status of HTTP that stands for an errno. */
final class Statuses {
    private Statuses() {}

    static HttpResponseStatus of(Errno errno) {
        return switch (errno) {
            case EINVAL, ENAMETOOLONG -> HttpResponseStatus.BAD_REQUEST;
            case EACCES, EPERM, EROFS -> HttpResponseStatus.FORBIDDEN;
            case ENOENT -> HttpResponseStatus.NOT_FOUND;
            case EBUSY, EEXIST, ESTALE -> HttpResponseStatus.CONFLICT;
            case EAGAIN -> HttpResponseStatus.SERVICE_UNAVAILABLE;
            default -> HttpResponseStatus.INTERNAL_SERVER_ERROR;
        };
    }
}
