package io.pramd.daemon.recovery;

import io.pramd.daemon.layout.DirectoryLayout;
import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.memory.PageChecksum;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.Root;
import io.pramd.daemon.node.Root.PageRef;
import io.pramd.daemon.recovery.FrameRoles.Role;
import io.pramd.daemon.recovery.FsckProblem.Kind;
import io.pramd.daemon.recovery.RootWatch.Verdict;
import io.pramd.protocol.Errno;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * One owner. Walks a root's tree, every directory page in both its frames, and hands the leaf
 * entries on. Where a daemon has replaced a page meanwhile, it goes on with the new one.
 */
final class TreeCheck {
    /** Pages replaced by a daemon while they were read, in one check. */
    private static final int REPLACED_MAX = 100_000;

    private final FrameRoles roles;
    private final Suspicions suspicions;
    private final RootWatch watch;
    private final TreePages pages;
    private final LeafVisitor visitor;
    private final ByteBuffer page = MetadataPage.allocate();
    private int replaced;

    /** Takes the leaf entries in slot order. */
    @FunctionalInterface
    interface LeafVisitor {
        void visit(Owner node, int tag);
    }

    TreeCheck(NodeCheck.Parts parts, LeafVisitor visitor) {
        roles = parts.roles();
        suspicions = parts.suspicions();
        watch = parts.watch();
        pages = new TreePages(parts.frames(), parts.uuid(), roles.frameCount(), new PageChecksum());
        this.visitor = visitor;
    }

    /**
     * Walks a tree.
     *
     * @param isForced whether it is a forced root that is not the chosen one
     */
    void walk(Root root, boolean isForced) {
        checkPage(
                new Owner(
                        root.sequence(),
                        isForced,
                        root.level(),
                        0,
                        root.top().csum(),
                        root.top().pfn1()),
                root.top());
    }

    private void checkPage(Owner owner, PageRef ref) {
        if (owner.isForced() && isCheckedAlready(owner)) {
            return;
        }
        long firstSlot = owner.index();
        for (int level = 0; level <= owner.level(); level++) {
            firstSlot *= DirectoryLayout.ENTRIES;
        }
        if (firstSlot > Math.min(roles.frameCount(), Integer.MAX_VALUE)) {
            certain(owner, "no more slots than frames", "first slot " + firstSlot);
            return;
        }
        if (!bothCopiesHold(owner, ref) || !pages.readGood(owner.level(), ref, page)) {
            goOnWithReplacement(owner);
            return;
        }
        int number = roles.add(owner);
        boolean isFirst = claim(ref.pfn1(), number);
        if (!claim(ref.pfn2(), number) || !isFirst) {
            return;
        }
        checkHead(owner);
        if (owner.level() == 0) {
            visitLeaf(owner);
        } else {
            visitInner(owner);
        }
    }

    /** False when the frame has another role, or this one already: no page is walked twice. */
    private boolean claim(long pfn, int owner) {
        return !roles.isUsable(pfn) || suspicions.claim(pfn, Role.DIRECTORY, owner);
    }

    private boolean isCheckedAlready(Owner owner) {
        return roles.isUsable(owner.pfn())
                && roles.role(owner.pfn()) == Role.DIRECTORY
                && roles.ownerOf(owner.pfn()).isSamePage(owner);
    }

    /** False when the page has lost its place meanwhile. */
    private boolean bothCopiesHold(Owner owner, PageRef ref) {
        for (long pfn : List.of(ref.pfn1(), ref.pfn2())) {
            Optional<String> fault = pages.fault(owner.level(), ref, pfn, page);
            if (fault.isPresent()) {
                FsckProblem problem =
                        new FsckProblem(
                                Kind.DIRECTORY_PAGE,
                                owner.text() + " copy at pfn=" + pfn,
                                String.format("a whole copy with csum %08x", ref.csum()),
                                fault.get());
                Verdict verdict =
                        suspicions.report(
                                owner,
                                problem,
                                () -> pages.fault(owner.level(), ref, pfn, page).isPresent());
                if (verdict == Verdict.GONE) {
                    return false;
                }
            }
        }
        return true;
    }

    private void goOnWithReplacement(Owner owner) {
        if (owner.isForced() || watch.isReached(owner, watch.look())) {
            return;
        }
        if (++replaced > REPLACED_MAX) {
            throw StoreException.of(
                    Errno.EAGAIN, "directory pages change faster than they are read");
        }
        Optional<Root> newest =
                watch.look().candidates().stream().findFirst().map(slot -> Root.of(slot.slot()));
        newest.flatMap(root -> watch.find(root, owner.level(), owner.index()))
                .ifPresent(
                        ref ->
                                checkPage(
                                        new Owner(
                                                newest.get().sequence(),
                                                false,
                                                owner.level(),
                                                owner.index(),
                                                ref.csum(),
                                                ref.pfn1()),
                                        ref));
    }

    private void checkHead(Owner owner) {
        int inUse = 0;
        for (int entry = 0; entry < DirectoryLayout.ENTRIES; entry++) {
            inUse += entryRef(owner.level(), entry).exists() ? 1 : 0;
            checkEntry(owner, entry);
        }
        boolean mayBeEmpty = owner.level() == 0 && owner.index() == 0;
        if (inUse == 0 && !mayBeEmpty) {
            certain(owner, "an entry in use", "none");
        }
        if (inUse != DirectoryLayout.inUse(page) || DirectoryLayout.zeros(page) != 0) {
            certain(
                    owner,
                    inUse + " entries in use and zeros",
                    DirectoryLayout.inUse(page) + " and " + DirectoryLayout.zeros(page));
        }
    }

    private void checkEntry(Owner owner, int entry) {
        PageRef ref = entryRef(owner.level(), entry);
        boolean isLeaf = owner.level() == 0;
        boolean isZero =
                ref.equals(PageRef.NONE) && (!isLeaf || DirectoryLayout.leafTag(page, entry) == 0);
        boolean isWhole = ref.exists() && (isLeaf || ref.pfn2() != 0);
        if (!isZero && !isWhole) {
            certain(owner, "entry " + entry + " in use or zero", ref.toString());
        }
    }

    private PageRef entryRef(int level, int entry) {
        return level == 0 ? TreePages.leafEntry(page, entry) : TreePages.innerEntry(page, entry);
    }

    private void certain(Owner owner, String expected, String actual) {
        suspicions.report(
                owner,
                new FsckProblem(Kind.DIRECTORY_PAGE, owner.text(), expected, actual),
                () -> true);
    }

    private void visitInner(Owner owner) {
        // the scratch page is used again below, so the children are taken out of it first
        PageRef[] children = new PageRef[DirectoryLayout.ENTRIES];
        for (int entry = 0; entry < children.length; entry++) {
            children[entry] = TreePages.innerEntry(page, entry);
        }
        for (int entry = 0; entry < children.length; entry++) {
            if (children[entry].exists()) {
                checkPage(child(owner, entry, children[entry]), children[entry]);
            }
        }
    }

    private void visitLeaf(Owner owner) {
        for (int entry = 0; entry < DirectoryLayout.ENTRIES; entry++) {
            PageRef ref = TreePages.leafEntry(page, entry);
            if (ref.exists()) {
                visitor.visit(child(owner, entry, ref), DirectoryLayout.leafTag(page, entry));
            }
        }
    }

    private static Owner child(Owner parent, int entry, PageRef ref) {
        return new Owner(
                parent.root(),
                parent.isForced(),
                parent.level() - 1,
                parent.index() * DirectoryLayout.ENTRIES + entry,
                ref.csum(),
                ref.pfn1());
    }
}
