package io.pramd.daemon.cut;

import static io.pramd.daemon.fixture.Refusals.await;

import io.pramd.daemon.fixture.StoreFixture;
import io.pramd.daemon.fixture.StoreFixture.How;
import io.pramd.daemon.layout.BootId;
import io.pramd.daemon.layout.Durability;
import io.pramd.daemon.memory.MemoryObserver;
import io.pramd.daemon.node.CrashPoint;
import io.pramd.daemon.node.ListRequest;
import io.pramd.daemon.node.NodeInfo;
import io.pramd.daemon.node.State;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * One owner. A store on a simulated device that a test drives step by step: processes start on it,
 * are killed, and the power is cut.
 */
final class CutStore implements AutoCloseable {
    private static final ListRequest ALL = new ListRequest("", 0, 0, 1000);

    private final SplittableRandom random;
    private final ScratchFile file;
    private final ScratchFile after;
    private final Machine machine;

    CutStore(Path folder, long seed) {
        random = new SplittableRandom(seed);
        Image formatted = Machine.formatted(folder);
        file = new ScratchFile(folder.resolve("memory"), Machine.FRAMES);
        after = new ScratchFile(folder.resolve("after"), Machine.FRAMES);
        machine = new Machine(file, formatted, random, LeftOut.NOTHING);
    }

    /** Starts a process, which {@link #kill} ends, or {@link #cutPower} with all else. */
    StoreFixture start(Durability level) {
        Recorder recorder =
                new Recorder(file, machine.device(), random, Omission.NONE, new Unmoved());
        return StoreFixture.open(file.path(), how(recorder, recorder, machine.boot(), level));
    }

    private static How how(
            MemoryObserver observer,
            CrashPoint.Listener crashPoints,
            BootId boot,
            Durability level) {
        return How.ON_CALLER_ALONE
                .observedBy(observer)
                .stoppedBy(crashPoints)
                .underBoot(boot)
                .at(level);
    }

    void kill(StoreFixture process) {
        process.kill();
        machine.kill();
    }

    void cutPower(StoreFixture process) {
        process.kill();
        machine.cutPower();
    }

    /** What a start would find if the power were cut now, in one of many ways; checked there. */
    Map<String, Long> foundAfterCut(Durability level) {
        after.become(machine.afterCut());
        StoreFixture start =
                StoreFixture.open(
                        after.path(),
                        how(after.observer(), CrashPoint.Listener.NONE, machine.nextBoot(), level));
        Map<String, Long> found = contents(start);
        start.requireEveryFrameAccountedFor();
        start.kill();
        return found;
    }

    /** The checksums of all nodes, read whole, by name. */
    static Map<String, Long> contents(StoreFixture process) {
        Map<String, Long> contents = new TreeMap<>();
        for (NodeInfo node : await(process.store().list(ALL)).nodes()) {
            if (node.state() != State.READY) {
                throw new AssertionError("not ready: " + node);
            }
            contents.put(node.name(), sum(process.streams().peek(node.name())));
        }
        return contents;
    }

    static long sum(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return crc.getValue();
    }

    private static final class Unmoved implements Recorder.Witness {
        @Override
        public void happened() {}

        @Override
        public void reached(CrashPoint point) {}

        @Override
        public void forcing(int first) {}
    }

    @Override
    public void close() {
        file.close();
        after.close();
    }
}
