/** Who somebody is, and which names they may do what with: the rules and the tokens of a daemon. */
package io.pramd.daemon.access;
