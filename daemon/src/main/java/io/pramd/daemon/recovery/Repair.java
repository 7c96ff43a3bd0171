package io.pramd.daemon.recovery;

import io.pramd.daemon.layout.BootId;
import io.pramd.daemon.layout.Durability;
import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.layout.RootSlotLayout;
import io.pramd.daemon.layout.SequenceRecordLayout;
import io.pramd.daemon.memory.FileLock;
import io.pramd.daemon.memory.ForceMarker;
import io.pramd.daemon.memory.FrameReader;
import io.pramd.daemon.memory.PageChecksum;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.Root;
import io.pramd.daemon.recovery.FixedFrames.ValidSlot;
import io.pramd.daemon.recovery.FsckProblem.Kind;
import io.pramd.daemon.recovery.RootChoice.Circumstances;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One owner. Repairs a memory file that no daemon has. A copy of a super block or directory page
 * that does not verify is stored anew from its whole twin; where both copies are lost under every
 * root a new directory is built, and what was below the lost page comes back quarantined. Nothing
 * that verifies is overwritten, nothing is removed; what it stores can be taken back with the undo
 * file that is written before.
 */
public final class Repair {
    private final Path file;
    private final BootId bootId;
    private final FrameReader frames;
    private final Identity identity;
    private final long frameCount;
    private final RepairPlan plan = new RepairPlan();

    private Repair(Path file, BootId bootId, FileChannel channel) throws IOException {
        this.file = file;
        this.bootId = bootId;
        this.frames = FileFrames.of(channel);
        this.identity = Identity.read(frames);
        this.frameCount = Math.min(identity.frameCount(), channel.size() / FileLayout.FRAME_BYTES);
        if (frameCount < FileLayout.FRAMES_MIN) {
            throw StoreException.of(
                    Errno.EINVAL,
                    "too little of the memory file is there to repair it: frames=" + frameCount);
        }
    }

    /**
     * Repairs what can be repaired.
     *
     * @param undo where to write the undo file first; not written when there is nothing to do
     * @return what was done, a line each; empty: nothing
     * @throws StoreException EBUSY when a daemon has the file, EEXIST when the undo file is there,
     *     EINVAL when it is no memory file or one whose frames have several owners, ENOMEM when a
     *     new directory finds no room, EIO; nothing is changed then, unless storing failed half-way
     */
    public static List<String> repair(Path file, Path undo, BootId bootId) {
        try (FileLock lock = FileLock.acquire(file);
                FileChannel channel = open(lock)) {
            Repair repair = new Repair(file, bootId, channel);
            repair.planAll();
            if (repair.plan.isEmpty()) {
                return List.of();
            }
            UndoFile.of(repair.identity.uuid(), repair.plan, repair.frames).write(undo);
            store(channel, repair.plan.pages());
            store(channel, repair.plan.fixed());
            return repair.plan.steps();
        } catch (IOException e) {
            throw StoreException.of(Errno.EIO, "cannot repair the file: file=" + file + " " + e);
        }
    }

    /**
     * Takes a repair back.
     *
     * @return the number of frames that are as they were
     * @throws StoreException EBUSY when a daemon has the file; EINVAL when the undo file is not
     *     whole, is of another memory file, or when the memory file has been changed since: nothing
     *     is changed then
     */
    public static int undo(Path file, Path undo) {
        UndoFile from = UndoFile.read(undo);
        try (FileLock lock = FileLock.acquire(file);
                FileChannel channel = open(lock)) {
            requireRepaired(from, channel, file);
            Map<Long, ByteBuffer> before = new java.util.LinkedHashMap<>();
            from.frames().forEach((pfn, undone) -> before.put(pfn, undone.before()));
            store(channel, before);
            return before.size();
        } catch (IOException e) {
            throw StoreException.of(Errno.EIO, "cannot undo: file=" + file + " " + e);
        }
    }

