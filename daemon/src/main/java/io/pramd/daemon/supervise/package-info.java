/**
 * What a daemon has with other processes: sockets that it gets from them and leaves to them, and
 * word of its state for who supervises it.
 */
package io.pramd.daemon.supervise;
