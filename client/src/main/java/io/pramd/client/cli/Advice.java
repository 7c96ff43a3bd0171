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
            return ofRefusal(rejected.errno(), rejected.getMessage(), commandName);
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
                    : isForbidden(notSent)
                            ? "nothing was sent: the socket is for its owner, and for the group"
                                    + " that 'pramd serve --group' names"
                            : "nothing was changed: is 'pramd serve' running there? --server names"
                                    + " another address, --connect-wait 10s waits for a start";
        }
        return "";
    }

    private static boolean isForbidden(NotSentException e) {
        return e.getMessage().contains("Permission denied");
    }

    /** By what the daemon has said. */
    static String ofRefusal(Errno errno, String text, String commandName) {
        if (commandName.equals("grow") && (errno == Errno.ENOMEM || errno == Errno.EDQUOT)) {
            return "the memory file keeps its size: make room on its device, or grow it by less";
        }
        return switch (errno) {
            case ENOENT ->
                    text.contains("for principal")
                            ? "the daemon's rules give you no name that begins so: 'pram info'"
                                    + " shows those that they give (principal.grants)"
                            : "'pram ls' shows what there is";
            case EDQUOT -> ofQuota(text);
            case ETIMEDOUT ->
                    commandName.equals("save")
                            ? "save faster, or have the daemon's --saving-max raised"
                            : "a longer --wait gives it more time";
            case EINVAL ->
                    text.contains("authMethod=1")
                            ? "the daemon asks nobody who he is: leave out --token-file and"
                                    + " PRAM_TOKEN"
                            : "";
            default -> of(errno, commandName);
        };
    }

    private static String ofQuota(String text) {
        if (text.contains("whose=reserve")) {
            return "the rest is for administrators: they can remove nodes, or enlarge the memory"
                    + " with 'pram grow'";
        }
        if (text.contains("what=largest")) {
            return "a smaller node, or have the quota raised";
        }
        if (text.contains("what=streams")) {
            return "finish some first, or have the quota raised";
        }
        return "'pram ls -l' shows what is whose: remove nodes with 'pram rm', or have the quota"
                + " raised; a replacement counts beside what it replaces";
    }

    private static String of(Errno errno, String commandName) {
        return switch (errno) {
            case EEXIST ->
                    commandName.equals("save") || commandName.equals("import")
                            ? "--replace saves over it once nobody saves or loads it"
                            : "";
            case EBUSY ->
                    commandName.equals("load")
                            ? "someone saves or loads it: --wait 30s waits for it, --peek reads"
                                    + " beside a load"
                            : "someone saves or loads it: try again later";
            case EPERM -> "'pram stat' shows its type and metadata";
            case ENOMEM ->
                    "the memory is full: remove nodes with 'pram rm', or enlarge it with"
                            + " 'pram grow'";
            case EROFS -> "the daemon is read-only: its log says why";
            case EIO -> "'pram ls' shows quarantined nodes; 'pramd fsck' checks the memory file";
            case EAGAIN -> "try again later";
            case ESTALE -> "it has changed meanwhile: look with 'pram stat'";
            case ENAMETOOLONG -> "a name has at most 255 bytes";
            case EACCES ->
                    "--token-file, PRAM_TOKEN or --tls-cert say who you are; what you may do is in"
                            + " the daemon's rules";
            case ENOENT, EDQUOT, ETIMEDOUT, EINVAL, EBADF -> "";
        };
    }
}
