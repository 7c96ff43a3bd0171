package io.pramd.daemon.cli;

import io.pramd.daemon.memory.MemoryObserver;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.recovery.OpenStore;
import io.pramd.daemon.server.ListenAddress;
import io.pramd.daemon.server.Server;
import io.pramd.daemon.server.ServerConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * One owner. {@code pramd serve}: opens a memory file, creating it when asked to, and serves it
 * until a signal comes.
 */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        description =
                "Serves a memory file to clients until SIGTERM. Prints READY and its listeners when"
                        + " it does.",
        footer = {
            "",
            "Examples:",
            "  pramd serve --memory /var/lib/pramd/memory --size 8G",
            "  pramd serve --memory m --listen pram://127.0.0.1:7726 --listen"
                    + " pram+unix:///run/pramd.sock"
        })
final class ServeCommand implements Callable<Integer> {
    private static final String DEFAULT_LISTEN = "pram://127.0.0.1:" + ListenAddress.DEFAULT_PORT;
    private static final String PROCESS = "process";

    private final MemoryObserver observer;

    @Spec private CommandSpec spec;

    @Option(
            names = "--memory",
            required = true,
            paramLabel = "FILE",
            description = "The memory file.")
    private Path memory;

    @Option(
            names = "--size",
            paramLabel = "SIZE",
            converter = ByteSize.Converter.class,
            description =
                    "Creates the file with this size when it is missing or empty, for example 8G.")
    private ByteSize size;

    @Option(
            names = "--listen",
            paramLabel = "URI",
            description = {
                "pram://HOST:PORT or pram+unix:///PATH; may be given again.",
                "Default: " + DEFAULT_LISTEN
            })
    private List<String> listen = List.of(DEFAULT_LISTEN);

    @Option(
            names = "--insecure",
            description = "Allows listeners beyond loopback: there is no authentication yet.")
    private boolean insecure;

    @Option(
            names = "--drain",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "How long running streams may go on after SIGTERM. Default: 10s")
    private Duration drain = Duration.ofSeconds(10);

    @Option(
            names = "--durability",
            paramLabel = "LEVEL",
            description =
                    "process: acknowledged saves survive the death of any process; a power cut goes"
                        + " back to the last forced root. Other levels are still to come. Default:"
                        + " process")
    private String durability = PROCESS;

    ServeCommand() {
        this(MemoryObserver.NONE);
    }

    /**
     * @param observer told of every change of the memory: a test lets a force fail with it
     */
    ServeCommand(MemoryObserver observer) {
        this.observer = observer;
    }

    @Override
    public Integer call() throws Exception {
        if (!durability.equals(PROCESS)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "durability '" + durability + "' is not available: only 'process' is so far");
        }
        List<ListenAddress> addresses = parseListeners();
        MemoryOpener opener = new MemoryOpener(memory, size, observer);
        if (opener.needsSize() && size == null) {
            throw new ParameterException(
                    spec.commandLine(),
                    "memory file "
                            + memory
                            + " is missing or empty: --size says how large to create it");
        }
        OpenStore open = opener.open();
        Server server = start(open, opener, addresses);
        DaemonLife life = new DaemonLife(open, server, opener.threads(), drain);
        life.begin();
        spec.commandLine()
                .getOut()
                .println(
                        "READY "
                                + server.addresses().stream()
                                        .map(ListenAddress::toString)
                                        .collect(Collectors.joining(" ")));
        spec.commandLine().getOut().flush();
        return life.awaitEnd();
    }

    private List<ListenAddress> parseListeners() {
        try {
            List<ListenAddress> addresses = listen.stream().map(ListenAddress::parse).toList();
            for (ListenAddress address : addresses) {
                if (!address.isLocal() && !insecure) {
                    throw new IllegalArgumentException(
                            "listener "
                                    + address
                                    + " is beyond loopback, where anybody could read and remove:"
                                    + " --insecure allows it");
                }
            }
            return addresses;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private Server start(OpenStore open, MemoryOpener opener, List<ListenAddress> addresses)
            throws Exception {
        try {
            return Server.start(
                    ServerConfig.of(open.store(), addresses, new Version().getVersion()[0])
                            .withInsecure(insecure)
                            .withCheck(new SelfCheck(memory)));
        } catch (StoreException e) {
            opener.threads().close();
            open.close();
            throw e;
        }
    }
}
