package io.pramd.daemon.torture;

import io.pramd.client.PramTls;
import io.pramd.daemon.fixture.WayIn;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Immutable. How one principal comes in: what its operator has given out to it, as it is now. */
final class KillPass {
    /** Of a daemon that asks nobody who he is. */
    static final KillPass NONE = new KillPass(null, "");

    private final Path folder; // null: nothing is needed
    private final String principal;

    private KillPass(Path folder, String principal) {
        this.folder = folder;
        this.principal = principal;
    }

    /**
     * @param folder of a {@link KillGuard}
     */
    static KillPass of(Path folder, String principal) {
        return new KillPass(folder, principal);
    }

    boolean isNeeded() {
        return folder != null;
    }

    String principal() {
        return principal;
    }

    /**
     * One of the ways in.
     *
     * @param uris of all listeners, separated by commas
     */
    WayIn way(String uris, Random random) {
        if (!isNeeded()) {
            return WayIn.open(uris);
        }
        List<WayIn> ways = new ArrayList<>();
        for (String uri : uris.split(",")) {
            if (uri.startsWith("prams:")) {
                ways.add(byToken(uri));
                ways.add(byCertificate(uri));
            } else if (principal.equals(KillGuard.KNOWN_BY_USER)) {
                ways.add(WayIn.open(uri));
            } else {
                ways.add(byToken(uri));
            }
        }
        return ways.get(random.nextInt(ways.size()));
    }

    private WayIn byToken(String uri) {
        PramTls tls = PramTls.defaults().withTrust(folder.resolve(KillGuard.AUTHORITY));
        Path token = KillGuard.token(folder, principal);
        return new WayIn(uri, config -> config.withTls(tls).withTokenFile(token));
    }

    private WayIn byCertificate(String uri) {
        Path issue = folder.resolve(current());
        PramTls tls =
                PramTls.defaults()
                        .withTrust(folder.resolve(KillGuard.AUTHORITY))
                        .withCertificate(
                                issue.resolve(principal + ".pem"),
                                issue.resolve(principal + ".key"));
        return new WayIn(uri, config -> config.withTls(tls));
    }

    private String current() {
        try {
            return Files.readString(folder.resolve(KillGuard.CURRENT)).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
