package io.pramd.daemon.server;

import static io.pramd.daemon.server.AccessTable.ELSEWHERE;
import static io.pramd.daemon.server.AccessTable.NAMELESS;
import static io.pramd.daemon.server.AccessTable.NAMES;
import static io.pramd.daemon.server.AccessTable.OK;
import static io.pramd.daemon.server.GuardedServers.GRANTS;
import static io.pramd.daemon.server.GuardedServers.OWN;
import static io.pramd.daemon.server.GuardedServers.SHARED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pramd.client.PramClient;
import io.pramd.client.PramException;
import io.pramd.daemon.fixture.StreamDriver;
import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.node.SaveKey;
import io.pramd.daemon.node.SaveStream;
import io.pramd.daemon.node.Saver;
import io.pramd.daemon.server.AccessRequest.Node;
import io.pramd.daemon.server.AccessRequest.Target;
import io.pramd.daemon.server.GuardedServers.Door;
import io.pramd.protocol.Errno;
import io.pramd.protocol.SaveId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every request of every principal, about every kind of name, over every transport. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class AccessMatrixTest {
    /** No rule but the operator's has them; the last two begin as those that they have. */
    private static final List<String> FOREIGN = List.of("foreign/n", "owner/n", "own");

    @TempDir private static Path folder;
    private static GuardedServers servers;
    private static NodeScene scene;
    private static long lastKey;

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

    private static void assumeDoor(Door door) {
        assumeTrue(
                door != Door.UNIX_USER || Transport.best() == Transport.EPOLL,
                "skipped: the user of a peer is known through the native library alone");
    }

    @ParameterizedTest
    @EnumSource(Door.class)
    void requestsAboutNamesComeToWhatTheTableSays(Door door) {
        assumeDoor(door);
        List<String> differences = new ArrayList<>();
        for (String principal : principals(NAMES)) {
            try (PramClient client = servers.connect(door, principal)) {
                for (String request : NAMES.requests()) {
                    NAMES.columns().stream()
                            .filter(column -> isOf(column, principal))
                            .forEach(column -> check(client, request, column, differences));
                    if (!principal.equals("operator")) {
                        check(client, request, ELSEWHERE, differences);
                    }
                }
            }
        }
        assertThat(differences).isEmpty();
    }

    private static Set<String> principals(AccessTable table) {
        Set<String> principals = new TreeSet<>();
        table.columns().forEach(column -> principals.add(column.split(":")[0]));
        principals.remove(ELSEWHERE);
        assertThat(GRANTS.keySet()).containsAll(principals);
        return principals;
    }

    private static boolean isOf(String column, String principal) {
        return column.split(":")[0].equals(principal);
    }

    private static List<String> names(String column) {
        if (column.equals("operator")) {
            return List.of(OWN + "n", SHARED + "n", "foreign/n", "own");
        }
        if (column.equals(ELSEWHERE)) {
            return FOREIGN;
        }
        return List.of((column.endsWith(":shared") ? SHARED : OWN) + "n");
    }

    private static void check(
            PramClient client, String request, String column, List<String> differences) {
        AccessRequest asked = AccessRequest.of(request);
        String expected = NAMES.expected(request, column);
        for (String name : names(column)) {
            if (asked.isByPrefix() && name.equals("own")) {
                continue; // as a prefix it is the beginning of what they have
            }
            Target target = scene.put(name, asked.before());
            String actual = asked.outcome(client, target);
            boolean isUntouched = scene.isUntouched(target, asked.before());
            if (!actual.equals(expected) || !expected.equals(OK) && !isUntouched) {
                differences.add(
                        request
                                + " "
                                + column
                                + " name="
                                + name
                                + " expected="
                                + expected
                                + " actual="
                                + actual
                                + " untouched="
                                + isUntouched);
            }
            scene.clear();
        }
    }

    /** Whether it is there, and what becomes of it, must not be told by an answer. */
    @Test
    void whatIsNotAllowedIsAnsweredAlikeWhateverIsThere() {
        List<String> differences = new ArrayList<>();
        for (String principal : GRANTS.keySet()) {
            if (principal.equals("operator")) {
                continue;
            }
            try (PramClient client = servers.connect(Door.TCP_TOKEN, principal)) {
                for (String request : NAMES.requests()) {
                    compare(client, request, "foreign/n", differences);
                    String own = NAMES.expected(request, principal);
                    if (Errno.EACCES.name().equals(own)) {
                        compare(client, request, OWN + "n", differences);
                    }
                }
            }
        }
        assertThat(differences).isEmpty();
    }

    private static void compare(
            PramClient client, String request, String name, List<String> differences) {
        AccessRequest asked = AccessRequest.of(request);
        Target target = scene.put(name, Node.QUARANTINED);
        Set<String> answers = new TreeSet<>();
        answers.add(asked.everything(client, target));
        scene.clear();
        for (Node state : List.of(Node.ABSENT, Node.SAVING, Node.READY, Node.LOADING)) {
            scene.put(name, state);
            answers.add(asked.everything(client, target));
            scene.clear();
        }
        if (answers.size() != 1 || answers.contains(OK)) {
            differences.add(request + " name=" + name + " answers=" + answers);
        }
    }

    @ParameterizedTest
    @EnumSource(Door.class)
    void requestsThatNameNothingComeToWhatTheTableSays(Door door) {
        assumeDoor(door);
        List<String> differences = new ArrayList<>();
        for (String principal : principals(NAMELESS)) {
            try (PramClient client = servers.connect(door, principal)) {
                for (String request : NAMELESS.requests()) {
                    String expected = NAMELESS.expected(request, principal);
                    String actual = nameless(client, request, principal, expected.equals(OK));
                    if (!actual.equals(expected)) {
                        differences.add(
                                request
                                        + " "
                                        + principal
                                        + " expected="
                                        + expected
                                        + " actual="
                                        + actual);
                    }
                }
            }
        }
        assertThat(differences).isEmpty();
    }

    private String nameless(
            PramClient client, String request, String principal, boolean isAllowed) {
        return switch (request) {
            case "outcome of no save" -> done(() -> client.outcome(SaveId.random()));
            case "outcome of own save" -> outcome(client, OWN + "open", principal, isAllowed);
            case "outcome of another's save" ->
                    outcome(client, "secret/open", "another", isAllowed);
            case "check" -> done(client::check);
            case "grow" -> done(() -> client.grow(16L << 20));
            case "backup" -> backup(client);
            case "info" -> done(client::info);
            case "ping" -> done(client::ping);
            default -> throw new AssertionError("no such request: " + request);
        };
    }

    private static String backup(PramClient client) {
        Path file = folder.resolve("backup");
        return done(
                () -> {
                    try {
                        client.backup(file);
                        Files.delete(file);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
    }

    private static String done(Runnable call) {
        try {
            call.run();
            return OK;
        } catch (PramException e) {
            assertThat(e).hasMessageNotContaining("secret");
            return e.errno().name();
        }
    }

    /** Asks about an open save, which is given up by that, or else can still be finished. */
    private String outcome(PramClient client, String name, String saver, boolean isAllowed) {
        SaveKey key = new SaveKey(42, ++lastKey);
        SaveStream save =
                servers.fixture()
                        .streams()
                        .open(StreamDriver.withKey(name, key).by(new Saver(saver, false)));
        SaveId id = SaveId.parse(String.format("%016x%016x", key.high(), key.low()));
        String outcome = done(() -> client.outcome(id));
        Errno finished = null;
        try {
            StreamDriver.get(save.finish(0));
        } catch (StoreException e) {
            finished = e.errno();
        }
        servers.fixture().streams().close(save);
        assertThat(finished).isEqualTo(isAllowed ? Errno.ESTALE : null);
        scene.clear();
        return outcome;
    }

    @ParameterizedTest
    @EnumSource(Door.class)
    void whoIsNobodyIsNotLetIn(Door door) {
        assumeDoor(door);
        assertThatThrownBy(() -> servers.connect(door, "nobody").close())
                .isInstanceOfSatisfying(
                        PramException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EACCES));
    }

    @Test
    void theTableNamesEveryRequest() {
        List<String> all = new ArrayList<>();
        for (AccessRequest request : AccessRequest.values()) {
            all.add(request.words());
        }
        assertThat(NAMES.requests()).isEqualTo(all);
    }
}
