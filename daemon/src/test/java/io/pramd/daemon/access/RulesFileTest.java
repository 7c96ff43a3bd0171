package io.pramd.daemon.access;

import static io.pramd.daemon.fixture.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pramd.daemon.memory.StoreException;
import io.pramd.daemon.quota.QuotaLimits;
import io.pramd.protocol.Errno;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RulesFileTest {
    private static final Path NAME = Path.of("access.toml");
    private static final String PRINCIPAL = "[principal.p]\ntoken = true\n";

    @TempDir Path folder;

    private static AccessRules parse(String toml) {
        return RulesFile.parse(NAME, toml);
    }

    @Test
    void readsQuotasOfPrincipalsAndPrefixesAndTheReserve() {
        AccessRules rules =
                parse(
                        """
                        [principal."a.b"]
                        token = true
                        quota = { bytes = "8G", nodes = 1000, streams = 16, largest = "1.5 GiB" }

                        [principal.c]
                        token = true
                        quota.bytes = 4096

                        [prefix."shared/"]
                        quota = { nodes = 0 }

                        [prefix.""]
                        quota = {}

                        [reserve]
                        bytes = "256M"
                        """);

        long none = QuotaLimits.UNLIMITED;
        assertThat(rules.quotas().principals())
                .isEqualTo(
                        Map.of(
                                "a.b",
                                new QuotaLimits(8L << 30, 1000, 16, 3L << 29),
                                "c",
                                new QuotaLimits(4096, none, none, none)));
        assertThat(rules.quotas().prefixes())
                .isEqualTo(
                        Map.of(
                                "shared/",
                                new QuotaLimits(none, 0, none, none),
                                "",
                                QuotaLimits.NONE));
        assertThat(rules.quotas().reservedBytes()).isEqualTo(256L << 20);
    }

    @Test
    void aFileWithoutAPrincipalIsAFaultSinceItWouldLockEverybodyOut() {
        for (String text : List.of("", "[principal]", "[reserve]\nbytes = 4096")) {
            assertThatThrownBy(() -> parse(text))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining(":1: no principal: nobody could come in");
        }
    }

    static Stream<Arguments> faultsOfKeysAndNames() {
        String p = PRINCIPAL;
        return Stream.of(
                Arguments.of("[principal.p\n", 1, "not TOML: "),
                Arguments.of("\n[prefix.\"a\\q\"]\n", 2, "not TOML: Invalid escape"),
                Arguments.of("a = 1\na = 2\n", 2, "not TOML: a previously defined"),
                Arguments.of(
                        "x = 1\n", 1, "unknown key: key=x expected=principal, prefix, reserve"),
                Arguments.of("[principals.p]\n", 1, "unknown key: key=principals"),
                Arguments.of("principal = 1\n", 1, "wrong type: key=principal expected=a table"),
                Arguments.of(
                        "\nprincipal.p = 1\n", 2, "wrong type: key=principal.p expected=a table"),
                Arguments.of(p + "tokn = true\n", 3, "unknown key: key=principal.p.tokn"),
                Arguments.of(p + "x.y = true\n", 3, "unknown key: key=principal.p.x"),
                Arguments.of(
                        "[principal.p]\ntoken = \"yes\"\n",
                        2,
                        "wrong type: key=principal.p.token expected=true or false actual=a text"),
                Arguments.of("\n[principal.p]\n", 2, "nobody can be this principal: principal=p"),
                Arguments.of("[principal.p]\ntoken = false\n", 1, "nobody can be this principal"),
                Arguments.of("[principal.p]\nuid = []\n", 1, "nobody can be this principal"),
                Arguments.of("[principal.\"a b\"]\ntoken = true\n", 1, "not a name of a principal"),
                Arguments.of(
                        "[principal." + "x".repeat(65) + "]\ntoken = true\n",
                        1,
                        "not a name of a principal: expected=1 to 64 of A-Z a-z 0-9 . _ -"
                                + " actual=xx"));
    }

    static Stream<Arguments> faultsOfWaysIn() {
        return Stream.of(
                Arguments.of("[principal.p]\ncertificate = 1\n", 2, "expected=a text in quotes"),
                Arguments.of(
                        "[principal.p]\ncertificate = [\"CN=a\",\n\"nonsense\"]\n",
                        3,
                        "not a subject: key=principal.p.certificate"),
                Arguments.of("[principal.p]\nuid = -1\n", 2, "not an id: key=principal.p.uid"),
                Arguments.of(
                        "[principal.p]\n"
                                + "gid = [ # \ud83d\ude00\n"
                                + "1, # one\n\n"
                                + "  # next\n"
                                + " 4294967295\n"
                                + "]\n",
                        6,
                        "actual=4294967295"),
                Arguments.of("[principal.p]\nuid = \"root\"\n", 2, "expected=an integer"),
                Arguments.of("[principal.p]\nuid = 1.5\n", 2, "actual=a floating-point number"),
                Arguments.of("[principal.p]\nuid = 2026-01-31\n", 2, "actual=a date or time"),
                Arguments.of(
                        "[principal.p]\nuid = 1\n[principal.q]\nuid = [2,\n1]\n",
                        5,
                        "given twice: key=principal.q.uid expected=once, and principal.p has it"),
                Arguments.of("[principal.p]\ngid = 1\n[principal.q]\ngid = 1\n", 4, "given twice"),
                Arguments.of(
                        "[principal.p]\ncertificate = \"CN=a\"\n"
                                + "[principal.q]\ncertificate = \"cn=A\"\n",
                        4,
                        "given twice: key=principal.q.certificate"),
                Arguments.of(
                        "[principal.p]\neveryone = true\n[principal.q]\neveryone = true\n",
                        4,
                        "given twice: key=principal.q.everyone"));
    }

    static Stream<Arguments> faultsOfGrants() {
        String p = PRINCIPAL;
        String allow = p + "allow = [ { verbs = [\"save\"],";
        return Stream.of(
                Arguments.of(p + "allow = { verbs = \"save\", prefix = \"\" }\n", 3, "a list"),
                Arguments.of(p + "allow = [\n\"save\"]\n", 4, "expected=a table"),
                Arguments.of(allow + " prefix = \"\", x = 1 } ]\n", 3, "allow.x"),
                Arguments.of(
                        p + "allow = [ { verbs = [\"save\"] } ]\n",
                        3,
                        "a key is missing: key=principal.p.allow.prefix"),
                Arguments.of(
                        p + "allow = [\n{ prefix = \"\" } ]\n", 4, "key=principal.p.allow.verbs"),
                Arguments.of(
                        p + "allow = [ { verbs = [\"save\",\n\"SAVE\"], prefix = \"\" } ]\n",
                        4,
                        "unknown verb: key=principal.p.allow.verbs expected=save, load, peek, list,"
                                + " remove, admin, all actual=SAVE"),
                Arguments.of(allow + " prefix = 1 } ]\n", 3, "wrong type"),
                Arguments.of(
                        allow + " prefix = \"" + "ä".repeat(128) + "\" } ]\n",
                        3,
                        "not a prefix: key=principal.p.allow.prefix expected=at most 255 bytes"),
                Arguments.of(
                        allow + " prefix = [\"\",\n\"a\\u0007\"] } ]\n",
                        4,
                        "expected=no control characters actual=a?"));
    }

    static Stream<Arguments> faultsOfQuotas() {
        String p = PRINCIPAL;
        return Stream.of(
                Arguments.of(p + "quota = 1\n", 3, "key=principal.p.quota expected=a table"),
                Arguments.of(p + "quota = { bites = 1 }\n", 3, "key=principal.p.quota.bites"),
                Arguments.of(
                        p + "quota = { bytes = \"8 parsecs\" }\n",
                        3,
                        "not a size: key=principal.p.quota.bytes expected=4096, 512M, 8G or 1.5 GiB"
                                + " actual=8 parsecs"),
                Arguments.of(p + "quota = { bytes = 1.5 }\n", 3, "wrong type"),
                Arguments.of(p + "quota = { largest = -1 }\n", 3, "negative"),
                Arguments.of(p + "[principal.p.quota]\nnodes = \"1K\"\n", 4, "wrong type"),
                Arguments.of(p + "quota = { streams = -1 }\n", 3, "expected=0 or more actual=-1"),
                Arguments.of("[prefix.\"a\"]\n", 1, "a key is missing: key=prefix.a.quota"),
                Arguments.of(
                        "[prefix.\"a\"]\nquotas = {}\n", 2, "unknown key: key=prefix.a.quotas"),
                Arguments.of(
                        "[prefix.\"" + "a".repeat(256) + "\"]\nquota = {}\n", 1, "not a prefix"),
                Arguments.of("[reserve]\n", 1, "a key is missing: key=reserve.bytes"),
                Arguments.of("[reserve]\nbytes = \"much\"\n", 2, "not a size: key=reserve.bytes"),
                Arguments.of(
                        "[reserve]\nbytes = 1\nnodes = 1\n", 3, "unknown key: key=reserve.nodes"));
    }

    @ParameterizedTest
    @MethodSource({"faultsOfKeysAndNames", "faultsOfWaysIn", "faultsOfGrants", "faultsOfQuotas"})
    void saysOfEachFaultOnWhichLineItIs(String toml, int line, String text) {
        StoreException refusal = refused(Errno.EINVAL, () -> parse(toml));

        assertThat(refusal)
                .hasMessageStartingWith("the rules file is wrong: ")
                .hasMessageContaining("access.toml:" + line + ": ")
                .hasMessageContaining(text);
        assertThat(refusal.getMessage().lines()).hasSize(1);
    }

    @Test
    void saysAllThatIsWrongInTheOrderOfTheLines() {
        StoreException refusal =
                refused(
                        Errno.EINVAL,
                        () ->
                                parse(
                                        """
                                        [reserve]
                                        bytes = -1
                                        [principal.p]
                                        uid = -1
                                        x = 1
                                        """));

        assertThat(refusal)
                .hasMessage(
                        "the rules file is wrong: access.toml:2: negative: key=reserve.bytes"
                                + " expected=0 or more actual=-1; access.toml:4: not an id:"
                                + " key=principal.p.uid expected=0 to 4294967294 actual=-1;"
                                + " access.toml:5: unknown key: key=principal.p.x expected=token,"
                                + " certificate, uid, gid, everyone, allow, quota");
    }

    @Test
    void listsTenOfManyFaults() {
        String toml = PRINCIPAL;
        for (int i = 0; i < 14; i++) {
            toml += "x" + i + " = 1\n";
        }
        String all = toml;
        StoreException refusal = refused(Errno.EINVAL, () -> parse(all));

        assertThat(refusal.getMessage().split("access.toml:", -1)).hasSize(1 + 10);
        assertThat(refusal).hasMessageEndingWith("; more=4");
    }

    @Test
    void refusesBracketsWithinBracketsWithoutEnd() {
        refused(Errno.EINVAL, () -> parse("a = " + "[".repeat(200_000)));
    }

    /** The parser asserts that it is whole, or would look behind its end. */
    @Test
    void refusesAnEscapeThatIsNotWhole() {
        refused(Errno.EINVAL, () -> parse("x = \"\"\"\\u.\"\"\"\n"));
    }

    @Test
    void refusesAFileThatAnybodyMayChange() throws IOException {
        Path file = Files.writeString(folder.resolve("rules"), PRINCIPAL);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));

        assertThat(refused(Errno.EACCES, () -> AccessRules.read(file)))
                .hasMessageContaining(file.toString());
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(AccessRules.read(file).has("p")).isTrue();
    }

    @Test
    void refusesWhatCannotBeAFileOfRules() throws IOException {
        Path file = folder.resolve("rules");
        refused(Errno.ENOENT, () -> AccessRules.read(file));
        Files.write(file, new byte[] {'#', (byte) 0xFF});
        assertThat(refused(Errno.EINVAL, () -> AccessRules.read(file)))
                .hasMessageContaining("not UTF-8");
        Files.writeString(file, "#".repeat((1 << 20) + 1));
        assertThat(refused(Errno.EINVAL, () -> AccessRules.read(file)))
                .hasMessageContaining("bytesMax=1048576");
        refused(Errno.EINVAL, () -> AccessRules.read(folder));
    }
}
