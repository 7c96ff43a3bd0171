package io.pramd.daemon.recovery;

import io.pramd.daemon.layout.FileLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * One owner. Which frames have been reached, in which role, for whom: 4 bytes a frame outside the
 * heap.
 */
final class FrameRoles {
    private static final int ROLE_SHIFT = 29;
    private static final int HELD_BIT = 1 << 28;
    private static final int OWNER_MASK = HELD_BIT - 1;

    private final MemorySegment frames;
    private final long frameCount;
    private final List<Owner> owners = new ArrayList<>();

    /** What a frame is used for. */
    enum Role {
        UNREACHED,
        DIRECTORY,
        NODE,
        FIRST_LINK,
        LINK,
        DATA
    }

    FrameRoles(long frameCount) {
        this.frameCount = frameCount;
        frames = Arena.ofAuto().allocate(frameCount * Integer.BYTES, Integer.BYTES);
        // numbers wrap at the mask: only a text gets vague then
        owners.add(new Owner(0, false, Owner.NODE, 0, 0, 0));
    }

    long frameCount() {
        return frameCount;
    }

    /** Whether the frame is in the file and not a fixed one. */
    boolean isUsable(long pfn) {
        return pfn > 0 && pfn < frameCount && !FileLayout.isFixed(pfn);
    }

    /** Registers an owner; answers its number. */
    int add(Owner owner) {
        owners.add(owner);
        return owners.size() - 1;
    }

    Owner owner(int number) {
        return owners.get(number);
    }

    Role role(long pfn) {
        return Role.values()[get(pfn) >>> ROLE_SHIFT];
    }

    /** Whom the frame was claimed for. */
    Owner ownerOf(long pfn) {
        return owners.get(get(pfn) & OWNER_MASK);
    }

    void claim(long pfn, Role role, int owner) {
        int held = owners.get(owner).isForced() ? HELD_BIT : 0;
        int number = owner <= OWNER_MASK ? owner : 0;
        frames.setAtIndex(ValueLayout.JAVA_INT, pfn, role.ordinal() << ROLE_SHIFT | held | number);
    }

    private int get(long pfn) {
        return frames.getAtIndex(ValueLayout.JAVA_INT, pfn);
    }

    /** Frames by role; held ones are counted in their role as well. */
    FsckReport.Counts counts(long nodes, long quarantined) {
        long[] byRole = new long[Role.values().length];
        long held = 0;
        long fixed = 0;
        for (long pfn = 0; pfn < frameCount; pfn++) {
            if (FileLayout.isFixed(pfn)) {
                fixed++;
                continue;
            }
            int claim = get(pfn);
            byRole[claim >>> ROLE_SHIFT]++;
            held += (claim & HELD_BIT) == 0 ? 0 : 1;
        }
        return new FsckReport.Counts(
                frameCount,
                fixed,
                byRole[Role.DIRECTORY.ordinal()],
                byRole[Role.NODE.ordinal()],
                byRole[Role.FIRST_LINK.ordinal()] + byRole[Role.LINK.ordinal()],
                byRole[Role.DATA.ordinal()],
                byRole[Role.UNREACHED.ordinal()],
                held,
                nodes,
                quarantined);
    }
}
