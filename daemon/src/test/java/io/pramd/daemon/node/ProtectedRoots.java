package io.pramd.daemon.node;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * One owner. For tests that leave out a rule: takes from a running store what it knows of roots
 * that a crash could bring back, which no code of the product can.
 */
public final class ProtectedRoots {
    private final Reclaimer reclaimer;
    private final List<Long> roots;

    private ProtectedRoots(Reclaimer reclaimer, List<Long> roots) {
        this.reclaimer = reclaimer;
        this.roots = roots;
    }

    @SuppressWarnings("unchecked")
    public static ProtectedRoots of(Store store) {
        CompletableFuture<Changes> changes = (CompletableFuture<Changes>) field(store, "changes");
        Reclaimer reclaimer = (Reclaimer) field(changes.join(), "reclaimer");
        return new ProtectedRoots(reclaimer, (List<Long>) field(reclaimer, "protectedRoots"));
    }

    private static Object field(Object owner, String name) {
        try {
            var field = owner.getClass().getDeclaredField(name);
            field.setAccessible(true);
            return field.get(owner);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    /** What only roots before the current one reach is free. */
    public void forgetOlder() {
        reclaimer.forced(reclaimer.currentRoot());
    }

    /** The root that is being forced is not protected. */
    public void forgetNewest() {
        synchronized (reclaimer) {
            roots.removeLast();
        }
    }
}
