package io.pramd.daemon.storm;

import io.pramd.client.LoadOptions;
import io.pramd.client.LoadStream;
import io.pramd.client.PageReader;
import io.pramd.client.PeekStream;
import io.pramd.daemon.storm.StormCall.Said;
import io.pramd.protocol.Errno;
import io.pramd.protocol.StreamType;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/** One owner: loads and peeks of every form. */
final class StormLoads {
    private static final long RETRY_NANOS = 2_000_000;
    private static final long NOTICE_NANOS = 20_000_000_000L;

    private final StormKit kit;
    private byte[] bytes;

    StormLoads(StormKit kit) {
        this.kit = kit;
    }

    void load() {
        String name = kit.randomName();
        boolean asPages = isSurelyPages(name) && kit.random().nextBoolean();
        int form = asPages ? 0 : 1 + kit.random().nextInt(4);
        StormCall call = kit.call("load of " + name + " form=" + form);
        bytes = null;
        kit.listener().forget(name);
        Said said = call.carryOut(() -> load(name, options(call), form));
        kit.journal().heard(name, call, said);
        recordLinger(name);
        recordAbsence(name, call);
        if (bytes != null) {
            kit.journal().read(name, bytes);
        }
        switch (said) {
            case DONE -> kit.journal().becomes(name, Optional.empty());
            case NOT_DONE -> kit.journal().mayBeHeld(name);
            case UNKNOWN -> {
                kit.journal().mayBecome(name, Optional.empty());
                settle(name);
            }
        }
    }

    /**
     * Makes an unknown outcome final: a finish that is still on its way could be carried out later.
     */
    void settle(String name) {
        long limit = System.nanoTime() + NOTICE_NANOS;
        do {
            StormCall call = new StormCall("removal of " + name + ", perhaps consumed", null);
            Said said =
                    call.carryOut(
                            () -> {
                                long sequence = kit.client().stat(name).sequence();
                                kit.client().removeIfSequence(name, sequence);
                            });
            kit.journal().heard(name, call, said);
            if (said == Said.DONE || call.rejection() == Errno.ENOENT) {
                kit.journal().becomes(name, Optional.empty());
                return;
            }
            call.mayBeRejectedWith(Set.of(Errno.EBUSY));
            LockSupport.parkNanos(RETRY_NANOS); // the daemon has not noticed the cut
        } while (System.nanoTime() < limit);
        throw new AssertionError("cannot be settled: " + kit.journal().describe(name));
    }

    private void load(String name, LoadOptions options, int form) {
        switch (form) {
            case 0 -> {
                PageReader pages = kit.client().openPageLoad(name, options);
                try {
                    bytes = readPages(pages);
                    pages.finish();
                } finally {
                    pages.abort();
                }
            }
            case 1 -> bytes = kit.client().load(name, options, this::remember);
            case 2 -> kit.client().load(name, options, this::readDirect);
            default -> {
                LoadStream in = kit.client().openLoad(name, options);
                try {
                    bytes = in.readAllBytes();
                    in.finish();
                } finally {
                    in.abort();
                }
            }
        }
    }

    /** A load that is given up changes nothing. */
    void giveUp() {
        String name = kit.randomName();
        StormCall call = kit.call("load of " + name + " to be given up");
        kit.listener().forget(name);
        Said said =
                call.carryOut(
                        () -> {
                            LoadStream in = kit.client().openLoad(name, options(call));
                            try {
                                in.readNBytes(kit.random().nextInt(100_000));
                            } finally {
                                in.abort();
                            }
                        });
        kit.journal().heard(name, call, said);
        recordLinger(name);
        recordAbsence(name, call);
        kit.journal().mayBeHeld(name);
        if (said == Said.UNKNOWN) {
            throw new AssertionError(call + " was never finished: it cannot be unknown");
        }
    }

    void peek() {
        String name = kit.randomName();
        Optional<StormContents> sure = kit.journal().sure(name);
        StormCall call = kit.call("peek at " + name + " sure=" + sure);
        bytes = null;
        Said said =
                call.carryOut(
                        () -> {
                            if (sure.isPresent() && kit.random().nextBoolean()) {
                                peekAtParts(name, options(call), sure.get());
                            } else {
                                kit.client().peek(name, options(call), this::readEither);
                            }
                        });
        kit.journal().heard(name, call, said);
        recordAbsence(name, call);
        if (bytes != null) {
            kit.journal().read(name, bytes);
        }
        if (said == Said.UNKNOWN) {
            throw new AssertionError(call + " changes nothing: it cannot be unknown");
        }
    }

