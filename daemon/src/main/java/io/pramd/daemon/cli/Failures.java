package io.pramd.daemon.cli;

import io.pramd.daemon.memory.StoreException;
import java.util.concurrent.CompletionException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Immutable. Turns what went wrong into one line on stderr and an exit code that names it. */
final class Failures implements IExecutionExceptionHandler, IParameterExceptionHandler {
    static final int LOCAL_ERROR = 1;
    static final int USAGE = 2;

    @Override
    public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
        Throwable cause =
                e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
        if (cause instanceof StoreException known) {
            command.getErr().println("pramd: " + known.errno() + ": " + known.getMessage());
            return known.errno().exitCode();
        }
        command.getErr().println("pramd: " + cause);
        return LOCAL_ERROR;
    }

    @Override
    public int handleParseException(ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        command.getErr().println("pramd: " + e.getMessage());
        command.getErr().println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
        return USAGE;
    }
}
