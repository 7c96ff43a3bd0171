package io.pramd.client.examples;

import io.pramd.client.SaveStream;
import io.pramd.client.StreamWriter;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Thread-safe: a service's state that can write itself. */
final class Index implements StreamWriter<IOException> {
    final Map<String, String> words = new ConcurrentHashMap<>();

    static Index build() {
        Index built = new Index();
        built.words.put("pram", "persistent memory");
        return built;
    }

    static Index read(InputStream in) throws IOException {
        DataInputStream data = new DataInputStream(in);
        Index read = new Index();
        while (data.readBoolean()) {
            read.words.put(data.readUTF(), data.readUTF());
        }
        return read;
    }

    @Override
    public void writeTo(SaveStream out) throws IOException {
        DataOutputStream data = new DataOutputStream(out);
        for (Map.Entry<String, String> word : words.entrySet()) {
            data.writeBoolean(true);
            data.writeUTF(word.getKey());
            data.writeUTF(word.getValue());
        }
        data.writeBoolean(false);
    }
}
