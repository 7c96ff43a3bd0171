/** How much a principal, or what lies below a prefix, may hold. */
package io.pramd.daemon.quota;
