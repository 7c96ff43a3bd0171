/**
 * The admin listener: health, metrics, JSON and the page of a daemon, over HTTP. It has threads of
 * its own, and reads what others show; nothing of the data path waits for it.
 */
package io.pramd.daemon.admin;
