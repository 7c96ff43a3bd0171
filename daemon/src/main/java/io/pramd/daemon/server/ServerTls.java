package io.pramd.daemon.server;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Thread-safe: TLS of all {@code prams} listeners. Connections that begin get what the files held
 * when they were last read whole; those that are there keep what they have begun with.
 *
 * <p>By the JDK's implementation, as docs/decisions/0020-tls-by-the-jdk.md says why.
 */
public final class ServerTls {
    private static final Logger LOG = LoggerFactory.getLogger(ServerTls.class);

    private final TlsConfig config;
    private volatile SslContext context;
    private volatile String fault = "";

    private ServerTls(TlsConfig config, SslContext context) {
        this.config = config;
        this.context = context;
    }

    /**
     * Reads the files.
     *
     * @throws StoreException ENOENT, EACCES or EINVAL; the text names the file
     */
    public static ServerTls read(TlsConfig config) {
        return new ServerTls(config, contextOf(config));
    }

    /** What is read, to be looked at for changes. */
    public List<Path> files() {
        return config.files();
    }

    /**
     * Reads the files again. Where they do not fit each other, because one of them is still to be
     * replaced, the old ones stay in force.
     */
    public void reread() {
        try {
            context = contextOf(config);
            fault = "";
            LOG.info("certificates are read again: file={}", config.certificates());
        } catch (StoreException e) {
            if (!e.getMessage().equals(fault)) {
                LOG.error("the certificates read before stay in force: {}", e.getMessage());
            }
            fault = e.getMessage();
        }
    }

    /** Why the files could not be read last time; empty when they could. */
    public String fault() {
        return fault;
    }

    /** Whether nobody gets in without a certificate. */
    public boolean requiresClient() {
        return config.requiresClient();
    }

    /** TLS for a connection that begins now, of another protocol. */
    public SslHandler newHandler(ByteBufAllocator allocator) {
        return context.newHandler(allocator);
    }

    /** For a connection that begins now. */
    SslContext context() {
        return context;
    }

    private static SslContext contextOf(TlsConfig config) {
        config.files().forEach(ServerTls::requireReadable);
        try {
            PemIdentity identity = PemIdentity.read(config.certificates(), config.key());
            SslContextBuilder builder =
                    SslContextBuilder.forServer(identity.key(), identity.certificates())
                            .sslProvider(SslProvider.JDK);
            builder.protocols(
                    config.allows12() ? List.of("TLSv1.3", "TLSv1.2") : List.of("TLSv1.3"));
            Optional<Path> authorities = config.clientAuthorities();
            if (authorities.isPresent()) {
                builder.trustManager(authorities.get().toFile());
                builder.clientAuth(
                        config.requiresClient() ? ClientAuth.REQUIRE : ClientAuth.OPTIONAL);
            }
            return builder.build();
        } catch (IOException
                | GeneralSecurityException
                | IllegalArgumentException
                | IllegalStateException e) {
            throw StoreException.of(
                    Errno.EINVAL,
                    "cannot use the files for TLS, PEM with a PKCS #8 key is expected:"
                            + " certificates="
                            + config.certificates()
                            + " key="
                            + config.key()
                            + config.clientAuthorities().map(path -> " clients=" + path).orElse("")
                            + " cause="
                            + deepest(e));
        }
    }

    private static void requireReadable(Path file) {
        if (!Files.exists(file)) {
            throw StoreException.of(Errno.ENOENT, "no such file for TLS: file=" + file);
        }
        if (!Files.isReadable(file)) {
            throw StoreException.of(Errno.EACCES, "cannot read the file for TLS: file=" + file);
        }
    }

    private static String deepest(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }
}
