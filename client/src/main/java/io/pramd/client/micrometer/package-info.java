/** Binds the client's events to Micrometer, for programs that have it. */
package io.pramd.client.micrometer;
