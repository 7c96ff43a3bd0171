package io.pramd.daemon.node;

import java.util.Optional;

/**
 * Immutable. A node that does not verify, addressed by the frame of its node page.
 *
 * @param node what was known of it; empty when its node page could not be read
 */
record Quarantined(long pfn, int slot, String reason, Optional<Node> node) {}
