package io.pramd.daemon.server;

import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.flip.FlipSweep;
import io.pramd.daemon.fuzz.InputBytes;
import io.pramd.daemon.node.ListRequest;
import io.pramd.daemon.node.Store;
import io.pramd.protocol.AbortLoad;
import io.pramd.protocol.AskCheck;
import io.pramd.protocol.AskInfo;
import io.pramd.protocol.AskOutcome;
import io.pramd.protocol.Discard;
import io.pramd.protocol.FinishLoad;
import io.pramd.protocol.FinishSave;
import io.pramd.protocol.ListNodes;
import io.pramd.protocol.Message;
import io.pramd.protocol.Ping;
import io.pramd.protocol.ReadPages;
import io.pramd.protocol.RemoveAll;
import io.pramd.protocol.RemoveNode;
import io.pramd.protocol.ReportBadPage;
import io.pramd.protocol.SaveId;
import io.pramd.protocol.StatNode;
import io.pramd.protocol.WireLimits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * One owner. Clients of a real store that send any sequence of packets, cut anywhere, some of them
 * garbage: every answer can be read, every page handed out matches its checksum, and when they are
 * gone everything is as it was before.
 */
public final class SessionFuzz {
    private static final int STEPS_MAX = 200;
    private static final int CLIENTS = 3;
    private static final String[] NAMES = {"a", "b", "index/é", ""};
    private static final SessionFuzz FUZZ = new SessionFuzz();

    private final ServedStore served = newStore();
    private final Store store = served.store();
    private final long freeBefore = served.framesFree();
    private final EmbeddedClient[] clients = new EmbeddedClient[CLIENTS];
    private final long[] ids = new long[CLIENTS];
    private ClientBytes unsent = ClientBytes.of();
    private Sessions sessions;

    private SessionFuzz() {}

