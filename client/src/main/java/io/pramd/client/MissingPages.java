package io.pramd.client;

import java.util.OptionalLong;

/**
 * Immutable: pages of a damaged node, next to each other, that cannot be read any more.
 *
 * @param firstPage index of the first one, from 0
 * @param pageCount how many, at least one
 * @param pfn frame of the one page, which does not verify; empty when it is not known where they
 *     are
 * @param reason for people
 */
public record MissingPages(long firstPage, long pageCount, OptionalLong pfn, String reason) {}
