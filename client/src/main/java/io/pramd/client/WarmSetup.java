package io.pramd.client;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * Immutable: how a {@link WarmState} is restored and saved; {@link WarmState#of} has the defaults.
 */
public final class WarmSetup {
    private static final Duration DEFAULT_WAIT_FOR = Duration.ofSeconds(10);
    private static final Duration DEFAULT_SHUTDOWN_WITHIN = Duration.ofSeconds(60);

    private final PramClient client;
    private final String name;
    private String fingerprint = "";
    private Duration checkpointEvery;
    private Duration waitFor = DEFAULT_WAIT_FOR;
    private Duration shutdownWithin = DEFAULT_SHUTDOWN_WITHIN;
    private SaveOptions saveOptions = SaveOptions.defaults().withReplace(true);

    WarmSetup(PramClient client, String name) {
        this.client = Objects.requireNonNull(client, "client");
        this.name = Refusals.requireName(name);
    }

    private WarmSetup(WarmSetup other) {
        client = other.client;
        name = other.name;
        fingerprint = other.fingerprint;
        checkpointEvery = other.checkpointEvery;
        waitFor = other.waitFor;
        shutdownWithin = other.shutdownWithin;
        saveOptions = other.saveOptions;
    }

    /**
     * What the state is made from and how it is written: a version, a hash of the sources. A state
     * that was saved under another one is not read.
     *
     * @throws RejectedException if it does not fit into a node's metadata: EINVAL
     */
    public WarmSetup fingerprint(String fingerprint) {
        Refusals.requireMeta(WarmIncarnation.longest(fingerprint).meta());
        WarmSetup changed = new WarmSetup(this);
        changed.fingerprint = fingerprint;
        return changed;
    }

    /**
     * How long after a checkpoint the next one begins. Without it there is one behind every build,
     * and one at the end.
     */
    public WarmSetup checkpointEvery(Duration time) {
        WarmSetup changed = new WarmSetup(this);
        changed.checkpointEvery = PramConfig.positive("checkpointEvery", time);
        return changed;
    }

    /**
     * How long to wait for a save that is under way when this process starts, as that of its
     * predecessor; zero takes what is there. It costs nothing when there is none under way.
     */
    public WarmSetup waitFor(Duration time) {
        WarmSetup changed = new WarmSetup(this);
        changed.waitFor = PramConfig.notNegative("waitFor", time);
        return changed;
    }

    /**
     * How long the last checkpoint may take, its repeats and one that is still under way before it
     * included; the end of the JVM waits for it. What has not ended then is discarded.
     */
    public WarmSetup shutdownWithin(Duration time) {
        WarmSetup changed = new WarmSetup(this);
        changed.shutdownWithin = PramConfig.notNegative("shutdownWithin", time);
        return changed;
    }

    /**
     * How long a checkpoint lives, each from its own end on: what nobody has taken over by then is
     * too old, and gone. As {@link SaveOptions#withTimeToLive}; for ever by default. Longer than
     * {@link #checkpointEvery}, or there are times without one.
     */
    public WarmSetup timeToLive(Duration time) {
        WarmSetup changed = new WarmSetup(this);
        changed.saveOptions = saveOptions.withTimeToLive(Objects.requireNonNull(time, "time"));
        return changed;
    }

    /**
     * Restores or builds a state that can write itself. As {@link #restoreOrBuild(StreamReader,
     * StateBuilder, StateWriter)}, whose writer is the state.
     */
    public <T extends StreamWriter<?>, X extends Exception> WarmState<T> restoreOrBuild(
            StreamReader<T, ?> reader, StateBuilder<T, X> builder) throws X {
        return restoreOrBuild(reader, builder, StreamWriter::writeTo);
    }

    /**
     * Has the node read, or else the state built, and begins to save it now and then.
     *
     * @param reader whatever it throws is a reason to build; null, too
     * @param builder called when there is nothing to read; not null
     * @param writer called on a thread of the state's own
     * @throws X what the builder throws; then nothing is saved
     */
    public <T, X extends Exception> WarmState<T> restoreOrBuild(
            StreamReader<T, ?> reader, StateBuilder<T, X> builder, StateWriter<T> writer) throws X {
        Objects.requireNonNull(builder, "builder");
        Objects.requireNonNull(writer, "writer");
        WarmRestore<T> restore =
                new WarmRestore<>(
                        client,
                        name,
                        Objects.requireNonNull(reader, "reader"),
                        WarmIncarnation.begin(fingerprint));
        Optional<T> restored = restore.attempt(waitFor);
        T state =
                restored.isPresent()
                        ? restored.get()
                        : Objects.requireNonNull(builder.build(), "the builder returned null");
        SaveOptions options = saveOptions.withMeta(restore.incarnation().meta());
        WarmSaver<T> saver =
                new WarmSaver<>(client, name, restore.incarnation(), state, writer, options);
        WarmState<T> warm = new WarmState<>(saver, restore.report(), shutdownWithin);
        warm.begin(checkpointEvery);
        return warm;
    }
}
