package io.pramd.daemon.bench;

import java.io.IOException;

/** Immutable. How one kind of server is asked to keep a value and to give it back. */
interface WireProtocol {
    void save(WireConnection to, String key, long bytes) throws IOException;

    void awaitSaved(WireConnection from) throws IOException;

    void fetch(WireConnection to, String key) throws IOException;

    /** The value must have that length. */
    void awaitFetched(WireConnection from, long bytes) throws IOException;

    /** How a line begins that says that it is still starting; empty if none does. */
    default String loading() {
        return "";
    }

    /** RESP 2. */
    WireProtocol REDIS =
            new WireProtocol() {
                @Override
                public String loading() {
                    return "-LOADING";
                }

                @Override
                public void save(WireConnection to, String key, long bytes) throws IOException {
                    to.put("*3\r\n$3\r\nSET\r\n$" + key.length() + "\r\n" + key + "\r\n");
                    to.put("$" + bytes + "\r\n");
                    to.putValue(bytes);
                    to.put("\r\n");
                }

                @Override
                public void awaitSaved(WireConnection from) throws IOException {
                    from.expect("+OK");
                }

                @Override
                public void fetch(WireConnection to, String key) throws IOException {
                    to.put("*2\r\n$3\r\nGET\r\n$" + key.length() + "\r\n" + key + "\r\n");
                }

                @Override
                public void awaitFetched(WireConnection from, long bytes) throws IOException {
                    from.expect("$" + bytes);
                    from.readValue(bytes + 2);
                }
            };

    /** memcached's text protocol. */
    WireProtocol MEMCACHED =
            new WireProtocol() {
                @Override
                public void save(WireConnection to, String key, long bytes) throws IOException {
                    to.put("set " + key + " 0 0 " + bytes + "\r\n");
                    to.putValue(bytes);
                    to.put("\r\n");
                }

                @Override
                public void awaitSaved(WireConnection from) throws IOException {
                    from.expect("STORED");
                }

                @Override
                public void fetch(WireConnection to, String key) throws IOException {
                    to.put("get " + key + "\r\n");
                }

                @Override
                public void awaitFetched(WireConnection from, long bytes) throws IOException {
                    String head = from.readLine();
                    String length = head.substring(head.lastIndexOf(' ') + 1);
                    WireConnection.require(bytes + " of VALUE", length + " of " + kind(head));
                    from.readValue(bytes + 2);
                    from.expect("END");
                }

                private static String kind(String head) {
                    return head.startsWith("VALUE ") ? "VALUE" : head;
                }
            };

    /** HTTP 1.1, kept alive. */
    WireProtocol HTTP =
            new WireProtocol() {
                private static final String LENGTH = "content-length: ";

                @Override
                public void save(WireConnection to, String key, long bytes) throws IOException {
                    to.put("PUT /" + key + " HTTP/1.1\r\nHost: bench\r\n");
                    to.put("Content-Length: " + bytes + "\r\n\r\n");
                    to.putValue(bytes);
                }

                @Override
                public void awaitSaved(WireConnection from) throws IOException {
                    from.readValue(readHead(from, "HTTP/1.1 20[14] .*"));
                }

                @Override
                public void fetch(WireConnection to, String key) throws IOException {
                    to.put("GET /" + key + " HTTP/1.1\r\nHost: bench\r\n\r\n");
                }

                @Override
                public void awaitFetched(WireConnection from, long bytes) throws IOException {
                    long length = readHead(from, "HTTP/1.1 200 .*");
                    WireConnection.require("length " + bytes, "length " + length);
                    from.readValue(length);
                }

                /** Answers the length of the body. */
                private static long readHead(WireConnection from, String status)
                        throws IOException {
                    String first = from.readLine();
                    if (!first.matches(status)) {
                        throw new IOException("wrong answer: " + first);
                    }
                    long length = 0;
                    for (String line = from.readLine(); !line.isEmpty(); line = from.readLine()) {
                        if (line.regionMatches(true, 0, LENGTH, 0, LENGTH.length())) {
                            length = Long.parseLong(line.substring(LENGTH.length()));
                        }
                    }
                    return length;
                }
            };
}
