/** How much of the memory file each principal and each prefix uses, and may use. */
package io.pramd.daemon.quota;
