/**
 * The mapped memory file: its frames, who refers to them, their checksums, and forcing them to the
 * device.
 */
package io.pramd.daemon.memory;
