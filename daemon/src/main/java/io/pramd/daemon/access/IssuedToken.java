package io.pramd.daemon.access;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/**
 * Immutable. A token as the tokens file has it: whose it is, and how to know it, but not itself.
 */
public record IssuedToken(String id, String principal, TokenHash hash, Instant created) {
    private static final int FIELDS = 4;

    /** What a line looks like, for messages. */
    static final String EXPECTED = "ID PRINCIPAL HASH CREATED";

    String line() {
        return id + " " + principal + " " + hash.text() + " " + created;
    }

    /**
     * Reads what {@link #line} wrote.
     *
     * @param problem takes what was expected and what is there instead
     */
    static Optional<IssuedToken> parse(String line, Problem problem) {
        String[] fields = line.split(" ", -1);
        if (fields.length != FIELDS) {
            // what it says is not repeated: it may be a token that somebody has put there
            problem.is("wrong number of fields", EXPECTED, String.valueOf(fields.length));
            return Optional.empty();
        }
        Optional<TokenHash> hash = TokenHash.parse(fields[2]);
        Optional<Instant> created = instant(fields[3]);
        if (!TokenText.ID.matcher(fields[0]).matches()) {
            problem.is(
                    "not the id of a token", "16 hex digits", fields[0].length() + " characters");
        } else if (!Principals.isName(fields[1])) {
            problem.is(
                    "not a name of a principal",
                    Principals.EXPECTED,
                    fields[1].length() + " characters");
        } else if (hash.isEmpty()) {
            problem.is("not a hash", TokenHash.EXPECTED, fields[2].length() + " characters");
        } else if (created.isEmpty()) {
            problem.is(
                    "not a time",
                    "such as 2026-01-31T12:00:00Z",
                    fields[3].length() + " characters");
        } else {
            return Optional.of(new IssuedToken(fields[0], fields[1], hash.get(), created.get()));
        }
        return Optional.empty();
    }

    private static Optional<Instant> instant(String text) {
        try {
            return Optional.of(Instant.parse(text));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** Takes what is wrong with a line. */
    @FunctionalInterface
    interface Problem {
        void is(String text, String expected, String actual);
    }
}
