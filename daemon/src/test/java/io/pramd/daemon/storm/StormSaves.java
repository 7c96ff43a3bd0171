package io.pramd.daemon.storm;

import io.pramd.client.PageWriter;
import io.pramd.client.SaveOptions;
import io.pramd.client.SaveStream;
import io.pramd.daemon.storm.StormCall.Said;
import io.pramd.protocol.Errno;
import io.pramd.protocol.Outcome;
import io.pramd.protocol.SaveId;
import io.pramd.protocol.StreamType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** One owner: saves of every form. */
final class StormSaves {
    private static final int QUESTIONS_MAX = 10;

    private final StormKit kit;

    StormSaves(StormKit kit) {
        this.kit = kit;
    }

    void save() {
        String name = kit.randomName();
        StreamType type = kit.random().nextInt(5) == 0 ? StreamType.PAGE : StreamType.BYTE;
        StormContents contents = StormContents.random(kit.random(), type);
        boolean replace = kit.random().nextInt(6) != 0;
        int form = type == StreamType.PAGE ? 0 : 1 + kit.random().nextInt(6);
        StormCall call =
                kit.call("save of " + name + " form=" + form + " replace=" + replace + contents);
        boolean isQuestionLeftToTheClient = call.deadline() == null && kit.random().nextBoolean();
        SaveId saveId = isQuestionLeftToTheClient ? null : SaveId.random();
        SaveOptions options =
                SaveOptions.defaults()
                        .withReplace(replace)
                        .withSaveId(saveId)
                        .withDeadline(call.deadline());
        Said said = call.carryOut(() -> save(name, options, contents, form));
        kit.journal().heard(name, call, said);
        record(name, contents, replace, call, said);
        if (said == Said.UNKNOWN && saveId != null) {
            settle(name, contents, saveId);
        }
    }

    private void record(
            String name, StormContents contents, boolean replace, StormCall call, Said said) {
        StormJournal journal = kit.journal();
        Set<Errno> allowed = EnumSet.noneOf(Errno.class);
        if (!replace && journal.mayBePresent(name) || journal.isPerhapsHeld(name)) {
            allowed.add(Errno.EEXIST);
        }
        call.mayBeRejectedWith(allowed);
        switch (said) {
            case DONE -> {
                if (!replace && !journal.mayBeAbsent(name)) {
                    throw new AssertionError("replaced: " + journal.describe(name) + " " + call);
                }
                journal.becomes(name, Optional.of(contents));
            }
            case NOT_DONE -> {
                if (call.isNotSent()) {
                    journal.mayBeHeld(name);
                }
            }
            case UNKNOWN -> journal.mayBecome(name, Optional.of(contents));
        }
    }

    /**
     * Makes an unknown outcome final: without the question a finish that is still on its way could
     * be carried out later.
     */
    void settle(String name, StormContents contents, SaveId saveId) {
        Outcome outcome = null;
        for (int i = 0; outcome == null && i < QUESTIONS_MAX; i++) {
            outcome = outcome(saveId);
        }
        kit.journal().heard(name, "outcome", outcome);
        Set<Optional<StormContents>> possible = kit.journal().possible(name);
        if (outcome == Outcome.DONE) {
            possible.retainAll(Set.of(Optional.of(contents)));
        } else if (outcome == Outcome.NOT_DONE) {
            possible.remove(Optional.of(contents));
        }
        if (outcome == null || outcome == Outcome.GONE || possible.isEmpty()) {
            throw new AssertionError(
                    "outcome cannot be " + outcome + ": " + kit.journal().describe(name));
        }
    }

    private Outcome outcome(SaveId saveId) {
        Outcome[] outcome = {null};
        StormCall question = new StormCall("outcome", null);
        question.carryOut(() -> outcome[0] = kit.client().outcome(saveId).outcome());
        question.mayBeRejectedWith(Set.of());
        return outcome[0];
    }

    private void save(String name, SaveOptions options, StormContents contents, int form)
            throws IOException {
        byte[] bytes = contents.bytes();
        switch (form) {
            case 0 -> savePages(name, options, bytes);
            case 1 -> kit.client().save(name, options, bytes);
            case 2 -> kit.client().save(name, options, ByteBuffer.wrap(bytes));
            case 3 -> kit.client().save(name, options, direct(bytes));
            case 4 -> kit.client().save(name, options, file(bytes));
            case 5 -> kit.client().save(name, options, out -> writeInChunks(out, bytes));
            default -> saveOpen(name, options, bytes);
        }
    }

    private void savePages(String name, SaveOptions options, byte[] bytes) {
        PageWriter pages = kit.client().openPages(name, options);
        try {
            for (int at = 0; at < bytes.length; at += StormContents.PAGE) {
                ByteBuffer page = ByteBuffer.wrap(bytes, at, StormContents.PAGE);
                pages.append(page, StormContents.flags(at / StormContents.PAGE));
            }
            pages.finish();
        } finally {
            pages.discard();
        }
    }

    private void saveOpen(String name, SaveOptions options, byte[] bytes) {
        SaveStream out = kit.client().openSave(name, options);
        try {
            writeInChunks(out, bytes);
            out.finish();
        } finally {
            out.discard();
        }
    }

    private void writeInChunks(SaveStream out, byte[] bytes) {
        for (int at = 0; at < bytes.length; ) {
            int count = Math.min(bytes.length - at, 1 + kit.random().nextInt(400_000));
            if (kit.random().nextBoolean()) {
                out.write(bytes, at, count);
            } else {
                out.write(ByteBuffer.allocateDirect(count).put(bytes, at, count).flip());
            }
            at += count;
        }
    }

    /** A save that is given up half-way changes nothing. */
    void giveUp() {
        String name = kit.randomName();
        byte[] bytes = StormContents.random(kit.random(), StreamType.BYTE).bytes();
        StormCall call = kit.call("save of " + name + " to be given up");
        SaveOptions options =
                SaveOptions.defaults().withReplace(true).withDeadline(call.deadline());
        IOException mine = new IOException("given up");
        Said said =
                call.carryOut(
                        () -> {
                            try {
                                giveUp(name, options, bytes, mine);
                            } catch (IOException e) {
                                if (e != mine) {
                                    throw e;
                                }
                            }
                        });
        kit.journal().heard(name, call, said);
        call.mayBeRejectedWith(kit.journal().isPerhapsHeld(name) ? Set.of(Errno.EEXIST) : Set.of());
        if (said == Said.UNKNOWN) {
            throw new AssertionError(call + " was never finished: it cannot be unknown");
        }
        kit.journal().mayBeHeld(name); // the daemon may have been away when it was given up
    }

    private void giveUp(String name, SaveOptions options, byte[] bytes, IOException mine)
            throws IOException {
        if (kit.random().nextBoolean()) {
            SaveStream out = kit.client().openSave(name, options);
            try {
                writeInChunks(out, bytes);
            } finally {
                out.discard();
            }
        } else {
            kit.client()
                    .save(
                            name,
                            options,
                            out -> {
                                writeInChunks(out, bytes);
                                throw mine;
                            });
        }
    }

    private static ByteBuffer direct(byte[] bytes) {
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    private Path file(byte[] bytes) throws IOException {
        return Files.write(kit.folder().resolve(kit.prefix().replace('/', '-') + "file"), bytes);
    }
}
