package io.pramd.client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;

/**
 * Immutable: what tells a file from what stands there after it was written or replaced.
 *
 * @param path of the file
 * @param modified when it was written last
 * @param bytes its size
 * @param fileKey its inode; null where there is no such thing
 */
record FileStamp(Path path, FileTime modified, long bytes, Object fileKey) {
    /** To be taken before the file is read: what is written meanwhile is then seen next time. */
    static FileStamp of(CredentialFile file) {
        try {
            BasicFileAttributes now = Files.readAttributes(file.path(), BasicFileAttributes.class);
            return new FileStamp(file.path(), now.lastModifiedTime(), now.size(), now.fileKey());
        } catch (IOException e) {
            throw file.unreadable(e);
        }
    }
}
