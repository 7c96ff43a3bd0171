package io.pramd.daemon.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.access.PrincipalRules.Ways;
import io.pramd.daemon.quota.QuotaRules;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The rules against the plainest way to say the same. */
class AccessRulesPropertyTest {
    private static final String PRINCIPAL = "p";

    /** Of few characters, so that they often begin with each other. */
    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.strings().withChars('a', 'b', '/', '\ud83d', '\ude00').ofMaxLength(5);
    }

    @Provide
    Arbitrary<List<Grant>> grants() {
        return Combinators.combine(
                        Arbitraries.of(Verb.class).set().ofMinSize(1), texts().list().ofMaxSize(6))
                .as(Grant::new)
                .list()
                .ofMaxSize(4);
    }

    private static AccessRules rules(List<Grant> grants) {
        Ways ways = new Ways(true, Set.of(), Set.of(), Set.of(), false);
        return new AccessRules(
                Map.of(PRINCIPAL, new PrincipalRules(ways, grants)), QuotaRules.NONE);
    }

    @Property
    void allowsWhatSomeGrantNames(
            @ForAll("grants") List<Grant> grants, @ForAll Verb verb, @ForAll("texts") String name) {
        AccessRules rules = rules(grants);

        boolean isAllowed =
                grants.stream()
                        .filter(grant -> grant.verbs().contains(verb))
                        .flatMap(grant -> grant.prefixes().stream())
                        .anyMatch(name::startsWith);
        boolean isSeen =
                grants.stream()
                        .flatMap(grant -> grant.prefixes().stream())
                        .anyMatch(name::startsWith);

        assertThat(rules.allows(PRINCIPAL, verb, name)).isEqualTo(isAllowed);
        assertThat(rules.sees(PRINCIPAL, name)).isEqualTo(isSeen);
    }

    @Property
    void allowsSomethingBehindAPrefixIfANameThereCouldBegin(
            @ForAll("grants") List<Grant> grants,
            @ForAll Verb verb,
            @ForAll("texts") String prefix) {
        AccessRules rules = rules(grants);

        boolean isSome =
                grants.stream()
                        .filter(grant -> grant.verbs().contains(verb))
                        .flatMap(grant -> grant.prefixes().stream())
                        .anyMatch(one -> one.startsWith(prefix) || prefix.startsWith(one));
        boolean isEvery =
                grants.stream()
                        .filter(grant -> grant.verbs().contains(verb))
                        .anyMatch(grant -> grant.prefixes().contains(""));

        assertThat(rules.allowsSome(PRINCIPAL, verb, prefix)).isEqualTo(isSome);
        assertThat(rules.allowsAll(PRINCIPAL, verb)).isEqualTo(isEvery);
    }
}
