/** Upgrades of a daemon under clients that never stop calling. */
package io.pramd.daemon.upgrade;
