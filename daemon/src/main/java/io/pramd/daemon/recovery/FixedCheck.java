package io.pramd.daemon.recovery;

import io.pramd.daemon.layout.DirectoryLayout;
import io.pramd.daemon.layout.Field;
import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.Magic;
import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.layout.RootSlotLayout;
import io.pramd.daemon.layout.RootSlotLayout.Slot;
import io.pramd.daemon.layout.RunRecordLayout;
import io.pramd.daemon.layout.SequenceRecordLayout;
import io.pramd.daemon.memory.FrameReader;
import io.pramd.daemon.memory.PageChecksum;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.recovery.FsckProblem.Kind;
import io.pramd.daemon.recovery.RootWatch.Verdict;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One owner. Checks both copies of the root slots and records, and the frames that are zero.
 *
 * <p>A daemon stores the first copy, then the second, of the slot or record of its kind that is not
 * the newest. So kills leave any copy torn but the first of the newest; a torn copy has bytes of an
 * earlier write, of the later one, or zeros. What cannot have come about so is damage. A power cut
 * may leave any copy as it was before, and of the current slots, which are never forced, the older
 * one unwritten.
 */
final class FixedCheck {
    private final FrameReader frames;
    private final byte[] uuid;
    private final FsckFindings findings;
    private final RootWatch watch;
    private final PageChecksum checksum = new PageChecksum();
    private boolean mayPowerHaveBeenCut;

    /** A structure that is stored in turn into frames with two copies each. */
    private record Group(String name, Magic magic, List<Long> pfns, List<Field> fields, int kind) {
        int end() {
            return fields.getLast().end();
        }
    }

    private static final Group CURRENT =
            new Group(
                    "current slot",
                    Magic.ROOT_SLOT,
                    FileLayout.CURRENT_SLOT_PFNS,
                    RootSlotLayout.FIELDS,
                    RootSlotLayout.KIND_CURRENT);
    private static final Group FORCED =
            new Group(
                    "forced slot",
                    Magic.ROOT_SLOT,
                    FileLayout.FORCED_SLOT_PFNS,
                    RootSlotLayout.FIELDS,
                    RootSlotLayout.KIND_FORCED);
    private static final Group SEQUENCES =
            new Group(
                    "sequence record",
                    Magic.SEQUENCE_RECORD,
                    FileLayout.SEQUENCE_RECORD_PFNS,
                    SequenceRecordLayout.FIELDS,
                    0);
    private static final Group RUN =
            new Group(
                    "run record",
                    Magic.RUN_RECORD,
                    List.of(FileLayout.RUN_RECORD_PFN),
                    RunRecordLayout.FIELDS,
                    0);

    /** One copy as read: whole, zero, or what is wrong with it. */
    private record Copy(long pfn, ByteBuffer page, boolean isZero, Optional<String> fault) {
        boolean isWhole() {
            return !isZero && fault.isEmpty();
        }
    }

    FixedCheck(FrameReader frames, byte[] uuid, FsckFindings findings, RootWatch watch) {
        this.frames = frames;
        this.uuid = uuid;
        this.findings = findings;
        this.watch = watch;
    }

    void run() {
        // with the marker the next start takes what is on the device, as behind a cut
        mayPowerHaveBeenCut = watch.hasForceFailed() || !isOfThisBoot();
        checkGroup(CURRENT);
        checkGroup(FORCED);
        checkGroup(SEQUENCES);
        checkCopies(RUN, FileLayout.RUN_RECORD_PFN, false);
        checkSlots(CURRENT);
        checkSlots(FORCED);
        checkReserved();
    }

    /** Each start writes a current slot, and makes whole what a power cut before it has left. */
    private boolean isOfThisBoot() {
        return CURRENT.pfns().stream()
                .flatMap(pfn -> read(CURRENT, pfn).stream())
                .filter(Copy::isWhole)
                .anyMatch(copy -> watch.isOfThisBoot(RootSlotLayout.read(copy.page())));
    }

    private void checkGroup(Group group) {
        OptionalLong newest = newest(group);
        if (newest.isEmpty()) {
            suspect(
                    Kind.FIXED_FRAME,
                    group.name(),
                    "one whole copy at least",
                    "none",
                    () -> newest(group).isEmpty());
        }
        for (long pfn : group.pfns()) {
            boolean isNewest = newest.isPresent() && newest.getAsLong() == pfn;
            checkCopies(group, pfn, isNewest && !mayPowerHaveBeenCut);
        }
    }

