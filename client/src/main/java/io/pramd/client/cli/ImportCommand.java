package io.pramd.client.cli;

import io.pramd.client.PramClient;
import io.pramd.client.PramException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** One owner. {@code pram import}: what pram export wrote becomes nodes again. */
@Command(
        name = "import",
        description = {
            "Saves the nodes of an archive that pram export has written, in its order.",
            "What is there already, equal in every page, is left as it is: the same command goes on"
                    + " where it was cut off."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:all nodes of the archive are saved, or were there",
            "1:the archive cannot be read to its end; what came before is saved",
            "6:with --salvage: pages are missing, zeros are in their place",
            "7:damaged nodes were left out; the others are saved",
            "10:ENOENT: names that the rules do not give you; the others are saved",
            "11:EEXIST: names are taken by other nodes; the others are saved",
            "12:EBUSY: somebody loads what is to be replaced; the others are saved",
            "14:EACCES: names that you may not save; the others are saved",
            "17:ENOMEM: no frame left; what came before is saved",
            "20:EDQUOT: over a quota; what came before is saved"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  pram export store.tar; pram rm --all --yes; pram import store.tar",
            "  pram export - src | pram import - --replace"
        })
final class ImportCommand implements Callable<Integer> {
    private static final int BUFFER_BYTES = 1 << 18;

    @ParentCommand private Pram pram;

    @Parameters(index = "0", paramLabel = "FILE", description = "The archive; - is stdin.")
    private String file;

    @Option(names = "--replace", description = "In place of nodes of the same names.")
    private boolean replace;

    @Option(
            names = "--salvage",
            description = {
                "Also nodes that have not all of their pages, zeros in place of those. Exits with 6"
                        + " when pages are missing."
            })
    private boolean salvage;

    @Option(names = "--json", description = "What was done as a JSON object.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        Tally tally = new Tally(pram.io(), "imported");
        try (Source source = Source.open(pram.io(), file, "an archive is a file");
                PramClient client = pram.connect();
                ProgressMeter meter = new ProgressMeter(pram.io(), "import", source.bytes())) {
            run(client, source, meter, tally);
        } catch (PramException | LocalFailure e) {
            if (tally.nodes() > 0) {
                pram.io().err().println("pram: until then: " + tally.text());
            }
            throw e;
        }
        tally.print(json);
        return tally.exitCode();
    }

    private void run(PramClient client, Source source, ProgressMeter meter, Tally tally) {
        InputStream in = new BufferedInputStream(new Input(source, meter), BUFFER_BYTES);
        try (ArchiveReader archive = new ArchiveReader(in)) {
            new StoreImport(client, archive, tally, replace, salvage).run();
        } catch (BadArchive e) {
            throw new LocalFailure(source + " is " + e.getMessage(), null);
        }
    }

    /**
     * One owner: counts what is read. What cannot be read is no {@link IOException}, as which it
     * would say something of the archive.
     */
    private static final class Input extends InputStream {
        private final Source source;
        private final InputStream in;
        private final ProgressMeter meter;

        Input(Source source, ProgressMeter meter) {
            this.source = source;
            in = Channels.newInputStream(source.channel());
            this.meter = meter;
        }

        @Override
        public int read() {
            byte[] single = new byte[1];
            return read(single, 0, 1) < 0 ? -1 : single[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int count) {
            try {
                int read = in.read(target, offset, count);
                meter.moved(Math.max(0, read));
                return read;
            } catch (IOException e) {
                throw new LocalFailure("cannot read " + source, e);
            }
        }
    }
}
