package io.pramd.daemon.bench;

import io.pramd.daemon.fixture.DaemonProcess;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** One owner. What stands beside pramd in a run, as far as this machine has it. */
final class Alternatives implements AutoCloseable {
    /** Where servers are that a user need not have on the path. */
    private static final String SYSTEM_PROGRAMS = ":/usr/sbin:/usr/local/sbin";

    /** A compiler alone does not compile. */
    private static final Path C_HEADER = Path.of("/usr/include/stdio.h");

    private final Map<Alternative, Path> programs = new EnumMap<>(Alternative.class);
    private final List<String> skipped = new ArrayList<>();
    private CReference.Program reference;
    private PlainPeer peer;

    private Alternatives() {}

    /** Starts and compiles what all cases share; says what is not there in {@link #skipped}. */
    static Alternatives open(Collection<Alternative> wanted, Path folder) throws IOException {
        return open(wanted, folder, path());
    }

    /** Of programs on that path. */
    static Alternatives open(Collection<Alternative> wanted, Path folder, String path)
            throws IOException {
        Alternatives found = new Alternatives();
        for (Alternative each : wanted) {
            Optional<Path> program = find(each, path);
            if (each.programs().isEmpty()) {
                found.programs.put(each, folder);
                found.peer = PlainPeer.start(folder);
            } else if (program.isPresent()) {
                found.programs.put(each, program.get());
            } else {
                found.skipped.add(each + ": no " + String.join(" or ", each.programs()) + " here");
            }
        }
        found.compileReference(folder);
        return found;
    }

    private void compileReference(Path folder) throws IOException {
        Path gcc = programs.getOrDefault(Alternative.C, programs.get(Alternative.C_UNCHECKED));
        if (gcc == null) {
            return;
        }
        Path distribution = DaemonProcess.distribution();
        Path target =
                Files.isWritable(distribution.getParent()) ? distribution.getParent() : folder;
        reference = CReference.compile(gcc, CReference.source(distribution), target);
    }

    private static String path() {
        return System.getenv().getOrDefault("PATH", "/usr/bin") + SYSTEM_PROGRAMS;
    }

    private static Optional<Path> find(Alternative alternative, String path) {
        return alternative.programs().stream()
                .flatMap(name -> Stream.of(path.split(":")).map(folder -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .filter(program -> !program.endsWith("gcc") || Files.exists(C_HEADER))
                .findFirst();
    }

    /** Has Debian's package manager install what is wanted and not there; needs to be root. */
    static void install(Collection<Alternative> wanted) throws IOException {
        List<String> command =
                new ArrayList<>(List.of("apt-get", "install", "--yes", "--no-install-recommends"));
        int words = command.size();
        wanted.stream()
                .filter(each -> !each.programs().isEmpty() && find(each, path()).isEmpty())
                .flatMap(each -> Stream.of(each.debianPackages().split(" ")))
                .distinct()
                .forEach(command::add);
        if (command.size() == words) {
            return;
        }
        Process process =
                new ProcessBuilder(command)
                        .redirectOutput(new File("/dev/stderr"))
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        int exitCode = process.onExit().join().exitValue();
        if (exitCode != 0) {
            throw new IOException(
                    "cannot install: command="
                            + String.join(" ", command)
                            + " exitCode="
                            + exitCode);
        }
    }

    /** One line for each that is wanted and not there. */
    List<String> skipped() {
        return List.copyOf(skipped);
    }

    boolean has(Alternative alternative) {
        return programs.containsKey(alternative);
    }

    /** Starts all that can do that work. */
    List<Contender> start(Path folder, SocketKind kind, Work work) throws IOException {
        List<Contender> started = new ArrayList<>();
        try {
            for (Alternative each : programs.keySet()) {
                if (each.can(kind, work)) {
                    started.add(each.start(new Alternative.Place(folder, this), kind, work));
                }
            }
            return started;
        } catch (IOException e) {
            closeAll(started);
            throw e;
        }
    }

    static void closeAll(List<Contender> contenders) throws IOException {
        for (Contender each : contenders) {
            each.close();
        }
    }

    Path program(Alternative of) {
        return programs.get(of);
    }

    PlainPeer peer() {
        return peer;
    }

    CReference.Program reference() {
        return reference;
    }

    @Override
    public void close() {
        if (peer != null) {
            peer.close();
        }
    }
}
