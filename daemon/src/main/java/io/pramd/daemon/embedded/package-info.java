/** For tests of programs that use pramd: a daemon inside the test's own JVM. */
package io.pramd.daemon.embedded;
