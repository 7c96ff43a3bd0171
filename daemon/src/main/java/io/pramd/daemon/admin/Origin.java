package io.pramd.daemon.admin;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.NetUtil;
import io.pramd.daemon.memory.Printable;
import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.Errno;
import java.net.InetAddress;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Immutable: whether a request comes from a page of this listener. On loopback nobody is asked who
 * he is, so a page of somebody else in a browser of this machine must not be able to ask: neither
 * across origins nor by a name of its own that it has made to mean 127.0.0.1 (DNS rebinding).
 */
final class Origin {
    private static final String FETCH_SITE = "Sec-Fetch-Site";
    private static final String FETCH_MODE = "Sec-Fetch-Mode";
    private static final Pattern HOST = Pattern.compile("(\\[[^\\[\\]]*]|[^:]*)(:[0-9]*)?");

    private final AdminAddress address;

    Origin(AdminAddress address) {
        this.address = address;
    }

    /**
     * @throws StoreException EACCES
     */
    void require(HttpHeaders headers) {
        String site = headers.get(FETCH_SITE, "none");
        // a link that somebody has followed: the browser shows the answer, and no script gets it
        boolean isLink = headers.get(FETCH_MODE, "").equals("navigate");
        if (!isLink && (site.equals("cross-site") || site.equals("same-site"))) {
            throw StoreException.of(
                    Errno.EACCES, "asked by a page of another origin: " + FETCH_SITE + "=" + site);
        }
        List<String> hosts = headers.getAll(HttpHeaderNames.HOST);
        String host = hosts.size() == 1 ? hosts.getFirst() : String.join(", ", hosts);
        // every browser says one: a probe that does not is no page's
        if (address.isLocal() && !hosts.isEmpty() && !isLoopback(withoutPort(host))) {
            throw StoreException.of(
                    Errno.EACCES,
                    "asked by a name that is not this machine's loopback: Host="
                            + Printable.of(host)
                            + " expected=localhost or an address of loopback");
        }
    }

    /** Empty for what is no host. */
    private static String withoutPort(String host) {
        Matcher parts = HOST.matcher(host);
        return parts.matches() ? parts.group(1) : "";
    }

    private static boolean isLoopback(String host) {
        if (host.equalsIgnoreCase("localhost")) {
            return true;
        }
        InetAddress literal = NetUtil.createInetAddressFromIpAddressString(host);
        return literal != null && literal.isLoopbackAddress();
    }
}
