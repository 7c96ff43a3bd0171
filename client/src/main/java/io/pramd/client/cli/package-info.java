/** The pram command, written on nothing but the client library. */
package io.pramd.client.cli;
