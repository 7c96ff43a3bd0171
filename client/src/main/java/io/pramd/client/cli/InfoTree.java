package io.pramd.client.cli;

import io.pramd.client.CheckReport;
import io.pramd.protocol.InfoValue;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One owner: dotted keys as nested JSON objects: {@code frames.total} becomes {@code {"frames":
 * {"total": ...}}}.
 */
final class InfoTree {
    private final Map<String, Object> root = new LinkedHashMap<>();

    private InfoTree() {}

    /**
     * @param checked null if nothing was checked
     */
    static InfoTree of(Map<String, InfoValue> values, CheckReport checked) {
        InfoTree tree = new InfoTree();
        values.forEach(tree::put);
        if (checked != null) {
            tree.put("check.clean", InfoValue.of(checked.clean()));
            tree.put("check.problems", InfoValue.of(checked.problems()));
        }
        return tree;
    }

    void write(Json json) throws IOException {
        json.object();
        writeFields(json, root);
        json.end();
    }

    private void put(String dotted, InfoValue value) {
        String[] path = dotted.split("\\.");
        Map<String, Object> parent = root;
        for (int i = 0; i < path.length - 1; i++) {
            Object child =
                    parent.computeIfAbsent(path[i], key -> new LinkedHashMap<String, Object>());
            if (!(child instanceof Map)) {
                root.put(dotted, value); // a key that is also another's beginning: kept as it is
                return;
            }
            parent = cast(child);
        }
        parent.put(path[path.length - 1], value);
    }

    private static void writeFields(Json json, Map<String, Object> fields) throws IOException {
        for (Map.Entry<String, Object> field : fields.entrySet()) {
            if (field.getValue() instanceof Map) {
                json.object(field.getKey());
                writeFields(json, cast(field.getValue()));
                json.end();
            } else {
                writeValue(json, field.getKey(), (InfoValue) field.getValue());
            }
        }
    }

    private static void writeValue(Json json, String key, InfoValue value) throws IOException {
        if (value instanceof InfoValue.Count count) {
            json.number(key, count.value());
        } else if (value instanceof InfoValue.Flag flag) {
            json.flag(key, flag.value());
        } else if (value instanceof InfoValue.Text text) {
            json.text(key, text.value());
        } else {
            json.array(key);
            for (String text : ((InfoValue.Texts) value).values()) {
                json.text(text);
            }
            json.end();
        }
    }

    @SuppressWarnings("unchecked") // only this class puts maps in
    private static Map<String, Object> cast(Object map) {
        return (Map<String, Object>) map;
    }
}
