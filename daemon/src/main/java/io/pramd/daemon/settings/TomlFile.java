package io.pramd.daemon.settings;

import io.pramd.daemon.memory.Printable;
import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.Errno;
import java.nio.file.Path;
import org.tomlj.Toml;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlTable;

/** Immutable. The text of a file in TOML, and what is not TOML about it. */
public final class TomlFile {
    private TomlFile() {}

    /**
     * The whole file; incomplete when a problem is noted.
     *
     * @param what "rules file", for the message
     * @throws StoreException EINVAL where the parser itself gives up
     */
    public static Section parse(Path file, String text, String what, Problems problems) {
        return Section.ofFile(table(file, text, what, problems), new SourceLines(text), problems);
    }

    private static TomlTable table(Path file, String text, String what, Problems problems) {
        try {
            TomlParseResult toml = Toml.parse(text);
            toml.errors().forEach(error -> notToml(error, problems));
            return toml;
        } catch (TomlParseError e) {
            // so it says that a key in quotes is wrong
            notToml(e, problems);
            return Toml.parse("");
        } catch (StackOverflowError e) {
            // some hundred brackets within each other: it goes down one by one
            throw StoreException.of(
                    Errno.EINVAL, "the " + what + " is nested too deeply: file=" + file);
        } catch (RuntimeException | AssertionError e) {
            // a fault of the parser's own: else nobody would be told that the file is not in force
            throw StoreException.of(
                    Errno.EINVAL,
                    "the "
                            + what
                            + " cannot be parsed: file="
                            + file
                            + " cause="
                            + Printable.of(e.toString()));
        }
    }

    private static void notToml(TomlParseError error, Problems problems) {
        problems.add(
                error.position().line(),
                "not TOML: " + Printable.of(String.valueOf(error.getMessage())));
    }
}
