package io.pramd.daemon.cli;

import io.pramd.daemon.life.Serving;
import io.pramd.daemon.server.ListenAddress;
import java.io.PrintWriter;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Immutable. The first lines of a daemon on stdout: it serves, and where. */
final class ReadyLine {
    private static final Logger LOG = LoggerFactory.getLogger(ReadyLine.class);

    private ReadyLine() {}

    /** Where stdout does not take them, the daemon serves as well. */
    static void print(PrintWriter out, Serving serving) {
        out.println(
                "READY "
                        + serving.addresses().stream()
                                .map(ListenAddress::toString)
                                .collect(Collectors.joining(" ")));
        serving.adminAddress().ifPresent(address -> out.println("ADMIN " + address));
        Stdout.failureOf(out).ifPresent(why -> LOG.warn("cannot write READY to stdout: {}", why));
    }
}
