package io.pramd.daemon.server;

import io.pramd.daemon.memory.PathFault;
import io.pramd.daemon.memory.Sharing;
import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/**
 * One owner: the file that a Unix socket leaves in the file system, which outlives a process that
 * is killed.
 */
public final class UnixSocketFile {
    /** What {@code sockaddr_un} holds, without the NUL at the end. */
    static final int PATH_BYTES_MAX = 107;

    private final Path path;
    private Object fileKey;

    public UnixSocketFile(Path path) {
        this.path = path;
    }

    /**
     * Whether a socket can have that name, wherever it is.
     *
     * @throws StoreException ENAMETOOLONG
     */
    public void requireShort() {
        int bytes = path.toString().getBytes(StandardCharsets.UTF_8).length;
        if (bytes > PATH_BYTES_MAX) {
            throw StoreException.of(
                    Errno.ENAMETOOLONG,
                    "the path of a socket is too long: path="
                            + path
                            + " bytes="
                            + bytes
                            + " max="
                            + PATH_BYTES_MAX);
        }
    }

    /** The folder that is to hold it, where there is none; empty: there is. */
    public Optional<Path> missingFolder() {
        Path folder = path.toAbsolutePath().getParent();
        return Optional.ofNullable(folder).filter(there -> !Files.isDirectory(there));
    }

    /**
     * As {@link #removeStale()}, and that binding finds a folder there.
     *
     * @throws StoreException ENOENT without the folder, ENAMETOOLONG, and as that
     */
    public void requireFree() {
        requireShort();
        if (missingFolder().isPresent()) {
            throw StoreException.of(
                    Errno.ENOENT,
                    "no such folder for the socket: path="
                            + path
                            + " expected folder="
                            + missingFolder().get());
        }
        removeStale();
    }

    /**
     * Makes room to bind: removes a socket on which nobody listens any more.
     *
     * @throws StoreException EBUSY when somebody answers there, EEXIST for a file that is no
     *     socket, EACCES, EIO
     */
    public void removeStale() {
        BasicFileAttributes found = attributes();
        if (found == null) {
            return;
        }
        if (!found.isOther()) {
            throw StoreException.of(
                    Errno.EEXIST, "the path of the socket is taken by another file: path=" + path);
        }
        if (isAnswered()) {
            throw StoreException.of(
                    Errno.EBUSY, "another process listens on the socket: path=" + path);
        }
        delete();
    }

    /** Remembers the file just bound, so that {@link #removeOwn()} never takes another's. */
    public void bound() {
        BasicFileAttributes found = attributes();
        fileKey = found == null ? null : found.fileKey();
    }

    /** Lets those connect who may. */
    void shareBy(Sharing sharing) {
        sharing.apply(path);
    }

    /** Removes the file unless somebody has replaced it meanwhile. */
    public void removeOwn() {
        BasicFileAttributes found = attributes();
        if (found != null && fileKey != null && fileKey.equals(found.fileKey())) {
            delete();
        }
    }

    private boolean isAnswered() {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.configureBlocking(false); // a full backlog is an answer too
            channel.connect(UnixDomainSocketAddress.of(path));
            return true;
        } catch (ConnectException e) {
            return false;
        } catch (IOException e) {
            throw StoreException.of(
                    PathFault.errno(e),
                    "cannot tell who listens on the socket: path=" + path + " cause=" + e);
        }
    }

    private BasicFileAttributes attributes() {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            throw StoreException.of(
                    PathFault.errno(e), "cannot look at the socket: path=" + path + " cause=" + e);
        }
    }

    private void delete() {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw StoreException.of(
                    PathFault.errno(e), "cannot remove the socket: path=" + path + " cause=" + e);
        }
    }
}
