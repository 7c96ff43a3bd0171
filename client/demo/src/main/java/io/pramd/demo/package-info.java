/** A service that answers questions about a lot of text, and is warm when it starts again. */
package io.pramd.demo;
