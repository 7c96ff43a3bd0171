package io.pramd.client.cli;

import io.pramd.client.PramClient;
import io.pramd.client.RejectedException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** One owner. {@code pram rm}: removes nodes by name, all of them, or a quarantined one. */
@Command(
        name = "rm",
        description = "Removes nodes. Nodes being saved or loaded are left alone.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:all are removed",
            "1:the answer to the question was no",
            "10:ENOENT: no such node",
            "12:EBUSY: somebody saves or loads it"
        },
        footerHeading = "%nExamples:%n",
        footer = {"  pram rm greeting", "  pram rm --all --yes"})
final class RmCommand implements Callable<Integer> {
    private static final int ANSWER_BYTES = 64;

    @ParentCommand private Pram pram;

    @Spec private CommandSpec spec;

    @Parameters(arity = "0..*", paramLabel = "NAME", description = "The nodes.")
    private List<String> names = new ArrayList<>();

    @Option(names = "--all", description = "Every node that is ready.")
    private boolean all;

    @Option(names = "--yes", description = "Do not ask before --all.")
    private boolean yes;

    @Option(
            names = "--quarantined",
            paramLabel = "PFN",
            description = "The quarantined node whose node page is there.")
    private Long pfn;

    @Override
    public Integer call() {
        int ways = (names.isEmpty() ? 0 : 1) + (all ? 1 : 0) + (pfn == null ? 0 : 1);
        if (ways != 1) {
            throw new ParameterException(
                    spec.commandLine(), "give either NAMEs, --all or --quarantined PFN");
        }
        if (all && !yes && !pram.io().inIsTerminal()) {
            throw new ParameterException(
                    spec.commandLine(), "--all needs --yes where nobody can be asked");
        }
        try (PramClient client = pram.connect()) {
            if (all) {
                return removeAll(client);
            }
            if (pfn != null) {
                client.removeQuarantined(pfn);
                return 0;
            }
            return removeEach(client);
        }
    }

    /** Goes on behind a name that cannot be removed; the first failure is the exit code. */
    private int removeEach(PramClient client) {
        int code = 0;
        for (String name : names) {
            try {
                client.remove(name);
            } catch (RejectedException e) {
                new Failures(pram.io()).report(e, spec.name());
                code = code == 0 ? Failures.exitCode(e) : code;
            }
        }
        return code;
    }

    private int removeAll(PramClient client) {
        if (!yes && !isConfirmed()) {
            pram.io().err().println("pram: nothing removed");
            return Failures.LOCAL_ERROR;
        }
        long count = client.removeAll("");
        PrintWriter out = pram.io().text();
        out.println("removed " + count);
        out.flush();
        return 0;
    }

    private boolean isConfirmed() {
        pram.io().err().print("Remove all nodes that are ready? [y/N] ");
        pram.io().err().flush();
        ByteBuffer answer = ByteBuffer.allocate(ANSWER_BYTES);
        try {
            pram.io().in().read(answer);
        } catch (IOException e) {
            throw new LocalFailure("cannot read the answer", e);
        }
        String text = StandardCharsets.UTF_8.decode(answer.flip()).toString();
        return text.strip().toLowerCase(Locale.ROOT).startsWith("y");
    }
}
