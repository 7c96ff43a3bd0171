package io.pramd.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WholeLinesTest {
    @TempDir private Path folder;

    private final List<String> heard = new ArrayList<>();

    private WholeLines lines(Path file) {
        return new WholeLines(
                file,
                false,
                new WholeLines.Listener() {
                    @Override
                    public void lost(IOException cause) {
                        heard.add("lost");
                    }

                    @Override
                    public void written() {
                        heard.add("written");
                    }
                });
    }

    @Test
    void halfALineThatWasLeftIsEndedBeforeTheNext() throws IOException {
        Path file = Files.writeString(folder.resolve("audit"), "whole\nha");
        try (WholeLines lines = lines(file)) {
            lines.write("a\n".getBytes());
            lines.write("b\n".getBytes());
        }
        assertThat(Files.readAllLines(file)).containsExactly("whole", "ha", "a", "b");
        assertThat(heard).containsExactly("written", "written");
    }

    @Test
    void aLineThatCannotBeWrittenIsLostAndTheNextIsTriedAgain() throws IOException {
        Path gone = folder.resolve("gone");
        Path file = gone.resolve("audit");
        try (WholeLines lines = lines(file)) {
            lines.write("a\n".getBytes());
            lines.write("b\n".getBytes());
            Files.createDirectory(gone);
            lines.write("c\n".getBytes());
        }
        assertThat(heard).containsExactly("lost", "lost", "written");
        assertThat(Files.readString(file)).isEqualTo("c\n");
    }

    @Test
    void noLineIsLostWhereTheFileIsMovedAway() throws IOException {
        Path file = folder.resolve("audit");
        Path moved = folder.resolve("audit.1");
        try (WholeLines lines = lines(file)) {
            lines.write("a\n".getBytes());
            Files.move(file, moved);
            lines.write("b\n".getBytes());
            Files.move(file, folder.resolve("audit.2"));
            Files.writeString(file, "another's\n");
            lines.write("c\n".getBytes());
        }
        assertThat(heard).containsExactly("written", "written", "written");
        assertThat(Files.readString(moved)).isEqualTo("a\n");
        assertThat(Files.readString(folder.resolve("audit.2"))).isEqualTo("b\n");
        assertThat(Files.readString(file)).isEqualTo("another's\nc\n");
    }

    /** As by the end of a log that has lines left to write. */
    @Test
    void anInterruptLosesNoLineAndIsHandedOn() throws IOException {
        Path file = folder.resolve("audit");
        try (WholeLines lines = lines(file)) {
            lines.write("a\n".getBytes());
            Thread.currentThread().interrupt();
            lines.write("b\n".getBytes());
            assertThat(Thread.interrupted()).isTrue();
            lines.write("c\n".getBytes());
        }

        assertThat(Files.readAllLines(file)).containsExactly("a", "b", "c");
        assertThat(heard).containsExactly("written", "written", "written");
    }
}
