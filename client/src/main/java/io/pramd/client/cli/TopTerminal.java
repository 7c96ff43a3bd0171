package io.pramd.client.cli;

import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import org.jline.terminal.Attributes;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStyle;
import org.jline.utils.Curses;
import org.jline.utils.Display;
import org.jline.utils.InfoCmp.Capability;

/**
 * One owner, but for signals. The terminal that {@code pram top} is shown on: its second screen,
 * without a cursor, keys one by one. It is as before once closed, and when a signal ends the
 * process. Only this class knows the library for it, so that no other command loads it.
 */
final class TopTerminal implements AutoCloseable {
    private static final int COLUMNS = 80;
    private static final int ROWS = 24;

    private final Terminal terminal;
    private final Display display;
    private final boolean isColoured;
    private final Attributes before;
    private final String firstScreen; // with a cursor
    private final Thread atExit = new Thread(this::restore, "pram-top-restore");
    private int columns;
    private int rows;
    private volatile boolean isEnded;
    private volatile boolean hasChanged = true;
    private boolean isRestored;

    private TopTerminal(Terminal terminal, boolean isColoured) {
        this.terminal = terminal;
        this.isColoured = isColoured;
        this.display = new Display(terminal, true);
        before = terminal.enterRawMode();
        firstScreen =
                sequence(terminal, Capability.cursor_visible)
                        + sequence(terminal, Capability.exit_ca_mode);
        Runtime.getRuntime().addShutdownHook(atExit);
        terminal.handle(Terminal.Signal.INT, signal -> isEnded = true);
        terminal.handle(Terminal.Signal.QUIT, signal -> isEnded = true);
        terminal.handle(Terminal.Signal.WINCH, signal -> hasChanged = true);
        terminal.handle(Terminal.Signal.CONT, signal -> hasChanged = true);
        withoutSuspending();
        terminal.puts(Capability.enter_ca_mode);
        terminal.puts(Capability.cursor_invisible);
        terminal.flush();
    }

    static TopTerminal open(boolean isColoured) throws IOException {
        return new TopTerminal(
                TerminalBuilder.builder().system(true).jni(true).dumb(false).build(), isColoured);
    }

    /** A stopped process would leave the shell a terminal without echo. */
    private void withoutSuspending() {
        Attributes raw = terminal.getAttributes();
        raw.setControlChar(Attributes.ControlChar.VSUSP, 0);
        terminal.setAttributes(raw);
    }

    int columns() {
        return columns;
    }

    int rows() {
        return rows;
    }

    /** Whether all is to be drawn anew since it was asked last: its size may be another. */
    boolean hasChanged() {
        if (!hasChanged) {
            return false;
        }
        hasChanged = false;
        Size size = terminal.getSize();
        columns = size.getColumns() > 0 ? size.getColumns() : COLUMNS;
        rows = size.getRows() > 0 ? size.getRows() : ROWS;
        display.resize(Size.of(columns, rows));
        display.clear();
        return true;
    }

    /** Whether a signal, or the end of the terminal, has ended it. */
    boolean isEnded() {
        return isEnded;
    }

    /** A key; less than 0 when none was pressed so long. */
    int awaitKey(long millis) throws IOException {
        int key = terminal.reader().read(millis);
        if (key == -1) {
            isEnded = true; // the terminal is gone
        }
        return key;
    }

    void draw(List<TopLine> lines) {
        display.update(
                lines.stream()
                        .map(line -> styled(line, columns, isColoured))
                        .collect(Collectors.toList()),
                -1);
    }

    /** As much of a line as fits into so many columns; a heading fills them. */
    static AttributedString styled(TopLine line, int columns, boolean isColoured) {
        AttributedString text = new AttributedString(line.text(), style(line.tone(), isColoured));
        return text.columnLength() <= columns ? text : text.columnSubSequence(0, columns);
    }

    private static AttributedStyle style(TopLine.Tone tone, boolean isColoured) {
        return switch (tone) {
            case PLAIN -> AttributedStyle.DEFAULT;
            case TITLE -> AttributedStyle.BOLD;
            case HEADING -> AttributedStyle.INVERSE;
            case WARNING ->
                    isColoured
                            ? AttributedStyle.BOLD.foreground(AttributedStyle.RED)
                            : AttributedStyle.BOLD;
        };
    }

    private synchronized void restore() {
        if (isRestored) {
            return;
        }
        isRestored = true;
        try {
            terminal.puts(Capability.cursor_visible);
            terminal.puts(Capability.exit_ca_mode);
            terminal.flush();
            terminal.setAttributes(before);
        } catch (IllegalStateException e) {
            // the library has a hook of its own, which closes it, and sets back its attributes only
            System.out.print(firstScreen);
            System.out.flush();
        }
    }

    private static String sequence(Terminal terminal, Capability capability) {
        String found = terminal.getStringCapability(capability);
        return found == null ? "" : Curses.tputs(found);
    }

    @Override
    public void close() throws IOException {
        restore();
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // it runs already
        }
        terminal.close();
    }
}
