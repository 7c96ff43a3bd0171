package io.pramd.daemon.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.client.LoadOptions;
import io.pramd.client.LoadStream;
import io.pramd.client.PageReader;
import io.pramd.client.PageWriter;
import io.pramd.client.PramClient;
import io.pramd.client.PramConfig;
import io.pramd.client.PramException;
import io.pramd.client.RejectedException;
import io.pramd.client.SaveOptions;
import io.pramd.client.SaveStream;
import io.pramd.protocol.Errno;
import io.pramd.protocol.NodeRecord;
import io.pramd.protocol.Outcome;
import io.pramd.protocol.SaveId;
import io.pramd.protocol.StreamType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * One owner: its thread while it works, the test in between. A client with names of its own that
 * does random things and keeps a journal: what each name may hold, given what it was told.
 */
final class BusyClient {
    private static final int NAMES = 6;
    private static final int PAGE = 4096;
    private static final int PAGES_MAX = 600;

    private final int number;
    private final Random random;
    private final Map<String, Entry> journal = new HashMap<>();
    private int acknowledged;
    private Throwable failure;

    /** What can be under a name: contents, or null for nothing. */
    private static final class Entry {
        private Contents before;
        private Contents after;
        private SaveId saveId;
    }

    /** What one save leaves, which can be made again: random bytes of a seed. */
    private record Contents(SaveId saveId, long seed, int length, StreamType type) {
        byte[] bytes() {
            byte[] bytes = new byte[length];
            new Random(seed).nextBytes(bytes);
            return bytes;
        }
    }

    BusyClient(int number, long seed) {
        this.number = number;
        this.random = new Random(seed);
    }

    int number() {
        return number;
    }

    int acknowledged() {
        return acknowledged;
    }

    /** Works until the daemon is gone. */
    void work(String uri) {
        // the port does not come back, so there is nothing to wait for
        PramConfig impatient =
                PramConfig.defaults()
                        .withNoProgress(Duration.ofMillis(500))
                        .withRetryFor(Duration.ZERO);
        try (PramClient client = PramClient.connect(uri, impatient)) {
            boolean isAlive = true;
            while (isAlive) {
                isAlive = step(client);
            }
        } catch (PramException e) {
            // the daemon was killed before the connection stood
        } catch (IOException | RuntimeException | AssertionError e) {
            failure = e;
        }
    }

    /** One change; false when its answer did not come. */
    private boolean step(PramClient client) throws IOException {
        String name = "client" + number + "/" + random.nextInt(NAMES);
        Entry entry = journal.computeIfAbsent(name, key -> new Entry());
        entry.before = entry.after;
        try {
            if (entry.before == null || random.nextInt(3) > 0) {
                save(client, name, entry);
            } else if (random.nextBoolean()) {
                entry.after = null;
                entry.saveId = null;
                client.remove(name);
            } else {
                entry.after = null;
                entry.saveId = null;
                consume(client, name, entry.before);
            }
        } catch (RejectedException e) {
            if (e.errno() == Errno.EAGAIN) {
                return false; // the daemon ends
            }
            throw new AssertionError("rejected: name=" + name + " " + e.getMessage(), e);
        } catch (PramException e) {
            return false;
        }
        entry.before = entry.after;
        acknowledged++;
        return true;
    }

    private void save(PramClient client, String name, Entry entry) throws IOException {
        StreamType type = random.nextInt(4) == 0 ? StreamType.PAGE : StreamType.BYTE;
        int pages = random.nextInt(10) == 0 ? random.nextInt(PAGES_MAX) : random.nextInt(5);
        int length = pages * PAGE + (type == StreamType.BYTE ? random.nextInt(PAGE) : 0);
        entry.saveId = SaveId.random();
        entry.after = new Contents(entry.saveId, random.nextLong(), length, type);
        SaveOptions options = SaveOptions.defaults().withReplace(true).withSaveId(entry.saveId);
        byte[] bytes = entry.after.bytes();
        if (type == StreamType.BYTE) {
            try (SaveStream out = client.openSave(name, options)) {
                out.write(bytes, 0, bytes.length);
                out.finish();
            }
        } else {
            try (PageWriter out = client.openPages(name, options)) {
                for (int page = 0; page < pages; page++) {
                    out.append(ByteBuffer.wrap(bytes, page * PAGE, PAGE).slice(), flags(page));
                }
                out.finish();
            }
        }
    }

