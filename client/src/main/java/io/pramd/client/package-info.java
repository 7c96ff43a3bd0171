/** Saves, loads and lists named streams of a daemon from a Java program. */
package io.pramd.client;
