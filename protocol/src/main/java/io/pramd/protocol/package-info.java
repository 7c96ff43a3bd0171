/** The messages of the wire, their numbers and their bytes; knows buffers, but no socket. */
package io.pramd.protocol;
