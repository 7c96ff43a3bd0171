package io.pramd.client.cli;

import io.pramd.client.NotSentException;
import io.pramd.client.OutcomeUnknownException;
import io.pramd.client.RejectedException;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * Immutable: turns what went wrong into one line on stderr and the exit code; with {@code --json}
 * also into an object on stdout.
 */
final class Failures implements IExecutionExceptionHandler, IParameterExceptionHandler {
    static final int LOCAL_ERROR = 1;
    static final int USAGE = 2;
    static final int CANNOT_CONNECT = 3;
    static final int OUTCOME_UNKNOWN = 4;
    static final int NO_PROGRESS = 5;

    /** A salvage with pages missing. */
    static final int INCOMPLETE = 6;

    /** An export or import that left damaged nodes out. */
    static final int LEFT_OUT = 7;

    private static final String JSON_OPTION = "--json";

    private final CommandIo io;

    Failures(CommandIo io) {
        this.io = io;
    }

    @Override
    public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
        int code = exitCode(e);
        report(e, command.getCommandName());
        if (command.getParseResult() != null
                && command.getParseResult().hasMatchedOption(JSON_OPTION)) {
            Errno errno = e instanceof RejectedException rejected ? rejected.errno() : null;
            writeJson(text(e), errno, code);
        }
        return code;
    }

    @Override
    public int handleParseException(ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        String name = command.getParent() == null ? "pram" : "pram " + command.getCommandName();
        io.err().println("pram: " + oneLine(e.getMessage()) + " (try '" + name + " --help')");
        if (Arrays.asList(args).contains(JSON_OPTION)) {
            writeJson(e.getMessage(), null, USAGE);
        }
        return USAGE;
    }

    /**
     * What a command exits with that wrote its last: where stdout did not take all of it, it has
     * failed. But who read the first lines of a pipe and went has seen enough.
     *
     * @param code of the command itself
     */
    int ofStdout(int code) {
        IOException failure = io.out().failure();
        if (failure == null || io.out().endsWithItsReader()) {
            return code;
        }
        report(new LocalFailure("cannot write stdout", failure), "");
        return code == 0 ? LOCAL_ERROR : code;
    }

    /** Prints the line; also for one failure of several, where the command goes on. */
    void report(Exception e, String commandName) {
        String advice = Advice.of(e, commandName);
        io.err()
                .println(
                        "pram: "
                                + oneLine(text(e))
                                + (advice.isEmpty() ? "" : " (" + advice + ")"));
    }

    static int exitCode(Exception e) {
        if (e instanceof RejectedException rejected) {
            return rejected.errno().exitCode();
        }
        if (e instanceof OutcomeUnknownException) {
            return OUTCOME_UNKNOWN;
        }
        if (e instanceof NotSentException notSent) {
            return notSent.isNoProgress() ? NO_PROGRESS : CANNOT_CONNECT;
        }
        return LOCAL_ERROR;
    }

    private static String text(Exception e) {
        boolean isOurs =
                e instanceof RejectedException
                        || e instanceof OutcomeUnknownException
                        || e instanceof NotSentException
                        || e instanceof LocalFailure;
        return isOurs ? e.getMessage() : "internal error: " + e;
    }

    private static String oneLine(String text) {
        return Printable.of(text == null ? "" : text);
    }

    private void writeJson(String message, Errno errno, int code) {
        try (Json json = new Json(io)) {
            json.object();
            json.object("error");
            json.text("errno", errno == null ? null : errno.name());
            json.text("message", message);
            json.number("exitCode", code);
            json.end();
            json.end();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // stdout keeps its errors to itself
        }
    }
}
