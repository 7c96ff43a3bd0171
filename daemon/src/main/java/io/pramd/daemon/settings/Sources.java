package io.pramd.daemon.settings;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Immutable. Where settings are looked for.
 *
 * @param standardFile is read where it is there and no other is named
 * @param environment all variables
 */
public record Sources(Path standardFile, Map<String, String> environment) {
    private static final String FILE_VARIABLE = "PRAMD_CONFIG";

    /** Those of the launcher, of systemd's unit and of those who start daemons in tests. */
    private static final Set<String> OTHER_VARIABLES =
            Set.of(FILE_VARIABLE, "PRAMD_OPTS", "PRAMD_COMMAND", "PRAMD_SERVE_OPTIONS");

    public Sources {
        environment = Map.copyOf(environment);
    }

    /** Those of this process. */
    public static Sources ofProcess() {
        return new Sources(Path.of("/etc/pramd/pramd.conf"), System.getenv());
    }

    /** A variable that is set; an empty one is not. */
    Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
    }

    /** Whether a variable is one that no key has. */
    static boolean isOther(String variable) {
        return OTHER_VARIABLES.contains(variable);
    }

    /**
     * The file to read. The standard one is left out only where it is certain that there is none:
     * one that cannot be looked at, or a link that leads nowhere, fails when it is read, as whoever
     * wrote it relies on what it says of access.
     *
     * @param named by an option; empty: none is
     */
    Optional<Path> file(Optional<Path> named) {
        return named.or(() -> variable(FILE_VARIABLE).map(Path::of))
                .or(() -> Optional.of(standardFile).filter(Sources::mayBeThere));
    }

    private static boolean mayBeThere(Path file) {
        return !Files.notExists(file, LinkOption.NOFOLLOW_LINKS);
    }
}
