/** A client that does everything at once while its daemon is killed and started again. */
package io.pramd.daemon.storm;
