package io.pramd.daemon.recovery;

import io.pramd.daemon.layout.BootId;
import io.pramd.daemon.layout.Durability;
import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.layout.RootSlotLayout;
import io.pramd.daemon.layout.SequenceRecordLayout;
import io.pramd.daemon.memory.FileLock;
import io.pramd.daemon.memory.ForceMarker;
import io.pramd.daemon.memory.Forcer;
import io.pramd.daemon.memory.MappedMemory;
import io.pramd.daemon.memory.MemoryFile;
import io.pramd.daemon.memory.MemoryObserver;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.memory.SuperBlockCopies;
import io.pramd.daemon.node.CrashPoint;
import io.pramd.daemon.node.OpenedRoot;
import io.pramd.daemon.node.Root;
import io.pramd.daemon.node.RootSlots;
import io.pramd.daemon.node.RunRecord;
import io.pramd.daemon.node.Sequences;
import io.pramd.daemon.node.StoreContext;
import io.pramd.daemon.quota.Quotas;
import io.pramd.daemon.recovery.FixedFrames.ValidSlot;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.Optional;

/** One owner. Opens a memory file in the numbered steps of docs/recovery.md. */
public final class Opening {
    /**
     * Sequences passed over when no record of the reservation is readable: no process can have
     * drawn so many beyond the newest root.
     */
    private static final long LOST_RECORD_DISTANCE = 1L << 40;

    private final Settings settings;
    private final RecoveryReport report = new RecoveryReport();
    private boolean hasRoom;

    /**
     * What an opening is given.
     *
     * @param file an existing memory file
     * @param bootId of the kernel now
     * @param durability of changes that ask for none; without a device all are of level process
     * @param clock by which nodes expire
     */
    public record Settings(
            Path file,
            BootId bootId,
            Durability durability,
            MemoryObserver observer,
            CrashPoint.Listener crashPoints,
            StoreContext.Threads threads,
            InstantSource clock) {

        /** By the system's clock. */
        public Settings(
                Path file,
                BootId bootId,
                Durability durability,
                MemoryObserver observer,
                CrashPoint.Listener crashPoints,
                StoreContext.Threads threads) {
            this(file, bootId, durability, observer, crashPoints, threads, InstantSource.system());
        }
    }

    private Opening(Settings settings) {
        this.settings = settings;
    }

    /**
     * Opens the file: on return loads, peeks, list and stat are served; {@link OpenStore#recover}
     * does the rest.
     *
     * @throws StoreException EBUSY when another daemon has the file, EINVAL when it is no memory
     *     file of this version, EIO when no root has a readable tree; the file is untouched then
     */
    public static OpenStore open(Settings settings) {
        FileLock lock = FileLock.acquire(settings.file());
        return open(settings, lock);
    }