    private static FileChannel open(FileLock lock) throws IOException {
        return FileChannel.open(lock.path(), StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    private static void requireRepaired(UndoFile undo, FileChannel channel, Path file) {
        FrameReader frames = FileFrames.of(channel);
        if (!Arrays.equals(Identity.read(frames).uuid(), undo.uuid())) {
            throw StoreException.of(
                    Errno.EINVAL, "undo file is of another memory file: file=" + file);
        }
        ByteBuffer page = MetadataPage.allocate();
        undo.frames()
                .forEach(
                        (pfn, undone) -> {
                            frames.read(pfn, page);
                            boolean isAsBefore = page.equals(undone.before());
                            if (!isAsBefore && UndoFile.csum(page) != undone.csumAfter()) {
                                throw StoreException.of(
                                        Errno.EINVAL,
                                        "memory file was changed after the repair: file="
                                                + file
                                                + " pfn="
                                                + pfn);
                            }
                        });
    }

    private static void store(FileChannel channel, Map<Long, ByteBuffer> pages) throws IOException {
        for (Map.Entry<Long, ByteBuffer> each : pages.entrySet()) {
            ByteBuffer page = each.getValue().duplicate().clear();
            long offset = FileLayout.fileOffset(each.getKey());
            while (page.hasRemaining()) {
                channel.write(page, offset + page.position());
            }
        }
        channel.force(true);
    }

    private void planAll() {
        requireOneOwner();
        planSuperBlock();
        FixedFrames fixed = new FixedFrames(frames, identity.uuid());
        List<ValidSlot> current = fixed.slots(RootSlotLayout.KIND_CURRENT);
        List<ValidSlot> forced = fixed.slots(RootSlotLayout.KIND_FORCED);
        Circumstances now = new Circumstances(bootId, new ForceMarker(file).exists());
        Set<Root> roots = new LinkedHashSet<>();
        RootChoice.candidates(current, forced, now)
                .forEach(slot -> roots.add(Root.of(slot.slot())));
        boolean isServable = false;
        for (Root root : roots) {
            if (isReadable(root)) {
                isServable = true;
                new TwinRepair(frames, identity.uuid(), frameCount, plan).walk(root);
            }
        }
        if (!isServable && !roots.isEmpty()) {
            rebuild(roots.iterator().next(), fixed, current, forced);
        }
    }

    /** A frame with two owners was never written by us: who is right nobody can tell. */
    private void requireOneOwner() {
        Fsck.check(file, bootId).problems().stream()
                .filter(problem -> problem.kind() == Kind.ROLE)
                .findFirst()
                .ifPresent(
                        problem -> {
                            throw StoreException.of(
                                    Errno.EINVAL, "cannot be repaired: " + problem.text());
                        });
    }

    private void planSuperBlock() {
        long second = FileLayout.SUPER_BLOCK_PFN + FileLayout.SECOND_COPY_DISTANCE;
        ByteBuffer page = MetadataPage.allocate();
        for (long bad : identity.badCopies()) {
            long good = bad == second ? FileLayout.SUPER_BLOCK_PFN : second;
            frames.read(good, page);
            plan.fixed(bad, page);
            plan.step("frame " + bad + ": super block stored anew from its twin in frame " + good);
        }
    }

    private boolean isReadable(Root root) {
        try {
            new TreeReader(frames, identity.uuid(), frameCount).read(root);
            return true;
        } catch (StoreException e) {
            plan.step("root " + root.sequence() + " is passed over: " + e.getMessage());
            return false;
        }
    }

    private void rebuild(
            Root newest, FixedFrames fixed, List<ValidSlot> current, List<ValidSlot> forced) {
        long largest = RootChoice.largestSequence(current, forced);
        long sequence = Opening.firstSequence(fixed, largest);
        Root root =
                new LostDirectory(frames, identity.uuid(), frameCount)
                        .rebuild(newest, sequence, plan);
        ByteBuffer page = MetadataPage.allocate();
        SequenceRecordLayout.write(page, sequence + 1);
        int record = fixed.sequenceLimit().map(FixedFrames.ValidLimit::index).orElse(1);
        planFixed(FileLayout.SEQUENCE_RECORD_PFNS.get(1 - record), page);
        RootSlotLayout.Slot slot = root.slot(Durability.PROCESS, bootId);
        RootSlotLayout.write(page, RootSlotLayout.KIND_FORCED, slot);
        planFixed(FileLayout.FORCED_SLOT_PFNS.get(1 - RootChoice.newestIndex(forced)), page);
        RootSlotLayout.write(page, RootSlotLayout.KIND_CURRENT, slot);
        planFixed(FileLayout.CURRENT_SLOT_PFNS.get(1 - RootChoice.newestIndex(current)), page);
        plan.step("root " + sequence + " is in force: level=" + root.level());
    }

    private void planFixed(long pfn, ByteBuffer page) {
        MetadataPage.csum(page, new PageChecksum().ofFixed(identity.uuid(), pfn, page));
        plan.fixed(pfn, page);
        plan.fixed(pfn + FileLayout.SECOND_COPY_DISTANCE, page);
    }
}