    /** The frame whose first copy or second holds the largest sequence or limit. */
    private OptionalLong newest(Group group) {
        long largest = -1;
        OptionalLong newest = OptionalLong.empty();
        for (long pfn : group.pfns()) {
            List<Copy> copies = read(group, pfn);
            for (Copy copy : copies) {
                // a root forced twice is in both slots: the newest is the one that is not written
                boolean isTie = copy == copies.getFirst() && newest.isPresent();
                long order = copy.isWhole() ? order(group, copy.page()) : -1;
                if (order > largest || isTie && order == largest) {
                    largest = order;
                    newest = OptionalLong.of(pfn);
                }
            }
        }
        return newest;
    }

    private static long order(Group group, ByteBuffer page) {
        return group.kind() == 0
                ? SequenceRecordLayout.limit(page)
                : RootSlotLayout.read(page).sequence();
    }

    private void checkCopies(Group group, long pfn, boolean isNewest) {
        List<Copy> copies = read(group, pfn);
        for (int number = 0; number < copies.size(); number++) {
            Copy copy = copies.get(number);
            if (copy.isWhole() || (copy.isZero() && !isNewest)) {
                continue;
            }
            int index = number;
            if (isDamage(group, copy, isNewest && index == 0)) {
                suspect(
                        Kind.FIXED_FRAME,
                        "frame " + copy.pfn() + " " + group.name(),
                        "a whole copy, or one that a kill can leave",
                        copy.fault().orElse("zeros"),
                        () -> isDamage(group, read(group, pfn).get(index), isNewest && index == 0));
            } else {
                findings.note(
                        "frame "
                                + copy.pfn()
                                + ": copy of the "
                                + group.name()
                                + " does not verify, as a kill in the middle of its store leaves"
                                + " it");
            }
        }
        noteDifference(group, pfn, copies);
    }

    private static boolean isDamage(Group group, Copy copy, boolean mustBeWhole) {
        return !copy.isWhole() && (mustBeWhole || !isPossibleTear(group, copy.page()));
    }

    /** Whether every byte may come from a write of such a structure, or from none. */
    private static boolean isPossibleTear(Group group, ByteBuffer page) {
        return isEitherZeroOr(page, 0, group.magic().number())
                && (group.kind() == 0
                        || isEitherZeroOr(page, RootSlotLayout.KIND_OFFSET, group.kind()))
                && MetadataPage.isZeroFrom(page, group.end());
    }

    private static boolean isEitherZeroOr(ByteBuffer page, int offset, int number) {
        for (int i = 0; i < Integer.BYTES; i++) {
            byte is = page.get(offset + i);
            if (is != 0 && is != (byte) (number >>> (i * Byte.SIZE))) {
                return false;
            }
        }
        return true;
    }

    private void noteDifference(Group group, long pfn, List<Copy> copies) {
        boolean isDifferent =
                copies.stream().allMatch(Copy::isWhole)
                        && copies.get(0).page().mismatch(copies.get(1).page()) >= 0;
        if (!isDifferent) {
            return;
        }
        if (group == RUN || order(group, copies.get(0).page()) != orderOfSecond(group, copies)) {
            findings.note(
                    "frame "
                            + pfn
                            + ": the two copies of the "
                            + group.name()
                            + " differ, as a kill between their stores leaves them");
        } else {
            suspect(
                    Kind.SEQUENCE,
                    "frame " + pfn + " " + group.name(),
                    "equal copies",
                    "two contents under sequence " + orderOfSecond(group, copies),
                    () -> true);
        }
    }

    private static long orderOfSecond(Group group, List<Copy> copies) {
        return order(group, copies.get(1).page());
    }

