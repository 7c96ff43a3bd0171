package io.pramd.daemon.torture;

import io.pramd.client.LoadOptions;
import io.pramd.client.LoadStream;
import io.pramd.client.PageReader;
import io.pramd.client.PramClient;
import io.pramd.client.PramException;
import io.pramd.daemon.fixture.DaemonProcess;
import io.pramd.daemon.flip.FlipScene;
import io.pramd.daemon.flip.FlipScene.Saved;
import io.pramd.daemon.flip.FlipSweep;
import io.pramd.daemon.flip.FlipTrial.Flip;
import io.pramd.daemon.flip.FrameOwners;
import io.pramd.daemon.flip.FrameOwners.Owned;
import io.pramd.daemon.flip.FrameOwners.Role;
import io.pramd.daemon.layout.FileLayout;
import io.pramd.daemon.layout.NodeType;
import io.pramd.daemon.recovery.BootIds;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** One owner. {@code scripts/torture flip}. */
@Command(
        name = "flip",
        description = {
            "Flips bits of a small memory file, one at a time: each goes through fsck, dump, an"
                    + " opening with its walk and a load of every node, in process. Nothing wrong"
                    + " may be handed out, and what the flip does not touch must load.",
            "Each of the first rounds takes every bit of an eighth of a frame of metadata, until"
                + " there is no other, and the rounds behind them bytes of all frames by chance."
                + " Each round also starts real daemons on flipped files, and loads over their"
                + " sockets."
        })
final class FlipCommand implements Callable<Integer> {
    private static final int THREADS = 2;
    private static final int BY_CHANCE = 4096;
    private static final int PART_BYTES = 512;

    @Mixin private TortureOptions options;

    @Option(
            names = "--daemons",
            paramLabel = "N",
            description = "Real daemons in each round. Default: ${DEFAULT-VALUE}.",
            defaultValue = "3")
    private int daemons;

    private FlipScene small;
    private FlipScene twoLinks;
    private FrameOwners ofSmall;

    /** A part of a frame of one of the files whose every bit is flipped. */
    private record Target(FlipScene scene, long pfn, int firstByte) {
        static List<Target> of(FlipScene scene, long pfn) {
            List<Target> parts = new ArrayList<>();
            for (int at = 0; at < FileLayout.FRAME_BYTES; at += PART_BYTES) {
                parts.add(new Target(scene, pfn, at));
            }
            return parts;
        }
    }

    @Override
    public Integer call() throws Exception {
        Path built = Files.createTempDirectory("pramd-flip");
        try {
            small = FlipScene.build(built.resolve("small"), 3);
            twoLinks = FlipScene.build(built.resolve("two-links"), FlipScene.TWO_LINKS);
            ofSmall = small.owners(built.resolve("small"));
            List<Target> targets = targets(built);
            Rounds rounds = options.rounds("");
            return rounds.run(seed -> round(targets, rounds.ended(), seed));
        } finally {
            for (String name : List.of("small", "small.pid", "two-links", "two-links.pid", "")) {
                Files.deleteIfExists(built.resolve(name));
            }
        }
    }

    private List<Target> targets(Path built) {
        List<Target> targets = new ArrayList<>();
        ofSmall.byPfn()
                .forEach(
                        (pfn, owned) -> {
                            if (owned.role() != Role.DATA && owned.role() != Role.RESERVED) {
                                targets.addAll(Target.of(small, pfn));
                            }
                        });
        twoLinks.owners(built.resolve("two-links"))
                .byPfn()
                .forEach(
                        (pfn, owned) -> {
                            if (owned.role() == Role.LINK && owned.node().equals(FlipScene.PAGES)) {
                                targets.addAll(Target.of(twoLinks, pfn));
                            }
                        });
        return targets;
    }

