package io.pramd.protocol;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Immutable: the errors of store, wire, client and commands. Numbers are Linux's and never change.
 */
public enum Errno {
    EPERM(1, 13),
    ENOENT(2, 10),
    EIO(5, 18),
    EBADF(9, 19),
    EAGAIN(11, 22),
    ENOMEM(12, 17),
    EACCES(13, 14),
    EBUSY(16, 12),
    EEXIST(17, 11),
    EINVAL(22, 15),
    EROFS(30, 21),
    ENAMETOOLONG(36, 16),
    ETIMEDOUT(110, 24),
    ESTALE(116, 23),
    EDQUOT(122, 20);

    private static final Map<Integer, Errno> BY_NUMBER =
            Arrays.stream(values()).collect(Collectors.toMap(Errno::number, Function.identity()));

    private final int number;
    private final int exitCode;

    Errno(int number, int exitCode) {
        this.number = number;
        this.exitCode = exitCode;
    }

    /** The number on the wire: Linux's. */
    public int number() {
        return number;
    }

    /** What a command that ends with this error exits with: 10 to 24. */
    public int exitCode() {
        return exitCode;
    }

    /**
     * The error of a wire number.
     *
     * @throws IllegalArgumentException for a number that is none of ours
     */
    public static Errno of(int number) {
        Errno errno = BY_NUMBER.get(number);
        if (errno == null) {
            throw new IllegalArgumentException("unknown errno number=" + number);
        }
        return errno;
    }

    static boolean isKnown(int number) {
        return BY_NUMBER.containsKey(number);
    }
}
