package io.pramd.daemon.scale;

import io.pramd.daemon.fixture.StreamDriver;
import io.pramd.daemon.layout.NodeType;
import io.pramd.daemon.node.ListRequest;
import io.pramd.daemon.node.NodeList;
import io.pramd.daemon.node.SaveRequest;
import io.pramd.daemon.node.SaveStream;
import io.pramd.daemon.node.Store;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;

/** One owner. Saves, lists and removes many nodes, some of them at once. */
final class SmallNodes {
    private static final int AT_ONCE = 64;
    private static final int PART = 1000;

    private final Store store;
    private final int pages;

    SmallNodes(Store store, int pages) {
        this.store = store;
        this.pages = pages;
    }

    static String name(int number) {
        return "session/" + number + "/state";
    }

    /** A driver remembers its streams: so each part has its own. */
    void save(int first, int count) {
        for (int done = 0; done < count; done += PART) {
            savePart(first + done, Math.min(PART, count - done));
        }
    }

    private void savePart(int first, int count) {
        StreamDriver driver = new StreamDriver(store);
        byte[] contents = StreamDriver.bytes(first, pages * StreamDriver.PAGE);
        inTurn(
                count,
                i -> {
                    SaveStream stream = driver.open(request(first + i));
                    driver.append(stream, contents);
                    return stream.finish(contents.length);
                });
    }

    private static SaveRequest request(int number) {
        return StreamDriver.request(name(number), NodeType.BYTE);
    }

    void remove(int first, int count) {
        inTurn(count, i -> store.remove(name(first + i), 0));
    }

    void peek(int first, int count) {
        StreamDriver driver = new StreamDriver(store);
        for (int i = 0; i < count; i++) {
            driver.openLoad(name(first + i), true).abort();
        }
    }

    /** Lists all in parts; answers how many there are. */
    long list() {
        long listed = 0;
        long sequence = 0;
        NodeList part;
        do {
            part = store.list(new ListRequest("", sequence, 0, PART)).join();
            listed += part.nodes().size();
            sequence = part.nodes().isEmpty() ? sequence : part.nodes().getLast().sequence();
        } while (part.more());
        return listed;
    }

    private static void inTurn(int count, IntFunction<CompletableFuture<Long>> begin) {
        Deque<CompletableFuture<Long>> open = new ArrayDeque<>();
        for (int i = 0; i < count; i++) {
            if (open.size() == AT_ONCE) {
                StreamDriver.get(open.remove());
            }
            open.add(begin.apply(i));
        }
        open.forEach(StreamDriver::get);
    }
}
