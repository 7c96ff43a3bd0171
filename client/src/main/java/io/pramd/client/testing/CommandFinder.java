package io.pramd.client.testing;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Immutable. Finds the command that starts a daemon where a test does not name it.
 *
 * @param properties answers the value of a system property, or null
 * @param environment answers the value of an environment variable, or null
 */
record CommandFinder(UnaryOperator<String> properties, UnaryOperator<String> environment) {
    static final String PROPERTY = "pramd.command";
    static final String VARIABLE = "PRAMD_COMMAND";

    private static final String COMMAND = "pramd";

    static CommandFinder ofThisJvm() {
        return new CommandFinder(System::getProperty, System::getenv);
    }

    /**
     * The path of an executable file.
     *
     * @throws PramdProcessException when there is none, naming the three places
     */
    String find() {
        return named("system property " + PROPERTY, properties.apply(PROPERTY))
                .or(() -> named("variable " + VARIABLE, environment.apply(VARIABLE)))
                .or(this::onPath)
                .orElseThrow(
                        () ->
                                new PramdProcessException(
                                        "no pramd command found: neither the system property "
                                                + PROPERTY
                                                + " nor the environment variable "
                                                + VARIABLE
                                                + " is set, and no folder of PATH has an"
                                                + " executable "
                                                + COMMAND));
    }

    private static Optional<String> named(String where, String value) {
        if (value == null || value.isBlank()) {
            return Optional.empty();
        }
        if (!isExecutable(Path.of(value))) {
            throw new PramdProcessException(
                    "the " + where + " does not name an executable file: " + value);
        }
        return Optional.of(value);
    }

    private Optional<String> onPath() {
        String path = environment.apply("PATH");
        return Stream.of((path == null ? "" : path).split(File.pathSeparator))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, COMMAND))
                .filter(CommandFinder::isExecutable)
                .map(Path::toString)
                .findFirst();
    }

    private static boolean isExecutable(Path file) {
        return Files.isRegularFile(file) && Files.isExecutable(file);
    }
}
