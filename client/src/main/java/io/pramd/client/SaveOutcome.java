package io.pramd.client;

import io.pramd.protocol.Outcome;
import java.util.OptionalLong;

/**
 * Immutable: what became of a save.
 *
 * @param outcome done; not done, and final: it never will be; gone: it was done, and has been
 *     consumed, replaced or removed; unknown: too long ago, or before the daemon's last start, and
 *     not there now
 * @param sequence of the node when it is done
 */
public record SaveOutcome(Outcome outcome, OptionalLong sequence) {}
