package io.pramd.daemon.recovery;

import io.pramd.daemon.recovery.FrameRoles.Role;
import io.pramd.daemon.recovery.FsckProblem.Kind;
import io.pramd.daemon.recovery.RootWatch.Verdict;
import java.util.List;
import java.util.function.BooleanSupplier;

/** One owner. Turns what looks wrong into a problem once it is confirmed. */
final class Suspicions {
    private final RootWatch watch;
    private final FsckFindings findings;
    private final FrameRoles roles;

    Suspicions(RootWatch watch, FsckFindings findings, FrameRoles roles) {
        this.watch = watch;
        this.findings = findings;
        this.roles = roles;
    }

    /** Something worth a line that is no problem of its own. */
    void note(String text) {
        findings.note(text);
    }

    /** Reports the problem if it is one; {@code failsAgain} reads again whatever looked wrong. */
    Verdict report(Owner owner, FsckProblem problem, BooleanSupplier failsAgain) {
        return report(List.of(owner), problem, failsAgain);
    }

    /** As {@link #report(Owner, FsckProblem, BooleanSupplier)}, of what two owners cannot share. */
    Verdict report(List<Owner> owners, FsckProblem problem, BooleanSupplier failsAgain) {
        Verdict verdict = watch.confirm(owners, failsAgain);
        if (verdict == Verdict.CONFIRMED) {
            findings.problem(problem.kind(), problem.where(), problem.expected(), problem.actual());
            for (Owner owner : owners) {
                if (owner.level() == Owner.NODE && !owner.isForced()) {
                    findings.damagedNode(owner.index());
                }
            }
        }
        return verdict;
    }

    /**
     * Claims a frame for an owner.
     *
     * @return false when another has it; that is reported
     */
    boolean claim(long pfn, Role role, int ownerNumber) {
        Role was = roles.role(pfn);
        if (was == Role.UNREACHED) {
            roles.claim(pfn, role, ownerNumber);
            return true;
        }
        if (was == Role.DATA && role == Role.DATA) {
            return true;
        }
        Owner owner = roles.owner(ownerNumber);
        Owner other = roles.ownerOf(pfn);
        FsckProblem conflict =
                new FsckProblem(
                        Kind.ROLE,
                        "frame " + pfn,
                        "one role",
                        was + " of " + other.text() + " and " + role + " of " + owner.text());
        if (report(List.of(other, owner), conflict, () -> true) == Verdict.CONFIRMED
                || !watch.isReached(owner, watch.look())) {
            return false;
        }
        // the other one is gone, and its frame was used again
        roles.claim(pfn, role, ownerNumber);
        return true;
    }

    /** Whether the frame is claimed by an owner that is still there. */
    boolean isClaimed(long pfn, Role role) {
        return roles.role(pfn) == role && watch.isReached(roles.ownerOf(pfn), watch.look());
    }
}
