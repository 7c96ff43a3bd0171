package io.pramd.daemon.bench;

/**
 * Immutable. How long a daemon took from its exec, after a SIGKILL of the one before, in
 * milliseconds.
 *
 * @param stored what the memory file held
 * @param firstByte until a client had loaded one byte
 * @param firstSave until a save was acknowledged
 */
record Restart(String stored, Spread firstByte, Spread firstSave) {}
