package io.pramd.daemon.cli;

import io.pramd.daemon.cli.Configuration.Entry;
import io.pramd.daemon.life.ServePlan;
import io.pramd.daemon.settings.Settings;
import java.io.PrintWriter;
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
                        + " values, each with its line, what does not fit together, and what is"
                        + " wrong in the files of certificates, rules and tokens that it names. The"
                        + " memory file is not looked at.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:it would",
            "2:wrong usage, or a wrong configuration",
            "10-18:one of the files is refused, as it would be by pramd serve"
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
        String[] arguments = file == null ? new String[0] : new String[] {"--config=" + file};
        ServeCommand serve = ServeCommand.configured(spec.commandLine(), arguments);
        Configuration configuration = serve.configuration();
        Settings settings = configuration.settings();
        PrintWriter err = spec.commandLine().getErr();
        settings.warnings().forEach(line -> err.println("pramd: warning: " + line));
        if (!settings.problems().isEmpty()) {
            settings.problems().forEach(line -> err.println("pramd: " + line));
            return Failures.USAGE;
        }
        plan(serve).protection().verify();
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

    private ServePlan plan(ServeCommand serve) {
        try {
            return serve.plan();
        } catch (ParameterException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }
}
