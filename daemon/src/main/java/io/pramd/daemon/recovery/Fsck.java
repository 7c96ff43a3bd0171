package io.pramd.daemon.recovery;

import io.pramd.daemon.layout.BootId;
import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.layout.NodeLayout;
import io.pramd.daemon.memory.FileLock;
import io.pramd.daemon.memory.ForceMarker;
import io.pramd.daemon.memory.FrameReader;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.memory.SuperBlockCopies;
import io.pramd.daemon.node.Root;
import io.pramd.daemon.recovery.FixedFrames.ValidSlot;
import io.pramd.daemon.recovery.FsckProblem.Kind;
import io.pramd.daemon.recovery.FsckReport.ChosenRoot;
import io.pramd.daemon.recovery.FsckReport.Counts;
import io.pramd.daemon.recovery.RootChoice.Circumstances;
import io.pramd.daemon.recovery.RootWatch.Seen;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * One owner. Checks a memory file by reading it: both copies of every fixed frame, the root that
 * the next start would take with all it reaches, every data page, and what the forced roots hold.
 * Changes nothing; may run beside a daemon.
 */
public final class Fsck {
    private final Path file;
    private final FrameReader frames;
    private final Identity identity;
    private final FsckFindings findings;
    private final FrameRoles roles;
    private final RootWatch watch;
    private final NodeCheck.Parts parts;
    private final NodeCheck nodes;
    private final NodeRegister register;

    /**
     * Checks a file as the next start under this kernel would find it.
     *
     * @throws StoreException when it could not be checked: ENOENT, EACCES or EIO when it cannot be
     *     read, EINVAL when it is no memory file of this version, EAGAIN when a daemon changed it
     *     all the time
     */
    public static FsckReport check(Path file) {
        return check(file, BootIds.read(BootIds.KERNEL));
    }