    private void checkSlots(Group group) {
        List<Slot> seen = new ArrayList<>();
        for (long pfn : group.pfns()) {
            Optional<Slot> newest = Optional.empty();
            for (Copy copy : read(group, pfn)) {
                if (copy.isWhole()) {
                    Slot slot = RootSlotLayout.read(copy.page());
                    slotFault(slot)
                            .ifPresent(
                                    fault ->
                                            suspect(
                                                    Kind.ROOT,
                                                    "frame " + copy.pfn() + " " + group.name(),
                                                    "a slot that a daemon wrote",
                                                    fault,
                                                    () -> slotFault(slot).isPresent()));
                    newest =
                            newest.filter(other -> other.sequence() >= slot.sequence())
                                    .or(() -> Optional.of(slot));
                }
            }
            newest.ifPresent(seen::add);
        }
        if (seen.size() == 1
                && seen.getFirst().sequence() != FirstContents.ROOT_SEQUENCE
                && !(group == CURRENT && mayPowerHaveBeenCut)) {
            // each start makes torn copies whole first, so no kill costs a slot both its copies
            suspect(
                    Kind.FIXED_FRAME,
                    group.name() + "s",
                    "a whole copy of either",
                    "none of one",
                    () -> newest(group).isPresent() && hasLostSlot(group));
        }
        // a root that is forced twice is in both slots
        if (seen.size() == 2
                && seen.get(0).sequence() == seen.get(1).sequence()
                && !seen.get(0).equals(seen.get(1))) {
            suspect(
                    Kind.SEQUENCE,
                    group.name() + "s",
                    "one root a sequence",
                    "two of " + seen.get(0).sequence(),
                    () -> true);
        }
    }

    private boolean hasLostSlot(Group group) {
        return group.pfns().stream()
                .anyMatch(pfn -> read(group, pfn).stream().noneMatch(Copy::isWhole));
    }

    private Optional<String> slotFault(Slot slot) {
        if (slot.durability() < 1 || slot.durability() > 3) {
            return Optional.of("durability " + slot.durability());
        }
        if (slot.rootLevel() < 0 || slot.rootLevel() > DirectoryLayout.LEVEL_MAX) {
            return Optional.of("level " + slot.rootLevel());
        }
        if (slot.nodeCount() < 0) {
            return Optional.of("node count " + slot.nodeCount());
        }
        long limit = watch.sequenceLimit();
        if (slot.sequence() <= 0 || (limit > 0 && slot.sequence() >= limit)) {
            return Optional.of(
                    "sequence " + slot.sequence() + " at or above the reserved limit " + limit);
        }
        return Optional.empty();
    }

    private void checkReserved() {
        ByteBuffer page = MetadataPage.allocate();
        for (long pfn = FileLayout.RUN_RECORD_PFN + 1; pfn < FileLayout.FIXED_FRAMES; pfn++) {
            for (long copy : List.of(pfn, pfn + FileLayout.SECOND_COPY_DISTANCE)) {
                Optional<String> fault = reservedFault(copy, page);
                if (fault.isPresent()) {
                    findings.problem(Kind.RESERVED_FRAME, "frame " + copy, "zeros", fault.get());
                }
            }
        }
    }

    private Optional<String> reservedFault(long pfn, ByteBuffer page) {
        try {
            frames.read(pfn, page);
        } catch (StoreException e) {
            return Optional.of(e.getMessage());
        }
        return MetadataPage.isZeroFrom(page, 0)
                ? Optional.empty()
                : Optional.of("bytes that are not zero");
    }

    private List<Copy> read(Group group, long pfn) {
        List<Copy> copies = new ArrayList<>();
        for (long copy : List.of(pfn, pfn + FileLayout.SECOND_COPY_DISTANCE)) {
            ByteBuffer page = MetadataPage.allocate();
            try {
                frames.read(copy, page);
                boolean isZero = MetadataPage.isZeroFrom(page, 0);
                copies.add(new Copy(copy, page, isZero, fault(group, pfn, page)));
            } catch (StoreException e) {
                // no kill makes a frame unreadable: 0xFF is no possible tear
                java.util.Arrays.fill(page.array(), (byte) -1);
                copies.add(new Copy(copy, page, false, Optional.of(e.getMessage())));
            }
        }
        return copies;
    }

    private Optional<String> fault(Group group, long pfn, ByteBuffer page) {
        int sum = checksum.ofFixed(uuid, pfn, page);
        boolean isKind = group.kind() == 0 || RootSlotLayout.kind(page) == group.kind();
        if (MetadataPage.magic(page) == group.magic().number()
                && MetadataPage.csum(page) == sum
                && isKind
                && MetadataPage.isZeroFrom(page, group.end())) {
            return Optional.empty();
        }
        return Optional.of(
                String.format(
                        "magic=%08x csum=%08x sum=%08x",
                        MetadataPage.magic(page), MetadataPage.csum(page), sum));
    }

    private void suspect(
            Kind kind,
            String where,
            String expected,
            String actual,
            java.util.function.BooleanSupplier failsAgain) {
        if (watch.confirm(List.of(), failsAgain) == Verdict.CONFIRMED) {
            findings.problem(kind, where, expected, actual);
        }
    }
}
