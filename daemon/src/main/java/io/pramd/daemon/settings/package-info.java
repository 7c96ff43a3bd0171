/** What files and variables say: read, checked, and known by the place where it stands. */
package io.pramd.daemon.settings;
