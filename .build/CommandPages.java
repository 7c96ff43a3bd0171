import io.pramd.client.cli.Pram;
import io.pramd.daemon.cli.Pramd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.codegen.docgen.manpage.ManPageGenerator;

/**
 * Writes what is made of the commands and their options: their completion in a shell, and the
 * sources of their manual pages, in AsciiDoc.
 *
 * <p>Run by the build: {@code java CommandPages.java completions|pages FOLDER}.
 */
public final class CommandPages {
    private CommandPages() {}

    public static void main(String[] args) throws IOException {
        Path folder = Files.createDirectories(Path.of(args[1]));
        for (CommandLine command : List.of(Pram.describe(), Pramd.describe())) {
            if (args[0].equals("completions")) {
                String name = command.getCommandName();
                offerOptionsOfServe(command);
                Files.writeString(folder.resolve(name), AutoComplete.bash(name, command));
            } else {
                writePages(folder, command.getCommandSpec());
            }
        }
    }

    /** They are arguments of {@code pramd config show}, which knows them by their being unknown. */
    private static void offerOptionsOfServe(CommandLine command) {
        CommandLine config = command.getSubcommands().get("config");
        if (config == null) {
            return;
        }
        CommandSpec show = config.getSubcommands().get("show").getCommandSpec();
        for (OptionSpec option : command.getSubcommands().get("serve").getCommandSpec().options()) {
            if (show.findOption(option.longestName()) == null) {
                show.addOption(OptionSpec.builder(option).build());
            }
        }
    }

    private static void writePages(Path folder, CommandSpec command) throws IOException {
        int code =
                ManPageGenerator.generateManPage(
                        folder.toFile(), null, new boolean[0], true, command);
        if (code != 0) {
            throw new IOException("no pages: command=" + command.name() + " code=" + code);
        }
        finish(folder, command);
    }

    /** Headings as manual pages have them, and the way to the command above. */
    private static void finish(Path folder, CommandSpec command) throws IOException {
        Path page = folder.resolve(command.qualifiedName("-") + ".adoc");
        String text =
                Files.readString(page)
                        .replace("==  Examples:", "== Examples")
                        .replace("==  Exit codes:", "== Exit Status")
                        .replace("[%hardbreaks]\nEnvironment:\n", "== Environment\n\n")
                        .replaceAll("xref:([\\w-]+)\\.adoc\\[\\*\\w+\\*\\]", "*$1*(1)");
        if (command.parent() != null) {
            text += "\n== See Also\n\n*" + command.parent().qualifiedName("-") + "*(1)\n";
        }
        Files.writeString(page, text);
        for (CommandLine subcommand : command.subcommands().values()) {
            finish(folder, subcommand.getCommandSpec());
        }
    }
}
