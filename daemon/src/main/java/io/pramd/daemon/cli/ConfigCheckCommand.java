package io.pramd.daemon.cli;

import io.pramd.daemon.cli.Configuration.Entry;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.settings.Settings;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** One owner. {@code pramd config check}: whether {@code pramd serve} would take it. */
@Command(
        name = "check",
        description =
                "Says whether pramd serve would take the configuration: unknown keys and wrong"
                    + " values, each with its line, what does not fit together, and what is wrong"
                    + " with the files, folders and the group that it names. Of the memory file it"
                    + " looks only whether it is there; nothing is listened on. As the daemon's"
                    + " user it sees what the daemon would.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:it would",
            "2:wrong usage, or a configuration that is refused, for whatever reason"
        },
        footerHeading = "%nExamples:%n",
        footer = {"  pramd config check", "  pramd config check pramd.conf"})
final class ConfigCheckCommand implements Callable<Integer> {
    @Parameters(
            arity = "0..1",
            paramLabel = "FILE",
            description = "Instead of the one that pramd serve would read.")
    private Path file;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
        try {
            return check();
        } catch (StoreException e) {
            return refused(List.of(text(e))); // the file cannot be read
        }
    }

    private int check() {
        String[] arguments = file == null ? new String[0] : new String[] {"--config=" + file};
        ServeCommand serve = ServeCommand.configured(spec.commandLine(), arguments);
        Configuration configuration = serve.configuration();
        Settings settings = configuration.settings();
        settings.warnings().forEach(this::warn);
        if (!settings.problems().isEmpty()) {
            return refused(settings.problems());
        }
        List<StoreException> faults = faults(serve);
        if (!faults.isEmpty()) {
            return refused(faults.stream().map(ConfigCheckCommand::text).toList());
        }
        serve.warnings().forEach(this::warn);
        List<Entry> set = configuration.entries().values().stream().filter(Entry::isSet).toList();
        spec.commandLine()
                .getOut()
                .println(
                        "good: file="
                                + settings.file().map(Path::toString).orElse("none")
                                + " keys="
                                + set.size());
        return 0;
    }

    private static String text(StoreException fault) {
        return fault.errno() + ": " + fault.getMessage();
    }

    private void warn(String line) {
        spec.commandLine().getErr().println("pramd: warning: " + line);
    }

    private int refused(List<String> lines) {
        lines.forEach(line -> spec.commandLine().getErr().println("pramd: " + line));
        return Failures.USAGE;
    }

    private List<StoreException> faults(ServeCommand serve) {
        try {
            return serve.faults(serve.plan());
        } catch (ParameterException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }
}
