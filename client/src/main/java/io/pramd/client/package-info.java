/**
 * Saves, loads and lists named streams of a daemon from a Java program.
 *
 * {@snippet class="io.pramd.client.examples.Examples" region="handOver"}
 */
package io.pramd.client;