    /** As {@link #check(Path)}, under another boot id. */
    public static FsckReport check(Path file, BootId bootId) {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            // opening a pipe would wait for a writer
            throw StoreException.of(Errno.EINVAL, "not a memory file: file=" + file);
        }
        boolean besideDaemon = FileLock.isHeld(file);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            for (int attempt = 0; attempt < RootWatch.ATTEMPTS_MAX; attempt++) {
                SuperBlockCopies copies = SuperBlockCopies.read(FileFrames.of(channel));
                FsckReport report = check(file, channel, bootId, besideDaemon);
                // a growth that came in between makes frames known that the check had not heard of
                if (copies.hasSameFramesAs(SuperBlockCopies.read(FileFrames.of(channel)))) {
                    return report;
                }
            }
            throw StoreException.of(Errno.EAGAIN, "the file grew each time it was checked");
        } catch (NoSuchFileException e) {
            throw StoreException.of(Errno.ENOENT, "no such file: file=" + file);
        } catch (IOException e) {
            throw StoreException.of(Errno.EIO, "cannot read the file: file=" + file + " " + e);
        }
    }

    private static FsckReport check(
            Path file, FileChannel channel, BootId bootId, boolean besideDaemon)
            throws IOException {
        FrameReader frames = FileFrames.of(channel);
        Optional<Identity> identity = Optional.empty();
        FsckFindings findings = new FsckFindings();
        try {
            identity = Optional.of(Identity.readToLook(frames));
        } catch (StoreException e) {
            if (e.errno() != Errno.EIO) {
                throw e;
            }
            findings.problem(Kind.SUPER_BLOCK, "frames 0 and 512", "a whole copy", e.getMessage());
        }
        Optional<ChosenRoot> root = Optional.empty();
        Counts counts = new Counts(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        if (identity.isPresent()) {
            Circumstances now = new Circumstances(bootId, new ForceMarker(file).exists());
            Fsck fsck = new Fsck(file, frames, identity.get(), findings, now);
            root = fsck.run(channel.size(), now);
            counts = fsck.register.counts();
        }
        return new FsckReport(
                file,
                besideDaemon,
                root,
                counts,
                findings.problems(),
                findings.problemCount(),
                findings.notes());
    }

    private Fsck(
            Path file,
            FrameReader frames,
            Identity identity,
            FsckFindings findings,
            Circumstances now) {
        this.file = file;
        this.frames = frames;
        this.identity = identity;
        this.findings = findings;
        roles = new FrameRoles(framesInFile(file, identity));
        watch = new RootWatch(frames, identity.uuid(), roles.frameCount(), now);
        Suspicions suspicions = new Suspicions(watch, findings, roles);
        parts = new NodeCheck.Parts(frames, identity.uuid(), roles, suspicions, watch);
        nodes = new NodeCheck(parts);
        register = new NodeRegister(roles, findings);
    }

    /** Never more than the file has: a claim of the super block alone allocates nothing. */
    private static long framesInFile(Path file, Identity identity) {
        long present = Math.ceilDiv(file.toFile().length(), FileLayout.FRAME_BYTES);
        return Math.min(identity.frameCount(), Math.max(present, FileLayout.FRAMES_MIN));
    }

    private Optional<ChosenRoot> run(long size, Circumstances now) {
        checkIdentity(size);
        new FixedCheck(frames, identity.uuid(), findings, watch).run();
        if (now.hasForceFailed()) {
            findings.note("a force failed before: the next start takes the last forced root");
        }
        Optional<ValidSlot> chosen = chooseRoot();
        Seen seen = watch.look();
        chosen.ifPresent(slot -> walk(Root.of(slot.slot()), false));
        seen.forced().stream().findFirst().ifPresent(newest -> walk(Root.of(newest.slot()), true));
        seen.forced().stream()
                .skip(1)
                .forEach(older -> new OlderForcedRoot(parts).hold(Root.of(older.slot())));
        nodes.checkLost();
        register.checkUnique(parts.suspicions(), this::nameOf);
        return chosen.map(slot -> chosenRoot(slot, seen));
    }

    private static ChosenRoot chosenRoot(ValidSlot slot, Seen seen) {
        Root root = Root.of(slot.slot());
        boolean isForced =
                !seen.forced().isEmpty()
                        && seen.forced().getFirst().slot().sequence() == root.sequence();
        return new ChosenRoot(root.sequence(), isForced, root.level(), root.nodeCount());
    }

    private void checkIdentity(long size) {
        SuperBlockCopies copies = SuperBlockCopies.read(frames);
        if (copies.isTornByGrowth(size / FileLayout.FRAME_BYTES)) {
            findings.note(copies.damage() + ", as a kill in the middle of a growth leaves it");
        } else {
            for (String damage : copies.damage()) {
                findings.problem(Kind.SUPER_BLOCK, "super block", "two whole copies", damage);
            }
        }
        if (copies.isGrowthCutOff()) {
            findings.note(
                    "the copies of the super block differ, as a growth that was cut off leaves"
                            + " them");
        }
        long expected = FileLayout.fileOffset(identity.frameCount());
        if (size < expected) {
            findings.problem(Kind.FILE_SIZE, file.toString(), expected + " bytes", size + " bytes");
        } else if (size > expected) {
            findings.note("file is longer than its super block says: size=" + size);
        }
    }

    /** The root rule, with a reason for each root that would be passed over. */
    private Optional<ValidSlot> chooseRoot() {
        for (int attempt = 0; attempt < RootWatch.ATTEMPTS_MAX; attempt++) {
            Seen seen = watch.look();
            FsckFindings unreadable = new FsckFindings();
            for (ValidSlot candidate : seen.candidates()) {
                Root root = Root.of(candidate.slot());
                try {
                    new TreeReader(frames, identity.uuid(), roles.frameCount()).read(root);
                    unreadable.problems().forEach(this::add);
                    return Optional.of(candidate);
                } catch (StoreException e) {
                    unreadable.problem(
                            Kind.ROOT,
                            "root " + root.sequence(),
                            "a readable tree",
                            e.getMessage());
                }
                if (!watch.look().equals(seen)) {
                    break;
                }
            }
            if (watch.look().equals(seen)) {
                unreadable.problems().forEach(this::add);
                findings.problem(Kind.ROOT, "root", "one that can be taken", "none");
                return Optional.empty();
            }
        }
        throw StoreException.of(Errno.EAGAIN, "the root changed each time its tree was read");
    }

    private void add(FsckProblem problem) {
        findings.problem(problem.kind(), problem.where(), problem.expected(), problem.actual());
    }

    private void walk(Root root, boolean isForced) {
        new TreeCheck(parts, (node, tag) -> visit(node, tag)).walk(root, isForced);
    }

    private void visit(Owner node, int tag) {
        boolean isChecked =
                node.isForced()
                        && roles.isUsable(node.pfn())
                        && roles.role(node.pfn()) == FrameRoles.Role.NODE
                        && roles.ownerOf(node.pfn()).isSamePage(node);
        if (isChecked) {
            return;
        }
        int number = roles.add(node);
        long sequence = nodes.check(number, tag);
        if (!node.isForced()) {
            register.add(number, tag, sequence);
        }
    }

    private String nameOf(Owner node) {
        ByteBuffer page = MetadataPage.allocate();
        frames.read(node.pfn(), page);
        return NodeLayout.name(page);
    }
}
