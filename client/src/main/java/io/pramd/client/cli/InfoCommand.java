package io.pramd.client.cli;

import io.pramd.client.CheckReport;
import io.pramd.client.PramClient;
import io.pramd.protocol.Errno;
import io.pramd.protocol.InfoValue;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/**
 * One owner. {@code pram info}: the daemon's figures and its last recovery; with --check what is
 * wrong with its memory file.
 */
@Command(
        name = "info",
        description = "Shows the daemon's figures and its last recovery.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "18:EIO: --check has found something wrong"},
        footerHeading = "%nExamples:%n",
        footer = {"  pram info", "  pram info --json", "  pram info --check"})
final class InfoCommand implements Callable<Integer> {
    @ParentCommand private Pram pram;

    @Option(
            names = "--check",
            description = "Also check the memory file; exits with 18 if something is wrong.")
    private boolean check;

    @Option(names = "--json", description = "As a JSON object.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        Map<String, InfoValue> values;
        CheckReport checked = null;
        try (PramClient client = pram.connect()) {
            values = client.info();
            if (check) {
                checked = client.check();
            }
        }
        if (json) {
            try (Json document = new Json(pram.io())) {
                InfoTree.of(values, checked).write(document);
            }
        } else {
            writeText(values, checked);
        }
        return checked == null || checked.clean() ? 0 : Errno.EIO.exitCode();
    }

    private void writeText(Map<String, InfoValue> values, CheckReport checked) {
        PrintWriter out = pram.io().text();
        values.forEach((key, value) -> writeLine(out, key, value));
        if (checked != null) {
            out.println("check: " + (checked.clean() ? "clean" : "damaged"));
            checked.problems().forEach(problem -> out.println("check: " + Printable.of(problem)));
        }
        out.flush();
    }

    private static void writeLine(PrintWriter out, String key, InfoValue value) {
        if (value instanceof InfoValue.Texts texts) {
            texts.values().forEach(text -> out.println(key + ": " + Printable.of(text)));
        } else {
            out.println(key + ": " + text(value));
        }
    }

    private static String text(InfoValue value) {
        if (value instanceof InfoValue.Count count) {
            return Long.toUnsignedString(count.value());
        }
        if (value instanceof InfoValue.Flag flag) {
            return flag.value() ? "yes" : "no";
        }
        return Printable.of(((InfoValue.Text) value).value());
    }
}
