package io.pramd.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.protocol.Errno;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdviceTest {
    @ParameterizedTest
    @CsvSource({
        "ENOENT, no such node: name=a, ls, pram ls",
        "ENOENT, no such name for principal search: name=x, save, principal.grants",
        "EDQUOT, whose=reserve what=bytes, save, administrators",
        "EDQUOT, cannot preallocate the memory file, grow, its device",
        "ENOMEM, cannot preallocate the memory file, grow, make room on its device",
        "ENOMEM, no frame left, save, pram grow",
        "EDQUOT, whose=principal a what=largest, save, a smaller node",
        "EDQUOT, whose=principal a what=streams, load, finish some first",
        "EDQUOT, whose=principal a what=bytes, save, a replacement counts beside",
        "ETIMEDOUT, save was open for too long, save, --saving-max",
        "ETIMEDOUT, not ready, load, --wait",
        "EINVAL, authentication is not offered: authMethod=1, ls, PRAM_TOKEN",
    })
    void saysWhatHelpsAgainstThisVeryFailure(Errno errno, String text, String verb, String advice) {
        assertThat(Advice.ofRefusal(errno, text, verb)).contains(advice);
    }
}
