package io.pramd.client.cli;

import io.pramd.client.RejectedException;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * One owner: what an export or import has done so far. What is left out is said at once on stderr;
 * the first of it that is no matter of course decides the exit code.
 */
final class Tally {
    /** Immutable: a node that was left out, and why. */
    private record LeftOut(String name, String reason) {}

    private final CommandIo io;
    private final String done;
    private final List<LeftOut> leftOut = new ArrayList<>();
    private long nodes;
    private long bytes;
    private long there;
    private int exitCode;

    /**
     * @param done what happened to the nodes, in a word
     */
    Tally(CommandIo io, String done) {
        this.io = io;
        this.done = done;
    }

    long nodes() {
        return nodes;
    }

    long bytes() {
        return bytes;
    }

    int exitCode() {
        return exitCode;
    }

    /** One more node was moved. */
    void moved(long length) {
        nodes++;
        bytes += length;
    }

    /** One more node was there already, equal in all that counts. */
    void there() {
        there++;
    }

    /** A node is left out, as anybody would expect. */
    void note(String name, String why) {
        leftOut.add(new LeftOut(name, why));
        io.err().println("pram: left out: " + Printable.of(name) + ": " + Printable.of(why));
    }

    /** A node is left out since it is damaged. */
    void damaged(String name, String why) {
        note(name, why);
        failed(Failures.LEFT_OUT);
    }

    /** A node is left out since the daemon does not take it. */
    void refused(String name, RejectedException why, String commandName) {
        leftOut.add(new LeftOut(name, why.getMessage()));
        new Failures(io).report(why, commandName);
        failed(Failures.exitCode(why));
    }

    /** A node has not all of its pages. */
    void incomplete(String name, long missing, long pages) {
        io.err()
                .println(
                        "pram: salvaged: "
                                + Printable.of(name)
                                + ": missing: "
                                + missing
                                + " of "
                                + pages
                                + " pages, zeros are in their place");
        failed(Failures.INCOMPLETE);
    }

    private void failed(int code) {
        exitCode = exitCode == 0 ? code : exitCode;
    }

    /** The result, to stdout. */
    void print(boolean asJson) throws IOException {
        if (asJson) {
            printJson();
            return;
        }
        PrintWriter out = io.text();
        out.println(text());
        out.flush();
    }

    /** In a few words. */
    String text() {
        String text = done + " " + count(nodes) + ", " + ByteSize.text(bytes);
        if (there > 0) {
            text += "; there already " + count(there);
        }
        return leftOut.isEmpty() ? text : text + "; left out " + count(leftOut.size());
    }

    private static String count(long nodes) {
        return nodes + (nodes == 1 ? " node" : " nodes");
    }

    private void printJson() throws IOException {
        try (Json json = new Json(io)) {
            json.object();
            json.number("nodes", nodes);
            json.number("bytes", bytes);
            json.number("there", there);
            json.array("leftOut");
            for (LeftOut node : leftOut) {
                json.object();
                json.text("name", node.name());
                json.text("reason", node.reason());
                json.end();
            }
            json.end();
            json.end();
        }
    }
}
