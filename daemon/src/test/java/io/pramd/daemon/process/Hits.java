package io.pramd.daemon.process;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Immutable: builds, reads and writes the state of the page's example of a service. */
final class Hits {
    private Hits() {}

    static Map<String, Long> build() {
        return new ConcurrentHashMap<>();
    }

    static Map<String, Long> read(InputStream in) throws IOException {
        DataInputStream data = new DataInputStream(in);
        Map<String, Long> read = new ConcurrentHashMap<>();
        while (data.readBoolean()) {
            read.put(data.readUTF(), data.readLong());
        }
        return read;
    }

    static void write(Map<String, Long> hits, OutputStream out) throws IOException {
        DataOutputStream data = new DataOutputStream(out);
        for (Map.Entry<String, Long> hit : hits.entrySet()) {
            data.writeBoolean(true);
            data.writeUTF(hit.getKey());
            data.writeLong(hit.getValue());
        }
        data.writeBoolean(false);
    }
}
