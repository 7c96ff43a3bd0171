/**
 * For tests of programs that use pramd: a real daemon, started, killed and started again.
 *
 * <pre>{@code
 * try (PramdProcess daemon = PramdProcess.start();
 *         PramClient client = PramClient.connect(daemon.uri())) {
 *     ...
 *     daemon.kill();
 *     daemon.restart();
 *     ...
 * }
 * }</pre>
 */
package io.pramd.client.testing;
