package io.pramd.daemon.server;

import static io.pramd.daemon.server.AccessTable.NOTHING;
import static io.pramd.daemon.server.AccessTable.OK;

import io.pramd.client.LoadStream;
import io.pramd.client.PramClient;
import io.pramd.client.PramException;
import io.pramd.client.SalvageStream;
import io.pramd.client.SaveOptions;
import io.pramd.protocol.NodeRecord;
import io.pramd.protocol.NodeState;
import java.util.Arrays;
import java.util.List;

/** Immutable. The requests about names of {@link AccessTable}, as the client library makes them. */
enum AccessRequest {
    SAVE("save", Node.ABSENT) {
        @Override
        String perform(PramClient client, Target target) {
            client.save(target.name(), new byte[] {1});
            return OK;
        }
    },
    REPLACE("save, replacing", Node.READY) {
        @Override
        String perform(PramClient client, Target target) {
            SaveOptions replacing = SaveOptions.defaults().withReplace(true);
            client.save(target.name(), replacing, new byte[] {1});
            return OK;
        }
    },
    LOAD("load", Node.READY) {
        @Override
        String perform(PramClient client, Target target) {
            return ifWhole(client.load(target.name(), LoadStream::readAllBytes));
        }
    },
    PEEK("peek", Node.READY) {
        @Override
        String perform(PramClient client, Target target) {
            return ifWhole(client.peek(target.name(), LoadStream::readAllBytes));
        }
    },
    SALVAGE("salvage", Node.READY) {
        @Override
        String perform(PramClient client, Target target) {
            try (SalvageStream in = client.openSalvage(target.name())) {
                return ifWhole(in.readAllBytes());
            }
        }
    },
    STAT("stat", Node.READY) {
        @Override
        String perform(PramClient client, Target target) {
            return ifIt(List.of(client.stat(target.name())), target, NodeState.READY);
        }
    },
    LIST("list", Node.READY) {
        @Override
        String perform(PramClient client, Target target) {
            return ifIt(client.list(target.name()), target, NodeState.READY);
        }
    },
    REMOVE("remove", Node.READY) {
        @Override
        String perform(PramClient client, Target target) {
            return client.remove(target.name()) == target.sequence() ? OK : "another node";
        }
    },
    REMOVE_IF("remove, ifSequence", Node.READY) {
        @Override
        String perform(PramClient client, Target target) {
            client.removeIfSequence(target.name(), target.sequence());
            return OK;
        }
    },
    REMOVE_ALL("remove all", Node.READY) {
        @Override
        String perform(PramClient client, Target target) {
            return client.removeAll(target.name()) == 0 ? NOTHING : OK;
        }
    },
    STAT_QUARANTINED("stat, quarantined", Node.QUARANTINED) {
        @Override
        String perform(PramClient client, Target target) {
            NodeRecord node = client.statQuarantined(target.pfn());
            return ifIt(List.of(node), target, NodeState.QUARANTINED);
        }
    },
    SALVAGE_QUARANTINED("salvage, quarantined", Node.QUARANTINED) {
        @Override
        String perform(PramClient client, Target target) {
            try (SalvageStream in = client.openSalvageOfQuarantined(target.pfn())) {
                return ifIt(List.of(in.node()), target, NodeState.QUARANTINED);
            }
        }
    },
    REMOVE_QUARANTINED("remove, quarantined", Node.QUARANTINED) {
        @Override
        String perform(PramClient client, Target target) {
            client.removeQuarantined(target.pfn());
            return OK;
        }
    },
    LIST_QUARANTINED("list, quarantined", Node.QUARANTINED) {
        @Override
        String perform(PramClient client, Target target) {
            return ifIt(client.list(target.name()), target, NodeState.QUARANTINED);
        }
    };

    /** How a node is when the request comes. */
    enum Node {
        ABSENT,
        SAVING,
        READY,
        LOADING,
        QUARANTINED
    }

    /**
     * What is asked for.
     *
     * @param sequence of the node; any number where there is none
     * @param pfn the same
     */
    record Target(String name, long sequence, long pfn) {}

    static final byte[] CONTENT = {7, 8, 9};

    private final String words;
    private final Node before;

    AccessRequest(String words, Node before) {
        this.words = words;
        this.before = before;
    }

    static AccessRequest of(String words) {
        for (AccessRequest request : values()) {
            if (request.words.equals(words)) {
                return request;
            }
        }
        throw new AssertionError("no such request: " + words);
    }

    String words() {
        return words;
    }

    /** What must be there for it to be done. */
    Node before() {
        return before;
    }

    /** Whether the name is taken as a prefix. */
    boolean isByPrefix() {
        return this == LIST || this == REMOVE_ALL || this == LIST_QUARANTINED;
    }

    abstract String perform(PramClient client, Target target);

    /** What comes of it: a word of the table. */
    String outcome(PramClient client, Target target) {
        try {
            return perform(client, target);
        } catch (PramException e) {
            return e.errno().name();
        }
    }

    /** All that its client gets to know. */
    String everything(PramClient client, Target target) {
        try {
            return perform(client, target);
        } catch (PramException e) {
            return e.getClass().getSimpleName() + " " + e.getMessage();
        }
    }

    private static String ifWhole(byte[] content) {
        return Arrays.equals(content, CONTENT) ? OK : "other content";
    }

    private static String ifIt(List<NodeRecord> nodes, Target target, NodeState state) {
        if (nodes.isEmpty()) {
            return NOTHING;
        }
        boolean isIt =
                nodes.size() == 1
                        && nodes.getFirst().name().equals(target.name())
                        && nodes.getFirst().state() == state;
        return isIt ? OK : "other nodes";
    }
}
