package io.pramd.daemon.memory;

import io.pramd.protocol.Errno;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToIntFunction;

/**
 * One owner. The descriptor of the memory file and the flock(2) on it. A lock of {@code
 * FileChannel.lock} would be lost as soon as anything in this JVM closed the same file; flock
 * belongs to the open file description.
 */
public final class FileLock implements AutoCloseable {
    private static final int ATTEMPTS = 5;
    private static final long BETWEEN_ATTEMPTS_NANOS = 10_000_000;

    private final Path path;
    private final int fd;

    private FileLock(Path path, int fd) {
        this.path = path;
        this.fd = fd;
    }

    /**
     * Opens an existing file and locks it.
     *
     * @throws StoreException ENOENT when there is no such file, EBUSY naming the holder's pid, and
     *     as {@link PathFault} else
     */
    public static FileLock acquire(Path path) {
        FileLock lock = new FileLock(path, open(path, Native::open));
        try {
            if (lock.isTaken()) {
                return lock;
            }
        } catch (RuntimeException e) {
            lock.close();
            throw e;
        }
        lock.close();
        String holder = readPid(path).map(Object::toString).orElse("unknown");
        throw StoreException.of(
                Errno.EBUSY,
                "memory file is in use by another daemon: file=" + path + " pid=" + holder);
    }

    private boolean isTaken() {
        for (int attempt = 1; !Native.tryLock(fd); attempt++) {
            if (attempt == ATTEMPTS) {
                return false;
            }
            // a checker that looks whether somebody holds the lock has it for microseconds itself
            LockSupport.parkNanos(BETWEEN_ATTEMPTS_NANOS);
        }
        return true;
    }

    /**
     * Whether another open file description, most likely a daemon's, has the file locked. Only
     * looks: a shared lock is taken and given back at once.
     *
     * @throws StoreException as {@link PathFault} when the file cannot be opened for reading
     */
    public static boolean isHeld(Path path) {
        int fd = open(path, Native::openReadOnly);
        try {
            return !Native.tryLockShared(fd);
        } finally {
            Native.close(fd);
        }
    }

    private static int open(Path path, ToIntFunction<String> opener) {
        try {
            return opener.applyAsInt(path.toString());
        } catch (Native.NativeException e) {
            throw StoreException.of(
                    PathFault.errno(e.errno()),
                    "cannot open the memory file, a regular file is expected: file="
                            + path
                            + " cause="
                            + PathFault.words(e.errno()));
        }
    }

    /** The pid beside a memory file, if one can be read. */
    public static Optional<Long> readPid(Path memoryFile) {
        try {
            return Optional.of(Long.parseLong(Files.readString(pidFile(memoryFile)).strip()));
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** Writes this process's pid beside the file, for the message of whoever is refused. */
    public void writePid() throws IOException {
        Files.writeString(pidFile(path), ProcessHandle.current().pid() + System.lineSeparator());
    }

    private static Path pidFile(Path memoryFile) {
        return memoryFile.resolveSibling(memoryFile.getFileName() + ".pid");
    }

    /** The same lock under the name that its file has now. */
    FileLock renamed(Path newPath) {
        return new FileLock(newPath, fd);
    }

    /**
     * What has become of the name under which the file was opened, for people; empty: it is still
     * this file's, or cannot be looked at.
     */
    Optional<String> lostName() {
        try {
            Map<String, Object> own =
                    Files.readAttributes(Path.of("/proc/self/fd/" + fd), "unix:dev,ino,nlink");
            if (isOf(own)) {
                return Optional.empty();
            }
            boolean isDeleted = own.get("nlink").equals(0);
            return Optional.of(
                    (isDeleted ? "the memory file is deleted" : "the memory file has another name")
                            + ": file="
                            + path);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private boolean isOf(Map<String, Object> own) throws IOException {
        try {
            Map<String, Object> named = Files.readAttributes(path, "unix:dev,ino");
            return named.get("ino").equals(own.get("ino"))
                    && named.get("dev").equals(own.get("dev"));
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    int fd() {
        return fd;
    }

    public Path path() {
        return path;
    }

    /** Removes the pid beside a memory file; the lock is still held. */
    public static void removePid(Path memoryFile) throws IOException {
        Files.deleteIfExists(pidFile(memoryFile));
    }

    /** Gives the lock back; the kernel does the same when the process dies. */
    @Override
    public void close() {
        Native.close(fd);
    }
}
