package io.pramd.daemon.server;

import static io.pramd.daemon.server.GuardedServers.GRANTS;
import static io.pramd.daemon.server.GuardedServers.OWN;
import static io.pramd.daemon.server.GuardedServers.SHARED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pramd.client.PramClient;
import io.pramd.client.PramException;
import io.pramd.client.RejectedException;
import io.pramd.client.SaveStream;
import io.pramd.daemon.fixture.Await;
import io.pramd.daemon.server.AccessRequest.Node;
import io.pramd.daemon.server.GuardedServers.Door;
import io.pramd.protocol.Errno;
import io.pramd.protocol.InfoValue;
import io.pramd.protocol.ListNodes;
import io.pramd.protocol.Listing;
import io.pramd.protocol.NodeRecord;
import io.pramd.protocol.NodeState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is shown to each principal is all that is its own, and nothing else. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class AccessViewTest {
    private static final int NODES = 60;
    private static final List<String> PREFIXES =
            List.of(OWN, SHARED, "foreign/", "own", "shared", "");

    @TempDir private static Path folder;
    private static GuardedServers servers;
    private static NodeScene scene;

    private long lastId;

    @BeforeAll
    static void serve() {
        servers = GuardedServers.in(folder);
        scene = new NodeScene(servers.fixture());
    }

    @AfterAll
    static void stop() {
        servers.close();
    }

    @AfterEach
    void clear() {
        scene.clear();
    }

    private static boolean mayList(String principal, String name) {
        return switch (principal) {
            case "operator" -> true;
            case "chief", "user" -> name.startsWith(OWN) || name.startsWith(SHARED);
            case "reader", "lister" -> name.startsWith(OWN);
            default -> false;
        };
    }

    private static boolean mayAdminister(String principal, String name) {
        return principal.equals("operator") || principal.equals("chief") && name.startsWith(OWN);
    }

    private static boolean shows(String principal, String name, boolean isQuarantined) {
        return isQuarantined ? mayAdminister(principal, name) : mayList(principal, name);
    }

    /**
     * Nodes with all kinds of names, some of them quarantined; the names, in the listing's order.
     */
    private static Map<String, Boolean> putNodes() {
        Map<String, Boolean> isQuarantined = new LinkedHashMap<>();
        Random random = new Random(11);
        for (int i = 0; i < NODES; i++) {
            String name = PREFIXES.get(random.nextInt(PREFIXES.size())) + i;
            boolean damaged = random.nextInt(5) == 0;
            scene.put(name, damaged ? Node.QUARANTINED : Node.READY);
            isQuarantined.put(name, damaged);
        }
        return isQuarantined;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 1000})
    void turningThePagesOfAListingEndsAndLosesNothing(int limit) throws IOException {
        Map<String, Boolean> nodes = putNodes();
        for (String principal : GRANTS.keySet()) {
            try (SocketClient client = servers.greeted(principal)) {
                lastId = 0;
                for (String prefix : PREFIXES) {
                    List<String> expected =
                            nodes.keySet().stream()
                                    .filter(name -> name.startsWith(prefix))
                                    .filter(name -> shows(principal, name, nodes.get(name)))
                                    .toList();
                    assertThat(paged(client, prefix, limit))
                            .as("principal=%s prefix=%s", principal, prefix)
                            .containsExactlyInAnyOrderElementsOf(expected);
                }
            }
        }
    }

    /** Every name, page by page; nothing for who may not list there at all. */
    private List<String> paged(SocketClient client, String prefix, int limit) throws IOException {
        List<String> names = new ArrayList<>();
        NodeRecord last = null;
        boolean more = true;
        while (more) {
            lastId++;
            client.send(
                    ClientBytes.of()
                            .message(
                                    lastId,
                                    new ListNodes(
                                            limit,
                                            last == null ? 0 : last.sequence(),
                                            last == null ? 0 : last.pfn(),
                                            prefix)));
            if (!(client.next().message() instanceof Listing page)) {
                return names; // refused: the table says to whom
            }
            assertThat(page.nodes()).hasSizeLessThanOrEqualTo(limit);
            assertThat(page.more() && page.nodes().isEmpty()).as("a page without a node").isFalse();
            page.nodes().forEach(node -> names.add(node.name()));
            assertThat(names).hasSizeLessThanOrEqualTo(NODES).doesNotHaveDuplicates();
            last = page.nodes().isEmpty() ? null : page.nodes().getLast();
            more = page.more();
        }
        return names;
    }

    @Test
    void infoTellsOfWhatIsOnesOwn() {
        try (PramClient user = servers.connect(Door.TCP_TOKEN, "user");
                PramClient saver = servers.connect(Door.UNIX_TOKEN, "saver");
                PramClient operator = servers.connect(Door.TLS_TOKEN, "operator")) {
            user.save(OWN + "a", new byte[5000]);
            user.save(OWN + "b", new byte[1]);
            saver.save(OWN + "c", new byte[1]);
            operator.save("foreign/d", new byte[1]);
            assertThat(user.info()).containsEntry("nodes.ready", InfoValue.of(2));
            assertThat(user.info()).containsEntry("quota.bytes.used", InfoValue.of(3 * 4096));
            assertThat(saver.info()).containsEntry("nodes.ready", InfoValue.of(1));
            assertThat(operator.info()).containsEntry("nodes.ready", InfoValue.of(4));
            try (SaveStream open = saver.openSave(OWN + "e")) {
                assertThat(user.info()).containsEntry("quota.streams.used", InfoValue.of(0));
                assertThat(saver.info()).containsEntry("quota.streams.used", InfoValue.of(1));
                open.discard();
            }
            for (PramClient client : List.of(user, saver)) {
                assertThat(client.info().keySet())
                        .allMatch(
                                key -> key.matches("(frames|nodes|quota|principal|recovery)\\..*"))
                        .doesNotContain("server.listeners", "memory.path");
                assertThat(client.info().toString()).doesNotContain("foreign", "operator");
            }
            assertThat(operator.info()).containsKey("access.principals");
        }
    }

    @Test
    void aListingIsOfNodesAsTheyAre() {
        scene.put(OWN + "a", Node.SAVING);
        try (PramClient lister = servers.connect(Door.TCP_TOKEN, "lister");
                PramClient reader = servers.connect(Door.TCP_TOKEN, "reader")) {
            assertThat(lister.list().stream().map(NodeRecord::state))
                    .containsExactly(NodeState.SAVING);
            assertThat(reader.list(OWN)).isEqualTo(lister.list(OWN));
        }
    }

    @Test
    void changedRulesHoldForTheNextRequestAndWhoIsGoneHasToGo() throws IOException {
        scene.put(OWN + "n", Node.READY);
        try (PramClient reader = servers.connect(Door.TCP_TOKEN, "reader");
                PramClient lister = servers.connect(Door.UNIX_TOKEN, "lister");
                PramClient remover = servers.connect(Door.TLS_CERTIFICATE, "remover")) {
            reader.stat(OWN + "n");
            remover.ping();
            try {
                servers.replaceRules(
                        rules ->
                                rules.replace("[principal.reader]", "[principal.stranger]")
                                        .replace("CN=remover", "CN=leaver")
                                        .replace(
                                                GRANTS.get("lister"),
                                                GRANTS.get("lister").replace("list", "save")));
                Await.until("the new rules are read", () -> refusal(lister) != null);
                assertThat(refusal(lister)).isEqualTo(Errno.EACCES);
                lister.save(OWN + "m", new byte[1]);
                for (PramClient gone : List.of(reader, remover)) {
                    assertThatThrownBy(() -> gone.stat(OWN + "n"))
                            .isInstanceOfSatisfying(
                                    PramException.class,
                                    e -> assertThat(e.errno()).isEqualTo(Errno.EACCES));
                }
            } finally {
                servers.replaceRules(rules -> rules);
                Await.until("the old rules are read", () -> refusal(lister) == null);
            }
            reader.stat(OWN + "n");
            assertThatThrownBy(() -> remover.stat(OWN + "n"))
                    .isInstanceOf(RejectedException.class)
                    .hasMessageContaining("verb=list");
        }
    }

    private static Errno refusal(PramClient client) {
        try {
            client.stat(OWN + "n");
            return null;
        } catch (RejectedException e) {
            return e.errno();
        }
    }
}
