/**
 * Offsets and sizes of every structure of the memory file; the only code that touches raw bytes of
 * metadata.
 */
package io.pramd.daemon.layout;
