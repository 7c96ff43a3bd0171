/** Opens a memory file in numbered steps; walks, checks and prints what it holds. */
package io.pramd.daemon.recovery;
