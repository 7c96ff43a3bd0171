package io.pramd.client.cli;

import io.pramd.client.fixture.FakeDaemon;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One owner: runs pram in this process against a fake daemon and keeps what it printed. */
final class CommandRunner implements AutoCloseable {
    final FakeDaemon daemon = new FakeDaemon();
    private final Map<String, String> environment = new HashMap<>();
    private boolean terminal;
    private String full;
    private byte[] stdin = new byte[0];
    private byte[] stdout = new byte[0];
    private String stderr = "";

    /** From here on stdin and stdout are terminals. */
    void onTerminal() {
        terminal = true;
    }

    /** From here on stdout takes nothing. */
    void onFullDevice() {
        full = "No space left on device";
    }

    /** From here on nobody reads the pipe that stdout is. */
    void onPipeWithoutReader() {
        full = "Broken pipe";
    }

    /** Nothing of this process's own environment is seen. */
    void set(String variable, String value) {
        environment.put(variable, value);
    }

    void type(byte[] bytes) {
        stdin = bytes;
    }

    int run(String... args) {
        List<String> all = new ArrayList<>(List.of("--server", daemon.uri()));
        all.addAll(List.of(args));
        return runBare(all.toArray(String[]::new));
    }

    int runBare(String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        StringWriter err = new StringWriter();
        CommandIo io =
                new CommandIo(
                        Channels.newChannel(new ByteArrayInputStream(stdin)),
                        new Stdout(full != null ? new Full(full) : Channels.newChannel(out)),
                        new PrintWriter(err),
                        terminal,
                        terminal,
                        false);
        int code = Pram.execute(io, environment::get, args);
        stdout = out.toByteArray();
        stderr = err.toString();
        return code;
    }

    byte[] stdoutBytes() {
        return stdout;
    }

    String stdout() {
        return new String(stdout, StandardCharsets.UTF_8);
    }

    String stderr() {
        return stderr;
    }

    @Override
    public void close() {
        daemon.close();
    }

    /** Immutable: takes nothing. */
    private record Full(String why) implements WritableByteChannel {
        @Override
        public int write(ByteBuffer bytes) throws IOException {
            throw new IOException(why);
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {
            // stays as it is
        }
    }
}
