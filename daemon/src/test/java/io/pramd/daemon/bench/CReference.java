package io.pramd.daemon.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One owner. {@code src/test/c/reference.c}: its server, and its client over one connection. */
final class CReference implements Contender {
    private final String name;
    private final boolean checks;
    private final Work work;
    private final Process server;
    private final Process client;
    private final Writer orders;
    private final BufferedReader answers;

    private CReference(String name, boolean checks, Work work, Process server, Process client) {
        this.name = name;
        this.checks = checks;
        this.work = work;
        this.server = server;
        this.client = client;
        orders = client.outputWriter();
        answers = client.inputReader();
    }

    /** With the pages summed at both ends, or not at all. */
    static CReference start(Program program, Path folder, SocketKind kind, Work work)
            throws IOException {
        Path socket = folder.resolve("s");
        long bytes = work.bytes();
        Process server =
                run(
                        program.path(),
                        "serve",
                        folder.resolve("memory").toString(),
                        String.valueOf(bytes),
                        socket.toString());
        String port = server.inputReader().readLine();
        if (port == null) {
            server.destroy();
            throw new IOException("the C reference did not start: exitCode=" + waitFor(server));
        }
        Process client =
                run(program.path(), "client", kind == SocketKind.TCP ? port : socket.toString());
        return new CReference(program.title(), program.checks(), work, server, client);
    }

    /** Immutable. The compiled source, and how it is to be used. */
    record Program(Path path, boolean checks) {
        String title() {
            return checks ? "C reference" : "C reference without checksums";
        }

        Program withoutChecks() {
            return new Program(path, false);
        }
    }

    /** Compiles it; stops the run with what the compiler says. */
    static Program compile(Path gcc, Path source, Path folder) throws IOException {
        Path program = folder.resolve("reference");
        Process compiler = run(gcc, "-O2", "-pthread", "-o", program.toString(), source.toString());
        if (waitFor(compiler) != 0) {
            throw new IOException("cannot compile the C reference: source=" + source);
        }
        return new Program(program, true);
    }

    private static Process run(Path program, String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(words));
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    private static int waitFor(Process process) {
        return process.onExit().join().exitValue();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long serverPid() {
        return server.pid();
    }

    @Override
    public long clientPid() {
        return client.pid();
    }

    @Override
    public Job job(Verb verb) {
        String order =
                String.format(
                        "%s %d %d %s%n",
                        verb == Verb.SAVE ? "save" : "load",
                        work.nodes(),
                        work.nodeBytes(),
                        checks ? "sums" : "nosums");
        return () -> {
            orders.write(order);
            orders.flush();
            String answer = answers.readLine();
            if (answer == null || !answer.startsWith("ok ")) {
                throw new IOException("the C reference failed: order=" + order.strip());
            }
            return Job.Outcome.plain();
        };
    }

    @Override
    public void close() throws IOException {
        client.destroy();
        server.destroy();
        waitFor(client);
        waitFor(server);
    }

    /** Where its source lies in the checkout that built this distribution. */
    static Path source(Path distribution) {
        Path source = distribution.resolve("../../src/test/c/reference.c").normalize();
        return Files.exists(source) ? source : null;
    }
}