    private static int flags(int page) {
        return page * 0x01010101;
    }

    private static void consume(PramClient client, String name, Contents expected)
            throws IOException {
        if (expected.type() == StreamType.BYTE) {
            try (LoadStream in = client.openLoad(name, LoadOptions.defaults())) {
                assertThat(Arrays.equals(in.readAllBytes(), expected.bytes()))
                        .as("bytes of %s", name)
                        .isTrue();
                in.finish();
            }
        } else {
            try (PageReader in = client.openPageLoad(name, LoadOptions.defaults())) {
                assertThat(readPages(in)).as("pages of %s", name).isEqualTo(expected.bytes());
                in.finish();
            }
        }
    }

    private static byte[] readPages(PageReader in) {
        ByteBuffer bytes = ByteBuffer.allocate((int) in.node().length());
        ByteBuffer page = ByteBuffer.allocate(PAGE);
        int index = 0;
        while (in.next(page.clear())) {
            assertThat(in.flags()).isEqualTo(flags(index));
            bytes.put(page.flip());
            index++;
        }
        return bytes.array();
    }

    void rethrow() {
        if (failure != null) {
            throw new AssertionError("client " + number + " met what must not be", failure);
        }
    }

    /**
     * After a start: every name holds what an acknowledged change left, or one side of the change
     * that was interrupted.
     */
    void settle(PramClient client) throws IOException {
        for (Map.Entry<String, Entry> each : journal.entrySet()) {
            Entry entry = each.getValue();
            Contents found = find(client, each.getKey(), entry);
            settleOutcome(client, each.getKey(), entry, found);
            if (found == null || !found.equals(entry.after)) {
                entry.saveId = null;
            }
            entry.before = found;
            entry.after = found;
        }
    }

    /** Which of both it is; two that are empty have the same bytes, so the save says it. */
    private static Contents find(PramClient client, String name, Entry entry) throws IOException {
        List<Contents> possible = Arrays.asList(entry.before, entry.after);
        Optional<NodeRecord> found = client.find(name);
        if (found.isEmpty()) {
            assertThat(possible).as("%s is gone", name).containsNull();
            return null;
        }
        NodeRecord node = found.get();
        for (Contents contents : possible) {
            if (contents != null && contents.saveId().equals(node.saveId())) {
                assertThat(node.type()).as("type of %s", name).isEqualTo(contents.type());
                assertThat(Arrays.equals(peek(client, node), contents.bytes()))
                        .as("bytes of %s, %s", node, contents)
                        .isTrue();
                return contents;
            }
        }
        throw new AssertionError("something else is there: " + node + " possible=" + possible);
    }

    private static byte[] peek(PramClient client, NodeRecord node) throws IOException {
        if (node.type() == StreamType.PAGE) {
            try (PageReader in = client.openPagePeek(node.name(), LoadOptions.defaults())) {
                byte[] bytes = readPages(in);
                in.abort();
                return bytes;
            }
        }
        try (LoadStream in = client.openPeek(node.name(), LoadOptions.defaults())) {
            byte[] bytes = in.readAllBytes();
            in.abort();
            return bytes;
        }
    }

    private static void settleOutcome(PramClient client, String name, Entry entry, Contents found) {
        if (entry.saveId == null) {
            return;
        }
        Outcome outcome = client.outcome(entry.saveId).outcome();
        boolean isThere = found != null && found.equals(entry.after);
        assertThat(outcome == Outcome.DONE)
                .as("outcome of %s is %s, found %s", name, outcome, found)
                .isEqualTo(isThere);
    }
}
