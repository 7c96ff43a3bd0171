package io.pramd.daemon.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.stream.Stream;
import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class AccessRulesTest {

    private static AccessRules rules(String toml) {
        return RulesFile.parse(Path.of("rules"), toml);
    }

    /** Each verb against each relation of a name to a granted prefix. */
    static Stream<Arguments> verbsAndRelations() {
        return Stream.of(Verb.values())
                .flatMap(
                        verb ->
                                Stream.of(
                                        Arguments.of(verb, "a/b", "a/b", true),
                                        Arguments.of(verb, "a/b", "a/bc", true),
                                        Arguments.of(verb, "a/b", "a/b/c", true),
                                        Arguments.of(verb, "a/b", "a/", false),
                                        Arguments.of(verb, "a/b", "a/a", false),
                                        Arguments.of(verb, "a/b", "a/c", false),
                                        Arguments.of(verb, "a/b", "xa/b", false),
                                        Arguments.of(verb, "a/b", "A/b", false),
                                        Arguments.of(verb, "", "anything", true),
                                        Arguments.of(verb, "ä", "äö", true),
                                        Arguments.of(verb, "ä", "a", false)));
    }

    @ParameterizedTest
    @MethodSource("verbsAndRelations")
    void allowsAVerbOnNamesThatBeginWithThePrefixAndNoOtherVerb(
            Verb verb, String prefix, String name, boolean isAllowed) {
        AccessRules rules =
                rules(
                        """
                        [principal.p]
                        token = true
                        allow = [ { verbs = "%s", prefix = "%s" } ]
                        [principal.other]
                        token = true
                        """
                                .formatted(verb.word(), prefix));

        for (Verb asked : Verb.values()) {
            assertThat(rules.allows("p", asked, name))
                    .as(asked + " " + name)
                    .isEqualTo(isAllowed && asked == verb);
            assertThat(rules.allows("other", asked, name)).isFalse();
            assertThat(rules.allows("nobody", asked, name)).isFalse();
        }
        assertThat(rules.sees("p", name)).isEqualTo(isAllowed);
        assertThat(rules.sees("other", name)).isFalse();
        assertThat(rules.sees("nobody", name)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "'', true, false",
        "a, true, false",
        "a/, true, true",
        "a/x, true, true",
        "b, false, false",
        "a0, false, false",
        "c/d, true, false",
        "c/d/e, true, true",
        "c/e, false, false"
    })
    void knowsWhetherAnyNameBehindAPrefixCouldBeAllowed(
            String prefix, boolean isSome, boolean isAll) {
        AccessRules rules =
                rules(
                        """
                        [principal.p]
                        token = true
                        allow = [ { verbs = ["list"], prefix = ["a/", "c/d/"] } ]
                        """);

        assertThat(rules.allowsSome("p", Verb.LIST, prefix)).isEqualTo(isSome);
        assertThat(rules.seesSome("p", prefix)).isEqualTo(isSome);
        assertThat(rules.allowsSome("p", Verb.SAVE, prefix)).isFalse();
        assertThat(rules.allowsSome("nobody", Verb.LIST, prefix)).isFalse();
        assertThat(rules.seesSome("nobody", prefix)).isFalse();
        assertThat(rules.allows("p", Verb.LIST, prefix)).isEqualTo(isAll);
    }

    @ParameterizedTest
    @EnumSource(Verb.class)
    void allGrantsEveryVerbAndAnEmptyPrefixEveryName(Verb verb) {
        AccessRules rules =
                rules(
                        """
                        [principal.some]
                        token = true
                        allow = [ { verbs = "all", prefix = "some/" } ]
                        [principal.every]
                        token = true
                        allow = [ { verbs = ["all"], prefix = ["x", ""] } ]
                        """);

        assertThat(rules.allows("some", verb, "some/name")).isTrue();
        assertThat(rules.allowsAll("some", verb)).isFalse();
        assertThat(rules.allows("every", verb, "name")).isTrue();
        assertThat(rules.allowsAll("every", verb)).isTrue();
        assertThat(rules.allowsAll("nobody", verb)).isFalse();
    }

    @Test
    void seesWhatAnyOfSeveralGrantsNames() {
        AccessRules rules =
                rules(
                        """
                        [principal.p]
                        token = true
                        allow = [ { verbs = ["save"], prefix = "s/" }, { verbs = ["peek"], prefix = "p/" } ]
                        """);

        assertThat(rules.sees("p", "s/1")).isTrue();
        assertThat(rules.sees("p", "p/1")).isTrue();
        assertThat(rules.sees("p", "q/1")).isFalse();
        assertThat(rules.grants("p")).containsExactly("save: s/*", "peek: p/*");
        assertThat(rules.grants("nobody")).isEmpty();
        assertThat(rules.has("p")).isTrue();
        assertThat(rules.has("nobody")).isFalse();
    }

    @Test
    void knowsACertificateByItsSubjectHoweverThatIsWritten() {
        AccessRules rules =
                rules(
                        """
                        [principal.p]
                        certificate = ["CN=Search,  O=Example Ltd", "CN=second"]
                        """);

        assertThat(rules.byCertificate(new X500Principal("cn=search, o=example  ltd")))
                .hasValue("p");
        assertThat(rules.byCertificate(new X500Principal("CN=second"))).hasValue("p");
        assertThat(rules.byCertificate(new X500Principal("O=Example Ltd, CN=Search"))).isEmpty();
        assertThat(rules.byCertificate(new X500Principal("CN=Search"))).isEmpty();
    }

    @Test
    void theUserDecidesBeforeTheGroup() {
        AccessRules rules =
                rules(
                        """
                        [principal.user]
                        uid = 1001
                        [principal.group]
                        gid = [200, 4294967294]
                        """);

        assertThat(rules.byUser(1001, 200)).hasValue("user");
        assertThat(rules.byUser(1002, 200)).hasValue("group");
        assertThat(rules.byUser(1002, (int) 4294967294L)).hasValue("group");
        assertThat(rules.byUser(200, 1001)).isEmpty();
    }

    @Test
    void onlyThosePrincipalsMayUseATokenThatSaySo() {
        AccessRules rules =
                rules("[principal.a]\ntoken = true\n[principal.b]\ntoken = false\nuid = 1\n");

        assertThat(rules.mayUseToken("a")).isTrue();
        assertThat(rules.mayUseToken("b")).isFalse();
        assertThat(rules.mayUseToken("c")).isFalse();
        assertThat(rules.everyone()).isEmpty();
        assertThat(rules("[principal.x]\neveryone = true").everyone()).hasValue("x");
    }
}
