package io.pramd.daemon.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pramd.daemon.memory.StoreException;
import io.pramd.protocol.Errno;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

class QuotasTest {
    private static final long PAGE = 4096;
    private static final long ANY = QuotaLimits.UNLIMITED;

    private final Quotas quotas = new Quotas();

    private void limit(String principal, QuotaLimits limits) {
        quotas.rules(new QuotaRules(Map.of(principal, limits), Map.of(), 0));
    }

    private void limitPrefix(String prefix, QuotaLimits limits) {
        quotas.rules(new QuotaRules(Map.of(), Map.of(prefix, limits), 0));
    }

    private static void refused(String text, Callable<?> verb) {
        assertThatThrownBy(verb::call)
                .isInstanceOf(StoreException.class)
                .hasMessage(text)
                .extracting(e -> ((StoreException) e).errno())
                .isEqualTo(Errno.EDQUOT);
    }

    @Test
    void countsEveryOwnerThoughNobodyLimitsIt() {
        Hold hold = quotas.openSave("ann", "a", -1);
        hold.reserve(3);
        assertThat(quotas.usage("ann")).isEqualTo(new Usage(3 * PAGE, 1, 1));
        long ticket = hold.publish();
        assertThat(quotas.usage("ann")).isEqualTo(new Usage(3 * PAGE, 1, 0));
        quotas.giveBack(ticket);
        assertThat(quotas.usageByOwner()).isEmpty();
    }

    @Test
    void refusesBytesPageByPageAndTakesNothingThen() {
        limit("ann", new QuotaLimits(4 * PAGE, ANY, ANY, ANY));
        Hold hold = quotas.openSave("ann", "a", -1);
        hold.reserve(3);
        refused(
                "over the quota: whose=principal ann what=bytes limit=16384 used=12288 asked=8192",
                () -> {
                    hold.reserve(2);
                    return null;
                });
        hold.reserve(1);
        assertThat(quotas.usage("ann").bytes()).isEqualTo(4 * PAGE);
    }

    @Test
    void comparesWhatIsDeclaredWithWhatIsLeft() {
        limit("ann", new QuotaLimits(4 * PAGE, ANY, ANY, ANY));
        quotas.openSave("ann", "a", 4 * PAGE).reserve(1);
        refused(
                "over the quota: whose=principal ann what=bytes limit=16384 used=4096 asked=16384",
                () -> quotas.openSave("ann", "b", 3 * PAGE + 1));
        quotas.openSave("ann", "b", 3 * PAGE);
        assertThat(quotas.usage("ann")).isEqualTo(new Usage(PAGE, 2, 2));
    }

    @Test
    void limitsNodesAndStreamsAndTheLargestNode() {
        limit("ann", new QuotaLimits(ANY, 1, 2, 2 * PAGE));
        Hold hold = quotas.openSave("ann", "a", -1);
        refused(
                "over the quota: whose=principal ann what=nodes limit=1 used=1 asked=1",
                () -> quotas.openSave("ann", "b", -1));
        hold.reserve(2);
        refused(
                "over the quota: whose=principal ann what=largest limit=8192 used=0"
                        + " asked=12288",
                () -> {
                    hold.reserve(1);
                    return null;
                });
        Hold load = quotas.openLoad("ann", "x");
        refused(
                "over the quota: whose=principal ann what=streams limit=2 used=2 asked=1",
                () -> quotas.openLoad("ann", "y"));
        load.release();
        load.release();
        assertThat(quotas.usage("ann").streams()).isEqualTo(1);
    }

    @Test
    void chargesEveryPrefixThatANameBeginsWith() {
        Map<String, QuotaLimits> prefixes = new LinkedHashMap<>();
        prefixes.put("a", QuotaLimits.NONE);
        prefixes.put("a/b", new QuotaLimits(ANY, 1, ANY, ANY));
        quotas.rules(new QuotaRules(Map.of(), prefixes, 0));
        quotas.charge("", "a/b/1", 2);
        quotas.charge("", "a/c", 1);
        quotas.charge("", "b", 1);
        assertThat(quotas.usageByPrefix())
                .isEqualTo(
                        Map.of("a", new Usage(3 * PAGE, 2, 0), "a/b", new Usage(2 * PAGE, 1, 0)));
        refused(
                "over the quota: whose=prefix a/b what=nodes limit=1 used=1 asked=1",
                () -> quotas.openSave("", "a/b/2", -1));
    }

