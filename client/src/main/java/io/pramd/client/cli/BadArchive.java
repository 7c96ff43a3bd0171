package io.pramd.client.cli;

/** Immutable: what is read is no archive of {@code pram export}, or not all of one. */
final class BadArchive extends LocalFailure {
    private static final long serialVersionUID = 1L;

    BadArchive(String text, Throwable cause) {
        super("no whole archive of pram export: " + text, cause);
    }
}
