package io.pramd.client.cli;

import io.pramd.client.PageWriter;
import io.pramd.client.PramClient;
import io.pramd.client.SaveOptions;
import io.pramd.client.SaveStream;
import io.pramd.protocol.Durability;
import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** One owner. {@code pram save}: a file, or stdin, becomes a node. */
@Command(
        name = "save",
        description = "Saves a file, or stdin, under a name.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:it is saved",
            "4:the answer was lost, and whether it is saved: look with pram stat NAME",
            "11:EEXIST: the name is taken",
            "17:ENOMEM: no frame left",
            "20:EDQUOT: over a quota",
            "21:EROFS: the daemon is read-only"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  pram save greeting hello.txt",
            "  tar c src | pram save src.tar --meta commit=abc123 --ttl 7d",
            "  pram save greeting hello.txt --replace --durability power"
        })
final class SaveCommand implements Callable<Integer> {
    private static final String TTL = "--ttl";

    /** Either kind of save, as far as this command needs it. */
    private interface Target {
        int transferFrom(ReadableByteChannel source, long bytesMax) throws IOException;

        long finish();

        void discard();
    }

    @ParentCommand private Pram pram;

    @Spec private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "NAME", description = "1 to 255 bytes of UTF-8.")
    private String name;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "FILE",
            defaultValue = Source.STDIN,
            description = "What to save; - or nothing is stdin.")
    private String file;

    @Option(names = "--pages", description = "As a page stream: the input is pages of 4096 bytes.")
    private boolean pages;

    @Option(names = "--replace", description = "In place of a node of that name.")
    private boolean replace;

    @Option(
            names = "--meta",
            paramLabel = "KEY=VALUE",
            converter = MetaPair.Converter.class,
            description = "Metadata that is kept with the node; may be repeated.")
    private List<MetaPair> meta = new ArrayList<>();

    @Option(
            names = "--durability",
            paramLabel = "LEVEL",
            converter = DurabilityConverter.class,
            completionCandidates = DurabilityConverter.Words.class,
            description = {
                "What the save survives: process (the end of any process), interval (a power cut, a"
                        + " few seconds later), power (a power cut).",
                "Default: what the daemon was started with"
            })
    private Durability durability = Durability.DAEMON_DEFAULT;

    @Option(
            names = TTL,
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description =
                    "How long the node lives once it is saved, e.g. 12h or 7d. Default: for ever.")
    private Duration timeToLive;

    @Override
    public Integer call() {
        SaveOptions options = options();
        try (Source source = Source.open(pram.io(), file, "tar c FOLDER | pram save NAME")) {
            if (pages) {
                source.requireWholePages();
            }
            try (PramClient client = pram.connect()) {
                save(client, source, options);
            }
        }
        return 0;
    }

    private SaveOptions options() {
        try {
            return SaveOptions.defaults()
                    .withReplace(replace)
                    .withMeta(MetaPair.map(meta))
                    .withDurability(durability)
                    .withTimeToLive(timeToLive);
        } catch (IllegalArgumentException e) {
            String text = spec.findOption(TTL).originalStringValues().get(0);
            throw new ParameterException(
                    spec.commandLine(),
                    "Value for option '--ttl' is out of range: '"
                            + text
                            + "', expected 1ms to 36500d",
                    e);
        }
    }

    private void save(PramClient client, Source source, SaveOptions asked) {
        SaveOptions options =
                asked.withDeclaredBytes(
                        source.bytes() < 0 ? SaveOptions.BYTES_UNKNOWN : source.bytes());
        Target target = pages ? pageTarget(client, options) : byteTarget(client, options);
        boolean copied = false;
        try (ProgressMeter meter = new ProgressMeter(pram.io(), "save " + name, source.bytes())) {
            for (int bytes; (bytes = transfer(source, target)) >= 0; ) {
                meter.moved(bytes);
            }
            copied = true;
        } finally {
            if (!copied) {
                target.discard();
            }
        }
        target.finish();
    }

    private static int transfer(Source source, Target target) {
        try {
            return target.transferFrom(source.channel(), Long.MAX_VALUE);
        } catch (IOException e) {
            throw new LocalFailure("cannot read " + source, e);
        }
    }

    private Target byteTarget(PramClient client, SaveOptions options) {
        SaveStream stream = client.openSave(name, options);
        return new Target() {
            @Override
            public int transferFrom(ReadableByteChannel source, long bytesMax) throws IOException {
                return stream.transferFrom(source, bytesMax);
            }

            @Override
            public long finish() {
                return stream.finish();
            }

            @Override
            public void discard() {
                stream.discard();
            }
        };
    }

    private Target pageTarget(PramClient client, SaveOptions options) {
        PageWriter writer = client.openPages(name, options);
        return new Target() {
            @Override
            public int transferFrom(ReadableByteChannel source, long bytesMax) throws IOException {
                return writer.transferFrom(source, bytesMax);
            }

            @Override
            public long finish() {
                return writer.finish();
            }

            @Override
            public void discard() {
                writer.discard();
            }
        };
    }
}
