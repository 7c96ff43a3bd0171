package io.pramd.daemon.storm;

import io.pramd.daemon.storm.StormCall.Said;
import io.pramd.protocol.Errno;
import io.pramd.protocol.NodeRecord;
import io.pramd.protocol.NodeState;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** One owner: everything that is no stream. */
final class StormRequests {
    private final StormKit kit;

    StormRequests(StormKit kit) {
        this.kit = kit;
    }

    void remove() {
        String name = kit.randomName();
        StormCall call = new StormCall("remove of " + name, null);
        Said said = call.carryOut(() -> kit.client().remove(name));
        recordRemoval(name, call, said);
    }

    void removeIfSequence() {
        String name = kit.randomName();
        Optional<NodeRecord> found = find(name);
        if (found.isEmpty() || found.get().state() != NodeState.READY) {
            return;
        }
        boolean isRight = kit.random().nextInt(3) > 0;
        long sequence = found.get().sequence() + (isRight ? 0 : 1_000_000);
        StormCall call = new StormCall("remove of " + name + " sequence=" + sequence, null);
        Said said = call.carryOut(() -> kit.client().removeIfSequence(name, sequence));
        if (isRight) {
            recordRemoval(name, call, said);
        } else {
            // a lost answer makes "no such sequence" mean that it is gone
            call.mayBeRejectedWith(Set.of(Errno.ESTALE, Errno.ENOENT, Errno.EBUSY));
        }
    }

    private void recordRemoval(String name, StormCall call, Said said) {
        StormJournal journal = kit.journal();
        journal.heard(name, call, said);
        Set<Errno> allowed = EnumSet.of(Errno.ENOENT);
        if (journal.isPerhapsHeld(name)) {
            allowed.add(Errno.EBUSY);
        }
        call.mayBeRejectedWith(allowed);
        switch (said) {
            case DONE -> {
                if (!journal.mayBePresent(name)) {
                    throw new AssertionError(call + " removed nothing: " + journal.describe(name));
                }
                journal.becomes(name, Optional.empty());
            }
            case NOT_DONE -> {
                if (call.rejection() == Errno.ENOENT) {
                    journal.isAbsent(name);
                }
            }
            case UNKNOWN -> {
                journal.mayBecome(name, Optional.empty());
                kit.delivered().run();
            }
        }
    }

    /** Removes all names of this worker; those that are held are left out. */
    void removeAll() {
        StormCall call = new StormCall("remove of all " + kit.prefix(), null);
        long[] count = {0};
        Said said = call.carryOut(() -> count[0] = kit.client().removeAll(kit.prefix()));
        call.mayBeRejectedWith(Set.of());
        if (said == Said.UNKNOWN) {
            kit.delivered().run();
        }
        StormJournal journal = kit.journal();
        long most = journal.names().stream().filter(journal::mayBePresent).count();
        if (said == Said.DONE && count[0] > most) {
            throw new AssertionError(call + " removed " + count[0] + " of " + most);
        }
        for (String name : List.copyOf(journal.names())) {
            journal.heard(name, call, said);
            if (said == Said.DONE && !journal.isPerhapsHeld(name)) {
                journal.becomes(name, Optional.empty());
            } else if (said != Said.NOT_DONE) {
                journal.mayBecome(name, Optional.empty());
            }
        }
    }

    Optional<NodeRecord> find(String name) {
        StormCall call = new StormCall("stat of " + name, null);
        List<Optional<NodeRecord>> found = new ArrayList<>();
        Said said = call.carryOut(() -> found.add(kit.client().find(name)));
        call.mayBeRejectedWith(Set.of());
        if (said == Said.UNKNOWN) {
            throw new AssertionError(call + " changes nothing: it cannot be unknown");
        }
        if (said == Said.NOT_DONE) {
            return Optional.empty();
        }
        record(name, found.getFirst());
        return found.getFirst();
    }

    void list() {
        StormCall call = new StormCall("list of " + kit.prefix(), null);
        Map<String, NodeRecord> listed = new TreeMap<>();
        Said said =
                call.carryOut(
                        () ->
                                kit.client()
                                        .list(kit.prefix())
                                        .forEach(node -> listed.put(node.name(), node)));
        call.mayBeRejectedWith(Set.of());
        if (said == Said.DONE) {
            for (String name : List.copyOf(kit.journal().names())) {
                record(name, Optional.ofNullable(listed.get(name)));
            }
        }
    }

    private void record(String name, Optional<NodeRecord> found) {
        kit.journal().heard(name, "look", found);
        NodeState state = found.map(NodeRecord::state).orElse(null);
        if (state == null) {
            kit.journal().isAbsent(name);
        } else if (state == NodeState.READY || state == NodeState.LOADING) {
            kit.journal().isPresent(name, found.get().length());
        } else if (!kit.journal().isPerhapsHeld(name)) {
            throw new AssertionError("nobody saves it: " + found.get());
        }
    }
}
