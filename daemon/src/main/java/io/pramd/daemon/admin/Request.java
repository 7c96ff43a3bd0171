package io.pramd.daemon.admin;

import io.pramd.daemon.memory.Printable;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.server.Administration.Administrator;
import io.pramd.protocol.Errno;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Immutable: what somebody asks for.
 *
 * @param path decoded, without parameters
 * @param parameters by name, decoded
 * @param accept the types that are wanted, as the header says it; may be empty
 * @param knownVersions of this that who asks has already, as the header says it; may be empty
 * @param administrator who has shown a token; empty: nobody had to
 */
record Request(
        String path,
        Map<String, List<String>> parameters,
        String accept,
        String knownVersions,
        Optional<Administrator> administrator) {

    /** The last part of the path. */
    String lastPart() {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /**
     * @throws StoreException EINVAL when it is given twice
     */
    Optional<String> text(String name) {
        List<String> values = parameters.getOrDefault(name, List.of());
        if (values.size() > 1) {
            throw StoreException.of(
                    Errno.EINVAL, "given more than once: parameter=" + name + " max=1");
        }
        return values.stream().findFirst();
    }

    /**
     * A whole number.
     *
     * @param unset what it is when it is not given
     * @throws StoreException EINVAL for anything else than a number from least to most
     */
    long number(String name, long unset, long least, long most) {
        Optional<String> text = text(name);
        return text.isEmpty() ? unset : number(name, text.get(), least, most);
    }

    /**
     * @throws StoreException EINVAL for anything else than a number from least to most
     */
    static long number(String name, String text, long least, long most) {
        try {
            long value = Long.parseLong(text);
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // said below, with what is expected
        }
        throw StoreException.of(
                Errno.EINVAL,
                "not a number that will do: parameter="
                        + name
                        + " value="
                        + Printable.of(text)
                        + " min="
                        + least
                        + " max="
                        + most);
    }

    /**
     * One of a few words.
     *
     * @param words the first is what it is when it is not given
     * @throws StoreException EINVAL for another word
     */
    String word(String name, List<String> words) {
        String word = text(name).orElse(words.getFirst());
        if (!words.contains(word)) {
            throw StoreException.of(
                    Errno.EINVAL,
                    "not a word that will do: parameter="
                            + name
                            + " value="
                            + Printable.of(word)
                            + " expected="
                            + String.join("|", words));
        }
        return word;
    }
}
