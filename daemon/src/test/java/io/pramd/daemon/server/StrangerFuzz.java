package io.pramd.daemon.server;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.pramd.daemon.access.Access;
import io.pramd.daemon.access.TestTokens;
import io.pramd.daemon.fixture.Certificates;
import io.pramd.daemon.flip.FlipSweep;
import io.pramd.daemon.fuzz.InputBytes;
import io.pramd.daemon.memory.Sharing;
import io.pramd.daemon.server.ServerBytes.Answer;
import io.pramd.protocol.ErrorReply;
import io.pramd.protocol.Hello;
import io.pramd.protocol.Ping;
import io.pramd.protocol.Preface;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/**
 * One owner. Clients that a daemon which asks does not know, on a listener without TLS and on one
 * with it: packets, garbage, records, and the beginnings of handshakes, before the greeting, while
 * its token is looked at, and behind it. None is let in or gets more than a word, and nothing of
 * them stays.
 */
public final class StrangerFuzz {
    private static final int STEPS_MAX = 100;
    private static final int RECORD_HEAD_BYTES = 5;
    private static final StrangerFuzz FUZZ = new StrangerFuzz();

    private final Sessions sessions;
    private final byte[] wrongToken;
    private final byte[] clientHello;

    private StrangerFuzz() {
        try {
            Path folder = FlipSweep.newFolder("pramd-strangers");
            Path tokens = folder.resolve("tokens");
            wrongToken =
                    TestTokens.wrong(TestTokens.issue(tokens, "a"))
                            .getBytes(StandardCharsets.US_ASCII);
            Path rules = folder.resolve("access.toml");
            Files.writeString(rules, "[principal.a]\ntoken = true\n");
            Certificates certificates = Certificates.in(folder.resolve("authority"));
            Certificates.Issued shown = certificates.server();
            Protection protection =
                    new Protection(
                            false,
                            Optional.of(
                                    ServerTls.read(
                                            TlsConfig.of(shown.certificates(), shown.key()))),
                            Optional.of(Access.open(rules, Optional.of(tokens))),
                            AuditLog.OFF,
                            Sharing.NONE);
            sessions = ServedStore.guarded(folder, protection).sessions();
            clientHello = clientHello(Strangers.trusting(certificates.authority()));
            deleteAtTheEnd(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("no TLS here", e);
        }
    }

    private static void deleteAtTheEnd(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            all.map(Path::toFile).forEach(File::deleteOnExit);
        }
    }

    /** The first record of a real client. */
    private static byte[] clientHello(SSLContext context) throws SSLException {
        SSLEngine engine = context.createSSLEngine("localhost", 7727);
        engine.setUseClientMode(true);
        ByteBuffer record = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), record);
        return Arrays.copyOf(record.array(), record.position());
    }

    /** The entry that the fuzzer looks for. */
    public static void fuzzerTestOneInput(byte[] input) {
        FUZZ.run(new InputBytes(input));
    }

    private void run(InputBytes input) {
        boolean isTls = (input.u8() & 1) == 1;
        ListenAddress listener = ListenAddress.parse((isTls ? "prams" : "pram") + "://127.0.0.1:0");
        CountingMemory memory = new CountingMemory();
        try (EmbeddedClient client = new EmbeddedClient(sessions, memory, listener)) {
            for (int step = 0; step < STEPS_MAX && input.hasNext() && client.isOpen(); step++) {
                step(input.u8(), client, input);
            }
            check(client.rawOutput());
        }
        if (memory.used() != 0) {
            throw new AssertionError("buffers are left: bytes=" + memory.used());
        }
    }

    private void step(int what, EmbeddedClient client, InputBytes input) {
        if (what % 8 == 7) {
            client.passMillis(input.u16());
            return;
        }
        byte[] bytes = bytes(what % 8, input);
        int cut = (what & 0x80) == 0 ? 0 : input.u16() % (bytes.length + 1);
        client.send(bytes, 0, cut);
        if (client.isOpen()) { // else the first part was the end of it
            client.send(bytes, cut, bytes.length);
        }
    }

    private byte[] bytes(int kind, InputBytes input) {
        return switch (kind) {
            case 0 -> ClientBytes.preface().bytes();
            case 1 -> ClientBytes.of().message(0, hello(input)).bytes();
            case 2 -> ClientBytes.preface().message(0, hello(input)).bytes();
            case 3 -> ClientBytes.of().message(input.u8(), new Ping()).bytes();
            case 4 -> garbage(input);
            case 5 -> changed(clientHello, input);
            default -> record(input);
        };
    }

    private Hello hello(InputBytes input) {
        byte[] token = wrongToken.clone();
        int kind = input.u8() % 4;
        if (kind == 0) {
            return Hello.of("stranger");
        }
        if (kind == 1) {
            token = input.take(input.u8());
        }
        return Hello.of("stranger").withToken(token);
    }

    /** A packet of any type, that claims any length and has any payload; or just bytes. */
    private static byte[] garbage(InputBytes input) {
        byte[] payload = input.take(input.u8());
        int type = input.u8();
        int length = input.u8() < 128 ? payload.length : (int) input.u64();
        return type == 0
                ? payload
                : ClientBytes.of().header(length, type, 0, 0).raw(payload).bytes();
    }

    private static byte[] changed(byte[] whole, InputBytes input) {
        byte[] bytes = whole.clone();
        for (int i = input.u8() % 8; i > 0; i--) {
            bytes[input.u16() % bytes.length] = (byte) input.u8();
        }
        return bytes;
    }

    /** A record of TLS of any type, that claims any length. */
    private static byte[] record(InputBytes input) {
        byte[] body = input.take(input.u8());
        byte[] record = new byte[RECORD_HEAD_BYTES + body.length];
        record[0] = (byte) (0x14 + input.u8() % 5);
        record[1] = 3;
        record[2] = (byte) (input.u8() % 5);
        int length = input.u8() < 200 ? body.length : input.u16();
        record[3] = (byte) (length >> 8);
        record[4] = (byte) length;
        System.arraycopy(body, 0, record, RECORD_HEAD_BYTES, body.length);
        return record;
    }

    /** What begins as the protocol is one ERROR, which closes. */
    private static void check(byte[] output) {
        if (!ByteBufUtil.equals(
                Unpooled.wrappedBuffer(output, 0, Math.min(output.length, Preface.BYTES)),
                Preface.buffer())) {
            return; // nothing, or something in TLS or for HTTP
        }
        ServerBytes answers = new ServerBytes();
        answers.add(Unpooled.copiedBuffer(output));
        List<Answer> all = Stream.generate(answers::poll).takeWhile(Objects::nonNull).toList();
        boolean isOneError =
                all.size() == 1
                        && all.getFirst().message() instanceof ErrorReply error
                        && error.closing();
        answers.close();
        if (!isOneError) {
            throw new AssertionError("more was said to a stranger: " + all);
        }
    }
}
