package io.pramd.client;

import java.io.FileNotFoundException;
import java.net.UnknownHostException;

/** Immutable: why the operating system connects nobody, for people. */
final class ConnectFault {
    private ConnectFault() {}

    /** Without the name of the system call, its number, and the address, which is named already. */
    static String text(Throwable cause) {
        if (cause instanceof UnknownHostException) {
            return "unknown host";
        }
        if (cause instanceof FileNotFoundException) {
            return "no such socket file";
        }
        String message = cause.getMessage();
        return message == null
                ? cause.getClass().getSimpleName()
                : message.replaceFirst("^.*failed with error\\(-?\\d+\\): ", "")
                        .replaceFirst(": \\S*$", "");
    }
}