    private void peekAtParts(String name, LoadOptions options, StormContents contents) {
        int offset = kit.random().nextInt(contents.length() + 1);
        int length = kit.random().nextInt(contents.length() + 1);
        try (PeekStream peek = kit.client().openPeek(name, options.withRange(offset, length))) {
            for (int i = 0; i < 4 && peek.size() > 0; i++) {
                int at = kit.random().nextInt((int) peek.size());
                int count = kit.random().nextInt((int) peek.size() - at);
                peek.position(at);
                ByteBuffer part = buffer(count);
                while (part.hasRemaining()) {
                    peek.read(part);
                }
                byte[] read = new byte[count];
                part.flip().get(read);
                if (!contents.hasAt(offset + at, read)) {
                    throw new AssertionError(
                            "wrong bytes: name=" + name + " from=" + (offset + at) + contents);
                }
            }
        }
    }

    /** Waits for a name that does not come. */
    void waitInVain() {
        String name = kit.randomName();
        if (kit.journal().mayBePresent(name)) {
            return;
        }
        StormCall call = kit.call("load of " + name + ", waiting");
        LoadOptions waits = options(call).withWaitFor(Duration.ofMillis(100));
        kit.listener().forget(name);
        Said said = call.carryOut(() -> kit.client().load(name, waits, LoadStream::readAllBytes));
        kit.journal().heard(name, call, said);
        if (call.rejection() == null) {
            kit.journal().mayLinger(name);
        }
        recordLinger(name);
        call.mayBeRejectedWith(Set.of(Errno.ETIMEDOUT));
        if (said != Said.NOT_DONE) {
            throw new AssertionError(call + " found something: " + kit.journal().describe(name));
        }
    }

    /** To be called behind a load: an attempt that was lost may still be on its way, or wait. */
    void recordLinger(String name) {
        if (kit.listener().wasRetried(name)) {
            kit.journal().mayLinger(name);
        }
    }

    private void recordAbsence(String name, StormCall call) {
        Set<Errno> allowed = EnumSet.of(Errno.ENOENT);
        if (kit.journal().isPerhapsHeld(name) || call.isRefusedBehindLoss()) {
            allowed.add(Errno.EBUSY);
        }
        call.mayBeRejectedWith(allowed);
        if (call.rejection() == Errno.ENOENT) {
            kit.journal().isAbsent(name);
        }
    }

    private boolean isSurelyPages(String name) {
        return kit.journal().sure(name).map(c -> c.type() == StreamType.PAGE).orElse(false);
    }

    private static LoadOptions options(StormCall call) {
        return LoadOptions.defaults().withDeadline(call.deadline());
    }

    private byte[] remember(LoadStream in) {
        bytes = in.readAllBytes();
        return bytes;
    }

    private byte[] readEither(LoadStream in) {
        return kit.random().nextBoolean() ? remember(in) : readDirect(in);
    }

    private byte[] readDirect(LoadStream in) {
        ByteBuffer all = buffer((int) in.node().length());
        while (all.hasRemaining()) {
            in.read(all);
        }
        byte[] read = new byte[all.flip().remaining()];
        all.get(read);
        bytes = read;
        return read;
    }

    private ByteBuffer buffer(int length) {
        return kit.random().nextInt(3) == 0
                ? ByteBuffer.allocate(length)
                : ByteBuffer.allocateDirect(length);
    }

    private static byte[] readPages(PageReader pages) {
        ByteBuffer all = ByteBuffer.allocate((int) pages.node().length());
        ByteBuffer page = ByteBuffer.allocate(StormContents.PAGE);
        for (int i = 0; pages.next(page.clear()); i++) {
            if (pages.flags() != StormContents.flags(i)) {
                throw new AssertionError("wrong flags of page " + i + ": " + pages.flags());
            }
            all.put(page.flip());
        }
        return all.array();
    }
}
