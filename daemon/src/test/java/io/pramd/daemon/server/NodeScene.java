package io.pramd.daemon.server;

import static io.pramd.daemon.server.AccessRequest.CONTENT;

import io.pramd.daemon.fixture.Damage;
import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StreamDriver;
import io.pramd.daemon.layout.NodeType;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.LoadStream;
import io.pramd.daemon.node.NodeInfo;
import io.pramd.daemon.node.SaveStream;
import io.pramd.daemon.server.AccessRequest.Node;
import io.pramd.daemon.server.AccessRequest.Target;
import java.util.HashSet;
import java.util.Set;

/** One owner. Puts one node at a time into a state, past all rules, and takes it away again. */
final class NodeScene {
    /** In the user metadata: the name stays readable, and the page does not verify. */
    private static final int DAMAGED_OFFSET = 900;

    private static final long NO_SEQUENCE = 1;
    private static final long NO_PFN = 17;

    private final StoreFixture fixture;
    private final StreamDriver streams;
    private final Set<Long> quarantined = new HashSet<>();
    private SaveStream saving;
    private LoadStream loading;

    NodeScene(StoreFixture fixture) {
        this.fixture = fixture;
        this.streams = fixture.streams();
    }

    Target put(String name, Node state) {
        if (state == Node.ABSENT) {
            return new Target(name, NO_SEQUENCE, NO_PFN);
        }
        if (state == Node.SAVING) {
            saving = streams.open(StreamDriver.request(name, NodeType.BYTE));
            return new Target(name, saving.sequence(), NO_PFN);
        }
        streams.save(name, CONTENT);
        NodeInfo info = StreamDriver.get(fixture.store().stat(name));
        if (state == Node.LOADING) {
            loading = streams.openLoad(name, false);
        } else if (state == Node.QUARANTINED) {
            quarantine(name, info.pfn());
        }
        return new Target(name, info.sequence(), info.pfn());
    }

    private void quarantine(String name, long pfn) {
        Damage.flip(fixture.file(), pfn, DAMAGED_OFFSET);
        quarantined.add(pfn);
        try {
            streams.peek(name);
        } catch (StoreException e) {
            return;
        }
        throw new AssertionError("the damage is not seen: pfn=" + pfn);
    }

    /** Whether the node is as it was put. */
    boolean isUntouched(Target target, Node state) {
        try {
            NodeInfo info =
                    StreamDriver.get(
                            state == Node.QUARANTINED
                                    ? fixture.store().statQuarantined(target.pfn())
                                    : fixture.store().stat(target.name()));
            return state != Node.ABSENT && info.pfn() == target.pfn();
        } catch (StoreException e) {
            return state == Node.ABSENT;
        }
    }

    void clear() {
        if (saving != null) {
            streams.close(saving);
            saving = null;
        }
        if (loading != null) {
            loading.abort();
            loading = null;
        }
        StreamDriver.get(fixture.store().removeAll(""));
        for (long pfn : quarantined) {
            if (fixture.store().quarantinedName(pfn).isPresent()) {
                StreamDriver.get(fixture.store().removeQuarantined(pfn));
            }
        }
        quarantined.clear();
    }
}
