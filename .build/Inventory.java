import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;

/**
 * Writes what the distribution is made of: one CycloneDX list of its jars, and a page for people. Fails
 * when a library that it, or a program with the client, may hold has no licence of {@link #ALLOWED}.
 *
 * <p>Run by the build: {@code java Inventory.java DAEMON.json CLIENT.json DESCRIPTOR.xml REPLACED.jar FOLDER}.
 */
public final class Inventory {
    /** Those whose terms are met by what the distribution has in share/licences; SPDX names. */
    private static final Set<String> ALLOWED =
            Set.of("Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "EPL-2.0", "MIT", "MIT-0");

    /** Where a POM's words are taken for another licence than the project has: by group and claim. */
    private static final Map<String, String> MISTAKEN =
            Map.of(
                    // "The BSD License", with the address of the one with three clauses
                    "org.jline BSD-4-Clause", "BSD-3-Clause",
                    // the same, of ANTLR
                    "org.antlr BSD-4-Clause", "BSD-3-Clause");

    private static final Pattern INCLUDED = Pattern.compile("<include>([\\w.-]+:[\\w.-]+)</include>");
    private static final Pattern CLASSIFIER = Pattern.compile("classifier=([\\w-]+)");

    private static final String HEADING =
            """
            What this distribution is made of, besides pramd itself. The texts of the licences are in share/licences, that
            of Apache-2.0 in LICENSE. Where several are named one may be chosen. share/sbom.cdx.json says the same and
            more, in the format of CycloneDX. The classes of picocli were given a newer format; their code is as it was.

            """;

    private final ObjectMapper json = new ObjectMapper();
    private final Map<String, ObjectNode> shipped = new TreeMap<>();
    private final List<String> faults = new ArrayList<>();

    private Inventory() {}

    public static void main(String[] args) throws IOException {
        Path[] paths = List.of(args).stream().map(Path::of).toArray(Path[]::new);
        new Inventory().write(paths[0], paths[1], paths[2], paths[3], paths[4]);
    }

    private void write(Path daemon, Path client, Path descriptor, Path replaced, Path folder)
            throws IOException {
        ObjectNode list = (ObjectNode) json.readTree(daemon.toFile());
        JsonNode other = json.readTree(client.toFile());
        Set<String> included =
                new TreeSet<>(
                        INCLUDED.matcher(Files.readString(descriptor))
                                .results()
                                .map((MatchResult found) -> found.group(1))
                                .toList());
        for (JsonNode component : list.get("components")) {
            ship(component);
        }
        JsonNode itself = other.at("/metadata/component");
        for (JsonNode component : other.get("components")) {
            judge(component);
            if (included.contains(name(component))) {
                ship(component);
            }
        }
        if (included.contains(name(itself))) {
            ship(itself);
        }
        if (!faults.isEmpty()) {
            throw new IOException(String.join("\n", faults) + "\nallowed=" + new TreeSet<>(ALLOWED));
        }
        rehash(replaced);
        merge(list, other);
        Files.createDirectories(folder);
        json.writerWithDefaultPrettyPrinter()
                .writeValue(folder.resolve("sbom.cdx.json").toFile(), list);
        Files.writeString(folder.resolve("THIRD-PARTY"), HEADING + table());
    }

    private void ship(JsonNode component) {
        judge(component);
        shipped.put(component.get("bom-ref").asText(), (ObjectNode) component);
    }

    private static String name(JsonNode component) {
        return component.get("group").asText() + ":" + component.get("name").asText();
    }

    /** Puts right what is mistaken; one licence of several is enough. */
    private void judge(JsonNode component) {
        List<String> licences = new ArrayList<>();
        for (JsonNode choice : component.path("licenses")) {
            ObjectNode licence = (ObjectNode) choice.get("license");
            String claim = licence == null ? choice.toString() : id(licence);
            String meant = MISTAKEN.get(component.get("group").asText() + " " + claim);
            if (meant != null) {
                licence.put("id", meant);
                licence.remove("url");
            }
            licences.add(meant != null ? meant : claim);
        }
        if (licences.stream().noneMatch(ALLOWED::contains)) {
            String fault = "no licence that is allowed: " + component.get("purl").asText() + " has=" + licences;
            if (!faults.contains(fault)) {
                faults.add(fault);
            }
        }
    }

    private static String id(JsonNode licence) {
        return licence.has("id") ? licence.get("id").asText() : licence.path("name").asText();
    }

    /** The sums of a jar that the distribution has in another form than its registry. */
    private void rehash(Path replaced) throws IOException {
        String file = replaced.getFileName().toString();
        ObjectNode component =
                shipped.values().stream()
                        .filter(each -> jar(each).equals(file))
                        .findAny()
                        .orElseThrow(() -> new IOException("not shipped: " + file));
        try {
            byte[] sum = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(replaced));
            ArrayNode hashes = json.createArrayNode();
            hashes.addObject().put("alg", "SHA-256").put("content", HexFormat.of().formatHex(sum));
            component.set("hashes", hashes);
        } catch (NoSuchAlgorithmException e) {
            throw new IOException(e);
        }
        component.put("modified", true);
    }

    private static String jar(JsonNode component) {
        String classifier =
                CLASSIFIER
                        .matcher(component.get("purl").asText())
                        .results()
                        .map(found -> "-" + found.group(1))
                        .findFirst()
                        .orElse("");
        String name = component.get("name").asText() + "-" + component.get("version").asText();
        return name + classifier + ".jar";
    }

    /** All that is shipped, each with what it needs of the rest. */
    private void merge(ObjectNode list, JsonNode other) {
        String itself = list.at("/metadata/component/bom-ref").asText();
        Map<String, TreeSet<String>> needs = new LinkedHashMap<>();
        needs.put(itself, new TreeSet<>());
        shipped.keySet().forEach(ref -> needs.put(ref, new TreeSet<>()));
        for (JsonNode each : List.of(list, other)) {
            for (JsonNode dependency : each.get("dependencies")) {
                Set<String> found = needs.get(dependency.get("ref").asText());
                if (found != null) {
                    StreamSupport.stream(dependency.path("dependsOn").spliterator(), false)
                            .map(JsonNode::asText)
                            .filter(shipped::containsKey)
                            .forEach(found::add);
                }
            }
        }
        list.set("components", json.createArrayNode().addAll(shipped.values()));
        ArrayNode dependencies = json.createArrayNode();
        needs.forEach(
                (ref, on) -> {
                    ArrayNode all = dependencies.addObject().put("ref", ref).putArray("dependsOn");
                    on.forEach(all::add);
                });
        list.set("dependencies", dependencies);
    }

    private String table() {
        StringBuilder table = new StringBuilder();
        for (JsonNode component : shipped.values()) {
            if (!component.get("group").asText().equals("io.pramd")) {
                List<String> licences = new ArrayList<>();
                component.get("licenses").forEach(choice -> licences.add(id(choice.get("license"))));
                table.append("%-72s %s%n".formatted(jar(component), String.join(", ", licences)));
            }
        }
        return table.toString();
    }
}
