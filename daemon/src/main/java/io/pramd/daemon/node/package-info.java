/**
 * Named nodes: the directory tree and its commits, their states and pins, their page and byte
 * streams.
 */
package io.pramd.daemon.node;
