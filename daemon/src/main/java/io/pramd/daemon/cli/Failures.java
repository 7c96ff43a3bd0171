package io.pramd.daemon.cli;

import io.pramd.daemon.memory.StoreException;
import java.util.concurrent.CompletionException;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * Immutable. Turns what went wrong into one line on stderr and an exit code that names it. Where
 * stderr has a log in JSON the line is one of it: what gathers that log reads nothing else.
 */
final class Failures implements IExecutionExceptionHandler, IParameterExceptionHandler {
    static final int LOCAL_ERROR = 1;
    static final int USAGE = 2;

    @Override
    public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
        Throwable cause =
                e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
        if (cause instanceof StoreException known) {
            say(command, known.errno() + ": " + known.getMessage());
            return known.errno().exitCode();
        }
        say(command, cause.toString());
        return LOCAL_ERROR;
    }

    @Override
    public int handleParseException(ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        String advice = "Try '" + command.getCommandSpec().qualifiedName() + " --help'.";
        if (LogFormat.inForce() == LogFormat.JSON) {
            say(command, e.getMessage() + ". " + advice);
        } else {
            say(command, e.getMessage());
            command.getErr().println(advice);
        }
        return USAGE;
    }

    static void say(CommandLine command, String text) {
        if (LogFormat.inForce() == LogFormat.JSON) {
            LoggerFactory.getLogger(Failures.class).error(text);
            Logging.end(); // the process ends, and would not wait for the line
        } else {
            command.getErr().println("pramd: " + text);
        }
    }
}