    @Test
    void comparesAFinishedSaveWithTheLimitsAsTheyAreThen() {
        Hold hold = quotas.openSave("ann", "a", -1);
        hold.reserve(3);
        hold.requireWithinLimits();
        limit("ann", new QuotaLimits(2 * PAGE, ANY, ANY, ANY));
        refused(
                "over the quota: whose=principal ann what=bytes limit=8192 used=0 asked=12288",
                () -> {
                    hold.requireWithinLimits();
                    return null;
                });
        limit("ann", new QuotaLimits(3 * PAGE, 1, 0, 3 * PAGE));
        hold.requireWithinLimits();
    }

    @Test
    void whatIsGivenBackIsWhatWasTakenWhateverTheRulesHaveBecome() {
        limitPrefix("a", QuotaLimits.NONE);
        long one = quotas.charge("ann", "a1", 5);
        Hold open = quotas.openSave("ann", "a2", -1);
        open.reserve(7);
        limitPrefix("a2", QuotaLimits.NONE);
        assertThat(quotas.usageByPrefix()).as("not counted yet").isEmpty();
        quotas.beginCount().orElseThrow().run();
        assertThat(quotas.usageByPrefix()).isEqualTo(Map.of("a2", new Usage(7 * PAGE, 1, 1)));
        long two = open.publish();
        assertThat(quotas.usage("ann")).isEqualTo(new Usage(12 * PAGE, 2, 0));
        quotas.rules(QuotaRules.NONE);
        List.of(one, two).forEach(quotas::giveBack);
        assertThat(quotas.usageByOwner()).isEmpty();
        limitPrefix("a", QuotaLimits.NONE);
        quotas.beginCount().orElseThrow().run();
        assertThat(quotas.usageByPrefix()).isEqualTo(Map.of("a", Usage.NOTHING));
    }

    @Test
    void aPrefixIsNotEnforcedBeforeItIsCounted() {
        quotas.charge("", "a1", 1);
        limitPrefix("a", new QuotaLimits(ANY, 0, ANY, ANY));
        assertThat(quotas.counting()).isEqualTo(1);
        quotas.openSave("", "a2", -1).release();
        quotas.beginCount().orElseThrow().run();
        assertThat(quotas.counting()).isZero();
        assertThatThrownBy(() -> quotas.openSave("", "a2", -1)).isInstanceOf(StoreException.class);
    }

    @Test
    void rulesThatComeBeforeTheNodesNeedNoCount() {
        limitPrefix("a", new QuotaLimits(ANY, 1, ANY, ANY));
        assertThat(quotas.counting()).isZero();
        assertThat(quotas.beginCount()).isEmpty();
        quotas.charge("", "a1", 1);
        assertThatThrownBy(() -> quotas.openSave("", "a2", -1)).isInstanceOf(StoreException.class);
    }

    @Test
    void nodesThatNobodyIsChargedForTakeNothing() {
        limitPrefix("a", QuotaLimits.NONE);
        assertThat(quotas.charge("", "b", 1)).isZero();
        quotas.giveBack(0);
        assertThat(quotas.usageByPrefix()).isEqualTo(Map.of("a", Usage.NOTHING));
    }

    @Test
    void infoNamesPrincipalsAndPrefixesWithLimits() {
        quotas.rules(
                new QuotaRules(
                        Map.of("ann", new QuotaLimits(100, ANY, ANY, ANY)),
                        Map.of("p", new QuotaLimits(ANY, 7, ANY, ANY)),
                        8192));
        quotas.charge("ann", "p1", 2);
        Map<String, Object> info = new LinkedHashMap<>();
        QuotaFigures.addTo(info, quotas);
        assertThat(info)
                .containsEntry("quota.principal.ann.bytes.used", 2 * PAGE)
                .containsEntry("quota.principal.ann.bytes.limit", 100L)
                .containsEntry("quota.principal.ann.nodes.limit", "unlimited")
                .containsEntry("quota.prefix.p.nodes.used", 1L)
                .containsEntry("quota.prefix.p.nodes.limit", 7L)
                .containsEntry("quota.reserved.bytes", 8192L)
                .containsEntry("quota.counting", 0L);
    }
}
