package io.pramd.daemon.admin;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.NetUtil;
import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.Errno;
import java.net.InetAddress;

/**
 * Immutable: whether a request comes from a page of this listener. On loopback nobody is asked who
 * he is, so a page of somebody else in a browser of this machine must not be able to ask: neither
 * across origins nor by a name of its own that it has made to mean 127.0.0.1 (DNS rebinding).
 */
final class Origin {
    private static final String FETCH_SITE = "Sec-Fetch-Site";

    private final AdminAddress address;

    Origin(AdminAddress address) {
        this.address = address;
    }

    /**
     * @throws StoreException EACCES
     */
    void require(HttpHeaders headers) {
        String site = headers.get(FETCH_SITE, "none");
        if (site.equals("cross-site") || site.equals("same-site")) {
            throw StoreException.of(
                    Errno.EACCES, "asked by a page of another origin: " + FETCH_SITE + "=" + site);
        }
        String host = headers.get(HttpHeaderNames.HOST, "");
        if (address.isLocal() && !isLoopback(withoutPort(host))) {
            throw StoreException.of(
                    Errno.EACCES,
                    "asked by a name that is not this machine's loopback: Host="
                            + Printable.of(host)
                            + " expected=localhost or an address of loopback");
        }
    }

    private static String withoutPort(String host) {
        int end = host.startsWith("[") ? host.indexOf(']') + 1 : host.indexOf(':');
        return end > 0 ? host.substring(0, end) : host;
    }

    private static boolean isLoopback(String host) {
        if (host.equalsIgnoreCase("localhost")) {
            return true;
        }
        InetAddress literal = NetUtil.createInetAddressFromIpAddressString(host);
        return literal != null && literal.isLoopbackAddress();
    }
}