    /**
     * As {@link #open(Settings)}, of a file whose lock is held already; the store owns the lock
     * from here on.
     */
    public static OpenStore open(Settings settings, FileLock lock) {
        try {
            return new Opening(settings).run(lock);
        } catch (RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private OpenStore run(FileLock lock) {
        // step 1: identity, root and index; nothing is stored
        Identity identity = readIdentity();
        identity.damage().forEach(report::warn);
        long size = sizeOf(settings.file());
        long bytes = FileLayout.fileOffset(identity.frameCount());
        if (size > bytes) {
            report.warn(
                    "file is longer than its super block says, the rest is left alone until the"
                            + " file is grown: size="
                            + size
                            + " expected="
                            + bytes);
        }
        ForceMarker marker = new ForceMarker(settings.file());
        if (marker.exists()) {
            // what looks clean may not be on the device: only what is there counts
            MemoryFile.dropCached(lock)
                    .ifPresent(why -> report.warn("the device failed again: " + why));
        }
        RootChoice choice = chooseRoot(identity, marker);
        writePid(lock);
        if (size < bytes) {
            report.warn(
                    "file was cut short, what is missing reads as zeros: size="
                            + size
                            + " expected="
                            + bytes);
        }
        hasRoom = preallocate(lock, bytes);
        MappedMemory memory = MappedMemory.open(lock, identity.frameCount(), settings.observer());
        try {
            return takeOver(memory, identity, choice, marker);
        } catch (RuntimeException e) {
            memory.unmap();
            if (memory.forcer().hasFailed()) {
                // what was stored before looks clean now and may not be on the device
                marker.create(e.getMessage());
            }
            throw e;
        }
    }

    /**
     * False when there is no room for all of the file: what was saved is served all the same, and
     * frames without backing are found behind the walk.
     */
    private boolean preallocate(FileLock lock, long bytes) {
        try {
            MemoryFile.preallocate(lock, 0, bytes);
            return true;
        } catch (StoreException e) {
            if (e.errno() != Errno.ENOMEM && e.errno() != Errno.EDQUOT) {
                throw e;
            }
            report.warn("no room for the whole file: " + e.getMessage());
            return false;
        }
    }

    private Identity readIdentity() {
        try (FileChannel file = FileChannel.open(settings.file(), StandardOpenOption.READ)) {
            return Identity.read(FileFrames.of(file));
        } catch (IOException e) {
            throw StoreException.of(
                    Errno.EIO, "cannot read the memory file: file=" + settings.file() + " " + e);
        }
    }

    private static long sizeOf(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw StoreException.of(
                    Errno.EIO, "cannot read the memory file: file=" + file + " " + e);
        }
    }

    private RootChoice chooseRoot(Identity identity, ForceMarker marker) {
        try (FileChannel file = FileChannel.open(settings.file(), StandardOpenOption.READ)) {
            FixedFrames fixed = new FixedFrames(FileFrames.of(file), identity.uuid());
            TreeReader trees =
                    new TreeReader(FileFrames.of(file), identity.uuid(), identity.frameCount());
            RootChoice.Circumstances now =
                    new RootChoice.Circumstances(settings.bootId(), marker.exists());
            RootChoice choice = RootChoice.choose(fixed, trees, now);
            requireSequencesLeft(fixed, choice);
            fixed.damage().forEach(report::warn);
            choice.findings().forEach(choice.wentBack() ? report::warn : report::add);
            trees.findings().forEach(report::warn);
            report.add(
                    (choice.isForced() ? "last forced root " : "newest committed root ")
                            + choice.root().sequence()
                            + " taken: nodes="
                            + choice.root().nodeCount());
            if (choice.wentBack()) {
                report.warn(
                        "a newer root may have been stored, and does not count: newest="
                                + choice.largestSequence()
                                + " taken="
                                + choice.root().sequence());
            }
            return choice;
        } catch (IOException e) {
            throw StoreException.of(
                    Errno.EIO, "cannot read the memory file: file=" + settings.file() + " " + e);
        }
    }

    private static void requireSequencesLeft(FixedFrames fixed, RootChoice choice) {
        long limit = fixed.sequenceLimit().map(FixedFrames.ValidLimit::limit).orElse(0L);
        long begin = Math.max(limit, choice.largestSequence() + 1) + LOST_RECORD_DISTANCE;
        if (begin > SequenceRecordLayout.SEQUENCE_MAX - Sequences.BLOCK) {
            throw StoreException.of(
                    Errno.EIO,
                    "the file's sequences are used up: limit="
                            + limit
                            + " largest="
                            + choice.largestSequence());
        }
    }

    private static void writePid(FileLock lock) {
        try {
            lock.writePid();
        } catch (IOException e) {
            throw StoreException.of(
                    Errno.EIO, "cannot write the pid file: file=" + lock.path() + ".pid " + e);
        }
    }

    private OpenStore takeOver(
            MappedMemory memory, Identity identity, RootChoice choice, ForceMarker marker) {
        RootSlots.Writer writer = new RootSlots.Writer(memory, identity.uuid(), settings.bootId());
        StoreContext context =
                new StoreContext(
                        memory,
                        identity.uuid(),
                        identity.inlineEntries(),
                        settings.bootId(),
                        settings.durability(),
                        settings.crashPoints(),
                        settings.threads(),
                        settings.clock(),
                        new Quotas());
        FixedFrames fixed = new FixedFrames(memory::read, identity.uuid());
        long interrupted = fixed.interruptedForce();
        FirstForce.Found found =
                new FirstForce.Found(marker.exists(), interrupted != 0, fixed.hasLostForcedSlot());
        RunRecord run = new RunRecord(writer, memory.isOnDevice() ? interrupted : 0);
        // step 2: before anything else is stored
        run.during(choice.root().sequence(), () -> repairSlots(choice, writer));
        repairSuperBlock(memory, run, choice.root().sequence());
        reached(CrashPoint.OPEN_SLOTS_REPAIRED);
        Sequences sequences = reserveSequences(memory, identity, choice, run, writer);
        reached(CrashPoint.SEQUENCES_RESERVED);
        OpenedRoot opened = publishRoot(choice, sequences, run, writer);
        reached(CrashPoint.OPEN_CURRENT_SLOT_STORED);
        run.store();
        if (!memory.isOnDevice()) {
            opened.forcedSlots().storeNext(opened.root(), settings.durability());
        } else if (opened.isForced()) {
            run.rootForced(); // what it reaches is on the device since it was forced
        }
        // step 3, unless loads may be served before
        FirstForce force = new FirstForce(context, opened, choice, found, report);
        FirstForce.When when = force.when();
        if (when == FirstForce.When.BEFORE_SERVING) {
            force.run();
            opened = opened.forced();
        }
        if (found.isMarked()) {
            marker.remove();
            report.warn("a new root was forced after the failed force; the marker is removed");
        }
        Optional<FirstForce> later =
                when == FirstForce.When.BEFORE_CHANGES ? Optional.of(force) : Optional.empty();
        return new OpenStore(context, opened, choice, later, report).withRoom(hasRoom);
    }

    private OpenedRoot publishRoot(
            RootChoice choice, Sequences sequences, RunRecord run, RootSlots.Writer writer) {
        Root root = choice.root().withSequence(sequences.draw());
        RootSlots current = RootSlots.current(writer, RootChoice.newestIndex(choice.current()));
        RootSlots forced = RootSlots.forced(writer, RootChoice.newestIndex(choice.forced()));
        boolean isForced = choice.isForcedTree();
        Durability promised = isForced ? Durability.PROCESS : choice.promised();
        current.storeNext(root, promised.or(settings.durability()));
        return new OpenedRoot(
                root,
                choice.tree(),
                sequences,
                current,
                forced,
                run,
                choice.forced().stream().map(slot -> slot.slot().sequence()).toList(),
                isForced,
                promised,
                choice.root().sequence() == FirstContents.ROOT_SEQUENCE);
    }

    /**
     * Stores each slot's newest valid copy into both its copies. A forced slot that was stored but
     * not forced before a kill must not be the only one that a later power cut leaves, so those are
     * forced; a current slot of which a kill tore the second copy must not lose its first to the
     * next kill, which would look as if the newest root were lost.
     */
    private void repairSlots(RootChoice choice, RootSlots.Writer writer) {
        for (ValidSlot slot : choice.forced()) {
            long pfn = FileLayout.FORCED_SLOT_PFNS.get(slot.index());
            repair(pfn, RootSlotLayout.KIND_FORCED, slot, writer);
            writer.forceBoth(pfn);
        }
        for (ValidSlot slot : choice.current()) {
            long pfn = FileLayout.CURRENT_SLOT_PFNS.get(slot.index());
            repair(pfn, RootSlotLayout.KIND_CURRENT, slot, writer);
        }
    }

    private static void repair(long pfn, int kind, ValidSlot slot, RootSlots.Writer writer) {
        ByteBuffer page = MetadataPage.allocate();
        RootSlotLayout.write(page, kind, slot.slot());
        writer.storeBoth(pfn, page);
    }

    /**
     * A growth that was cut off may have stored one copy only: the other must not be what counts
     * once the first is damaged.
     */
    private void repairSuperBlock(MappedMemory memory, RunRecord run, long rootSequence) {
        try {
            boolean isRepaired =
                    SuperBlockCopies.read(memory::read)
                            .repair(
                                    (pfn, page) -> {
                                        memory.store(pfn, page);
                                        Forcer forcer = memory.forcer();
                                        run.during(rootSequence, () -> forcer.forceFrames(pfn, 1));
                                    });
            if (isRepaired) {
                report.warn("both copies of the super block are equal again");
            }
        } catch (StoreException e) {
            if (e.isOutcomeUnknown()) {
                throw e;
            }
            // the one that is whole is enough
            report.warn("a copy of the super block stays damaged: " + e.getMessage());
        }
    }

    private Sequences reserveSequences(
            MappedMemory memory,
            Identity identity,
            RootChoice choice,
            RunRecord run,
            RootSlots.Writer writer) {
        FixedFrames fixed = new FixedFrames(memory::read, identity.uuid());
        var recorded = fixed.sequenceLimit();
        long begin = firstSequence(fixed, choice.largestSequence());
        if (recorded.isEmpty() || fixed.hasLostSequenceRecord()) {
            report.warn(
                    "a sequence record is not readable: sequences go on far beyond all seen: from="
                            + begin);
        }
        int newest = recorded.map(FixedFrames.ValidLimit::index).orElse(1);
        Sequences sequences = new Sequences(writer, run, begin, newest);
        sequences.reserve();
        return sequences;
    }

    /**
     * The first sequence that surely nobody has drawn.
     *
     * @param largestSeen in any root slot
     */
    static long firstSequence(FixedFrames fixed, long largestSeen) {
        var recorded = fixed.sequenceLimit();
        long begin = largestSeen + 1;
        if (recorded.isPresent()) {
            begin = Math.max(begin, recorded.get().limit());
        }
        boolean isLost = recorded.isEmpty() || fixed.hasLostSequenceRecord();
        return isLost ? begin + LOST_RECORD_DISTANCE : begin;
    }

    private void reached(CrashPoint point) {
        settings.crashPoints().reached(point);
    }
}
