/** The pramd command; the only place that wires the daemon together. */
package io.pramd.daemon.cli;
