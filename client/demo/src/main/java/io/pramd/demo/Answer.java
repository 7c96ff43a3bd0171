package io.pramd.demo;

/**
 * Immutable: what the index knows.
 *
 * @param hits documents that have all words
 * @param best of them; empty when there is none
 */
record Answer(int hits, String best) {}
