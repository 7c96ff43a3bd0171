package io.pramd.daemon.memory;

import io.pramd.protocol.Errno;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.Optional;
import java.util.Set;

/**
 * Immutable: who may read and write the files and sockets that a daemon makes: its own user, or a
 * group as well.
 *
 * @param group name of the group; empty: the user alone
 */
public record Sharing(Optional<String> group) {
    /** Mode 0600. */
    public static final Sharing NONE = new Sharing(Optional.empty());

    /** Mode 0660 for this group. */
    public static Sharing with(String group) {
        return new Sharing(Optional.of(group));
    }

    /**
     * Gives a file that this process has made its group and mode.
     *
     * @throws StoreException EINVAL for an unknown group, EPERM where the user is not in it
     */
    public void apply(Path file) {
        PosixFileAttributeView view =
                Files.getFileAttributeView(
                        file, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        try {
            if (group.isPresent()) {
                view.setGroup(lookUp(file, group.get())); // first: the mode must not be for another
            }
            // through a link the file of somebody else would be opened up
            if (!Files.isSymbolicLink(file)) {
                Files.setPosixFilePermissions(file, permissions());
            }
        } catch (IOException e) {
            throw StoreException.of(
                    Errno.EPERM,
                    "cannot give the file its group and mode: file="
                            + file
                            + " group="
                            + group.orElse("")
                            + " mode="
                            + PosixFilePermissions.toString(permissions())
                            + " cause="
                            + e);
        }
    }

    /**
     * Whether there is such a group; not whether this user may give it something.
     *
     * @throws StoreException EINVAL for an unknown group
     */
    public void requireKnown() {
        if (group.isPresent()) {
            Path any = Path.of("/");
            try {
                lookUp(any, group.get());
            } catch (IOException e) {
                throw StoreException.of(
                        Errno.EIO, "cannot look up the group: group=" + group.get() + " " + e);
            }
        }
    }

    private Set<PosixFilePermission> permissions() {
        return PosixFilePermissions.fromString(group.isPresent() ? "rw-rw----" : "rw-------");
    }

    private static GroupPrincipal lookUp(Path file, String name) throws IOException {
        try {
            return file.getFileSystem()
                    .getUserPrincipalLookupService()
                    .lookupPrincipalByGroupName(name);
        } catch (UserPrincipalNotFoundException e) {
            throw StoreException.of(Errno.EINVAL, "there is no such group: group=" + name);
        }
    }
}