    private static ServedStore newStore() {
        try {
            Path folder = FlipSweep.newFolder("pramd-fuzz");
            folder.toFile().deleteOnExit();
            folder.resolve("memory").toFile().deleteOnExit();
            folder.resolve("memory.pid").toFile().deleteOnExit();
            return ServedStore.alone(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The entry that the fuzzer looks for. */
    public static void fuzzerTestOneInput(byte[] input) {
        FUZZ.run(new InputBytes(input));
    }

    private void run(InputBytes input) {
        sessions = served.freshSessions();
        try {
            for (int step = 0; step < STEPS_MAX && input.hasNext(); step++) {
                step(input.u8(), input);
            }
        } finally {
            for (int i = 0; i < CLIENTS; i++) {
                hangUp(i);
            }
        }
        StoreFixture fixture = served.fixture();
        if (fixture.info("nodes.saving") + fixture.info("nodes.loading") != 0) {
            throw new AssertionError("streams are left: " + store.info());
        }
        store.removeAll("").join();
        if (served.framesFree() != freeBefore
                || fixture.info("nodes.ready") + fixture.info("nodes.quarantined") != 0) {
            throw new AssertionError("freeBefore=" + freeBefore + " " + store.info());
        }
    }

    private void hangUp(int client) {
        if (clients[client] != null) {
            try {
                clients[client].all();
            } finally {
                clients[client].close();
                clients[client] = null;
                ids[client] = 0;
            }
        }
    }

    /** The low bits say what, the two above them by which client, the top one whether at once. */
    private void step(int what, InputBytes input) {
        int client = (what >> 5 & 3) % CLIENTS;
        if (clients[client] == null) {
            if (sessions.isDraining()) {
                return; // nobody is let in any more
            }
            clients[client] = EmbeddedClient.greeted(sessions);
        }
        unsent = ClientBytes.of();
        int kind = what & 0x1F;
        if (kind == 0x1F) {
            hangUp(client);
            return;
        }
        if (kind == 0x1C) {
            sessions.drain(Duration.ZERO);
        } else if (kind == 0x1D) {
            sessions.drain(Duration.ZERO);
            sessions.cutAll();
        } else if (kind == 0x1E) {
            clients[client].passMillis(input.u16());
        } else {
            packet(kind, client, input);
            byte[] bytes = unsent.bytes();
            int cut = (what & 0x80) == 0 ? 0 : input.u16() % (bytes.length + 1);
            clients[client].send(bytes, 0, cut);
            if (clients[client].isOpen()) { // else the first part was the end of it
                clients[client].send(bytes, cut, bytes.length);
            }
        }
        clients[client].all();
        if (!clients[client].isOpen()) {
            hangUp(client);
        }
    }

    private void packet(int kind, int client, InputBytes input) {
        switch (kind) {
            case 0 -> fresh(client, ClientBytes.prepareSave(name(input)));
            case 1 -> fresh(client, ClientBytes.prepareSave(name(input), saveId(input)));
            case 2 -> fresh(client, ClientBytes.replace(name(input)));
            case 3 -> pages(id(client, input), input, false);
            case 4 -> pages(id(client, input), input, true);
            case 5 ->
                    stream(client, input, new FinishSave(input.u8() % 8L * WireLimits.PAGE_BYTES));
            case 6 -> stream(client, input, new FinishSave(Math.abs(input.u64() >> 1)));
            case 7 -> stream(client, input, new Discard());
            case 8 -> fresh(client, ClientBytes.load(name(input)));
            case 9 -> fresh(client, ClientBytes.peek(name(input)));
            case 10 -> fresh(client, ClientBytes.loadWaiting(name(input), input.u16()));
            case 11 -> stream(client, input, new ReadPages(input.u8() % 8, input.u8() % 8));
            case 12 -> stream(client, input, new FinishLoad(sequence(input)));
            case 13 -> stream(client, input, new AbortLoad());
            case 14 -> stream(client, input, new ReportBadPage(input.u8() % 8));
            case 15 -> fresh(client, new RemoveNode(0, 0, name(input)));
            case 16 -> fresh(client, new RemoveNode(sequence(input), 0, name(input)));
            case 17 -> fresh(client, new RemoveNode(0, input.u16(), ""));
            case 18 -> fresh(client, new RemoveAll(name(input)));
            case 19 -> fresh(client, new ListNodes(input.u8(), 0, 0, name(input)));
            case 20 -> fresh(client, new StatNode(0, name(input)));
            case 21 -> fresh(client, new AskOutcome(saveId(input)));
            case 22 -> fresh(client, new Ping());
            case 23 -> fresh(client, new AskInfo());
            case 24 -> fresh(client, new AskCheck());
            case 25 -> unsent.save(++ids[client], name(input), pagesOf(input));
            case 26 -> garbage(client, input);
            default -> unsent.raw(input.take(input.u8()));
        }
    }

    private void fresh(int client, Message message) {
        unsent.message(++ids[client], message);
    }

    private void stream(int client, InputBytes input, Message message) {
        unsent.message(id(client, input), message);
    }

    /** One of the last ids. */
    private long id(int client, InputBytes input) {
        return Math.max(1, ids[client] - input.u8() % 4);
    }

    /** A message of any type with any payload. */
    private void garbage(int client, InputBytes input) {
        int type = input.u8();
        long id = (type & 1) == 0 ? ++ids[client] : id(client, input);
        byte[] payload = input.take(input.u8());
        unsent.header(payload.length, type, 0, id).raw(payload);
    }

    private void pages(long id, InputBytes input, boolean isDamaged) {
        byte[][] pages = pagesOf(input);
        if (isDamaged) {
            unsent.damagedPages(id, pages);
        } else {
            unsent.pages(id, pages);
        }
    }

    private static byte[][] pagesOf(InputBytes input) {
        return ClientBytes.pagesFrom(input.u8() % 4, 1 + input.u8() % 4);
    }

    private static String name(InputBytes input) {
        return NAMES[input.u8() % NAMES.length];
    }

    private static SaveId saveId(InputBytes input) {
        int last = input.u8() % 4;
        return SaveId.parse("0000000000000000000000000000000" + last);
    }

    /** Of a node that is there, or none. */
    private long sequence(InputBytes input) {
        int index = input.u8();
        List<Long> known =
                store.list(new ListRequest("", 0, 0, 100)).join().nodes().stream()
                        .map(node -> node.sequence())
                        .toList();
        return known.isEmpty() || index == 255 ? index : known.get(index % known.size());
    }
}
