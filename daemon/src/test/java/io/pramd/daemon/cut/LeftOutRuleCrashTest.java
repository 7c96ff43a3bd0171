package io.pramd.daemon.cut;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Without any one of the rules the simulation finds something lost, wrong, or not to be opened;
 * what the checker would say is not even asked.
 */
class LeftOutRuleCrashTest {
    private static final long SEEDS = 400;

    @ParameterizedTest
    @EnumSource(names = "NOTHING", mode = EnumSource.Mode.EXCLUDE)
    void isFoundMissing(LeftOut rule) {
        List<Fault> found = new ArrayList<>();
        try (Simulation simulation = new Simulation()) {
            for (long seed = rule.seed(); found.isEmpty() && seed < rule.seed() + SEEDS; seed++) {
                try {
                    simulation.runWithout(rule, seed, new Tally());
                } catch (Fault e) {
                    found.add(e);
                }
            }
        }
        assertThat(found).as("faults without %s", rule).isNotEmpty();
    }
}
