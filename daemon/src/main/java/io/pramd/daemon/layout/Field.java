package io.pramd.daemon.layout;

/**
 * Immutable. One field of a structure: its name, its place and what it means. Offsets are chained,
 * so that a field cannot be moved without moving all behind it; the byte tables of the
 * documentation are printed from these.
 *
 * @param name the field's name
 * @param offset bytes from the beginning of the page
 * @param bytes its length in bytes
 * @param meaning one line for a reader of the byte table
 */
public record Field(String name, int offset, int bytes, String meaning) {

    static Field first(String name, int bytes, String meaning) {
        return new Field(name, 0, bytes, meaning);
    }

    Field next(String name, int bytes, String meaning) {
        return new Field(name, end(), bytes, meaning);
    }

    /** First byte behind this field. */
    public int end() {
        return offset + bytes;
    }
}
