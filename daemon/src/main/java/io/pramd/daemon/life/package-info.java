/**
 * The life of a served memory file: opened, recovered behind the serving, drained, forced, closed.
 */
package io.pramd.daemon.life;