    private Map<String, Long> round(List<Target> targets, long round, long seed)
            throws IOException, InterruptedException {
        Random random = new Random(seed);
        boolean isFrame = round < targets.size();
        FlipScene scene = isFrame ? targets.get((int) round).scene() : small;
        List<List<Flip>> flips = isFrame ? everyBit(targets.get((int) round)) : byChance(random);
        Path folder = FlipSweep.folderInMemory(options.folder());
        FlipSweep.Found found = FlipSweep.run(scene, folder, flips, THREADS);
        if (!folder.equals(options.folder())) {
            Files.deleteIfExists(folder);
        }
        List<String> faults = new ArrayList<>(found.faults());
        for (int i = 0; i < daemons; i++) {
            serve(random, faults);
        }
        if (!faults.isEmpty()) {
            Files.write(options.folder().resolve("evidence-" + seed + ".txt"), faults);
        }
        Map<String, Long> figures = new LinkedHashMap<>();
        figures.put("flips", found.tried());
        figures.put("damagedNodes", found.damagedNodes());
        figures.put("daemons", (long) daemons);
        figures.put("wrong", (long) faults.size());
        return figures;
    }

    private static List<List<Flip>> everyBit(Target target) {
        List<List<Flip>> flips = new ArrayList<>();
        for (int bit = 0; bit < PART_BYTES * Byte.SIZE; bit++) {
            int offset = target.firstByte() + bit / Byte.SIZE;
            flips.add(List.of(new Flip(target.pfn(), offset, 1 << bit % Byte.SIZE)));
        }
        return flips;
    }

    private static List<List<Flip>> byChance(Random random) {
        List<List<Flip>> flips = new ArrayList<>();
        for (int i = 0; i < BY_CHANCE; i++) {
            flips.add(List.of(anywhere(random)));
        }
        return flips;
    }

    private static Flip anywhere(Random random) {
        // frames of the first half, where all that is in use lies, and the second copies
        long pfn = random.nextInt(FileLayout.SECOND_COPY_DISTANCE + 64);
        return new Flip(pfn, random.nextInt(FileLayout.FRAME_BYTES), 1 + random.nextInt(255));
    }

    // ---- with a real daemon

    private void serve(Random random, List<String> faults) throws IOException {
        Path memory = options.folder().resolve("memory");
        FlipScene scene =
                FlipScene.build(options.folder().resolve("built"), 3, BootIds.read(BootIds.KERNEL));
        Files.delete(options.folder().resolve("built"));
        List<Long> frames = List.copyOf(ofSmall.byPfn().keySet());
        Flip flip =
                new Flip(
                        frames.get(random.nextInt(frames.size())),
                        random.nextInt(FileLayout.FRAME_BYTES),
                        1 + random.nextInt(255));
        Owned owned = ofSmall.byPfn().get(flip.pfn());
        byte[] image = scene.image().clone();
        image[(int) FileLayout.fileOffset(flip.pfn()) + flip.offset()] ^= (byte) flip.xor();
        Files.write(memory, image, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING);
        try (DaemonProcess daemon = DaemonProcess.start(memory);
                PramClient client = PramClient.connect(daemon.uri())) {
            for (Map.Entry<String, Saved> node : scene.nodes().entrySet()) {
                boolean isTouched = !owned.isHeld() && owned.node().equals(node.getKey());
                load(client, node, isTouched)
                        .ifPresent(fault -> faults.add("daemon, " + flip + ": " + fault));
            }
        } catch (RuntimeException e) {
            faults.add("daemon, " + flip + " of " + owned + ": " + e);
        }
        Files.deleteIfExists(memory);
    }

    /** What is wrong with a load: other contents, or none of a node that was not touched. */
    private static Optional<String> load(
            PramClient client, Map.Entry<String, Saved> node, boolean isTouched) {
        Saved saved = node.getValue();
        try {
            byte[] contents =
                    saved.type() == NodeType.BYTE
                            ? client.peek(node.getKey(), LoadStream::readAllBytes)
                            : pages(client, node.getKey());
            byte[] expected = Arrays.copyOf(saved.contents(), saved.length());
            return Arrays.equals(contents, expected)
                    ? Optional.empty()
                    : Optional.of("wrong contents of " + node.getKey());
        } catch (PramException e) {
            return isTouched ? Optional.empty() : Optional.of("not touched, and not loaded: " + e);
        }
    }

    private static byte[] pages(PramClient client, String name) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        ByteBuffer page = ByteBuffer.allocate(FileLayout.FRAME_BYTES);
        try (PageReader reader = client.openPagePeek(name, LoadOptions.defaults())) {
            while (reader.next(page.clear())) {
                all.writeBytes(page.array());
            }
        }
        return all.toByteArray();
    }
}
