package io.pramd.client.cli;

import io.pramd.client.NotSentException;
import io.pramd.client.OutcomeUnknownException;
import io.pramd.client.RejectedException;
import io.pramd.protocol.Errno;

/** Immutable: what to do about a failure, in a few words. */
final class Advice {
    private Advice() {}

    /** Empty where the failure's own text says enough. */
    static String of(Exception e, String commandName) {
        if (e instanceof RejectedException rejected) {
            return of(rejected.errno(), commandName);
        }
        if (e instanceof OutcomeUnknownException) {
            return "it may have happened: look with 'pram ls'";
        }
        if (e instanceof NotSentException notSent) {
            if (notSent.isUntrusted()) {
                return "nothing was sent: --tls-ca names whom to trust, --tls-cert and --tls-key"
                        + " what to show, --tls-min 1.2 allows that";
            }
            return notSent.isNoProgress()
                    ? "nothing was changed: look at the daemon's log and at the network"
                    : "nothing was changed: is 'pramd serve' running there? --server names another"
                            + " address, --connect-wait 10s waits for a start";
        }
        return "";
    }

    private static String of(Errno errno, String commandName) {
        return switch (errno) {
            case ENOENT -> "'pram ls' shows what there is";
            case EEXIST ->
                    commandName.equals("save")
                            ? "--replace saves over it once nobody saves or loads it"
                            : "";
            case EBUSY ->
                    commandName.equals("load")
                            ? "someone saves or loads it: --wait 30s waits for it, --peek reads"
                                    + " beside a load"
                            : "someone saves or loads it: try again later";
            case EPERM -> "'pram stat' shows its type and metadata";
            case ENOMEM ->
                    "the memory is full: remove nodes with 'pram rm', or serve a larger file";
            case EROFS -> "the daemon is read-only: its log says why";
            case EIO -> "'pram ls' shows quarantined nodes; 'pramd fsck' checks the memory file";
            case EAGAIN -> "try again later";
            case ETIMEDOUT -> "a longer --wait gives it more time";
            case ESTALE -> "it has changed meanwhile: look with 'pram stat'";
            case ENAMETOOLONG -> "a name has at most 255 bytes";
            case EACCES ->
                    "--token-file, PRAM_TOKEN or --tls-cert say who you are; what you may do is in"
                            + " the daemon's rules";
            case EDQUOT ->
                    "'pram ls -l' shows what is whose: remove nodes with 'pram rm', or have the"
                            + " quota raised";
            case EINVAL, EBADF -> "";
        };
    }
}
