package io.pramd.daemon.server;

import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.daemon.node.Store;
import java.nio.file.Path;
import java.util.List;

/** One owner: a store on a real file that does everything on the caller's thread, and sessions. */
final class ServedStore implements AutoCloseable {
    private final StoreFixture fixture;
    private Sessions sessions;

    private ServedStore(StoreFixture fixture, ServerLimits limits) {
        this.fixture = fixture;
        sessions = sessions(limits);
    }

    static ServedStore in(Path folder) {
        return in(folder, ServerLimits.defaults());
    }

    static ServedStore in(Path folder, ServerLimits limits) {
        Path file = folder.resolve("memory");
        return new ServedStore(
                StoreFixture.format(file, StoreFixture.SMALL_BYTES, How.ON_CALLER), limits);
    }

    /** A new store, so protected. */
    static ServedStore guarded(Path folder, Protection protection) {
        ServedStore served = in(folder);
        served.sessions = served.sessions(ServerLimits.defaults(), protection);
        return served;
    }

    /** A new store, so measured. */
    static ServedStore metered(Path folder, RequestMeter meter) {
        ServedStore served = in(folder);
        served.sessions =
                new Sessions(
                        ServerConfig.of(served.store(), List.of(), "pramd test").withMeter(meter));
        return served;
    }

    /** A new store, opened in some way. */
    static ServedStore opened(Path folder, How how) {
        Path file = folder.resolve("memory");
        return new ServedStore(
                StoreFixture.format(file, StoreFixture.SMALL_BYTES, how), ServerLimits.defaults());
    }

    /** A store on which nothing happens by itself after some time. */
    static ServedStore alone(Path folder) {
        Path file = folder.resolve("memory");
        return new ServedStore(
                StoreFixture.format(file, StoreFixture.SMALL_BYTES, How.ON_CALLER_ALONE),
                ServerLimits.defaults());
    }

    /** A store whose references are not counted before {@link #walk()}. */
    static ServedStore withoutWalk(Path folder) {
        return withoutWalk(folder, ServerLimits.defaults());
    }

    static ServedStore withoutWalk(Path folder, ServerLimits limits) {
        Path file = folder.resolve("memory");
        StoreFixture.format(file, StoreFixture.SMALL_BYTES, How.ON_CALLER).close();
        return new ServedStore(StoreFixture.openWithoutWalk(file, How.ON_CALLER), limits);
    }

    void walk() {
        fixture.opened().recover();
    }

    Store store() {
        return fixture.store();
    }

    StoreFixture fixture() {
        return fixture;
    }

    Sessions sessions() {
        return sessions;
    }

    long framesFree() {
        return fixture.freeAndHeld();
    }

    /** A connection that has sent nothing. */
    EmbeddedClient connect() {
        return new EmbeddedClient(sessions);
    }

    EmbeddedClient greeted() {
        return EmbeddedClient.greeted(sessions);
    }

    /** As those there are, but not draining. */
    Sessions freshSessions() {
        return sessions(ServerLimits.defaults());
    }

    private Sessions sessions(ServerLimits limits) {
        return sessions(limits, Protection.NONE);
    }

    private Sessions sessions(ServerLimits limits, Protection protection) {
        return new Sessions(
                ServerConfig.of(fixture.store(), List.of(), "pramd test")
                        .withLimits(limits)
                        .withProtection(protection)
                        .withBackups(fixture.opened()::backup));
    }

    @Override
    public void close() {
        if (Boolean.TRUE.equals(fixture.store().info().get("recovery.complete"))) {
            fixture.close();
        } else {
            fixture.kill(); // a clean end would wait for the walk
        }
    }
}
