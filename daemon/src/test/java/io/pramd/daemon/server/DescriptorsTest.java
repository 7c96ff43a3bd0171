package io.pramd.daemon.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pramd.daemon.memory.StoreException;
import org.junit.jupiter.api.Test;

class DescriptorsTest {
    @Test
    void readsTheSoftLimitOfTheKernelsTable() {
        String limits =
                """
                Limit                     Soft Limit           Hard Limit           Units
                Max processes             95000                95000                processes
                Max open files            256                  4096                 files
                """;
        assertThat(Descriptors.max(limits)).isEqualTo(256);
        assertThat(Descriptors.max("")).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void leavesRoomToRefuseAsManyAsAreServed() {
        assertThat(new Descriptors(50, 256).connectionsMax(1024, 0)).isEqualTo(87);
        assertThat(new Descriptors(50, 100_000).connectionsMax(1024, 0)).isEqualTo(1024);
        assertThat(new Descriptors(50, Long.MAX_VALUE).connectionsMax(1024, 0)).isEqualTo(1024);
        assertThat(new Descriptors(50, 60).connectionsMax(1024, 0)).isOne();
        assertThat(new Descriptors(50, 256).connectionsMax(1024, 74)).isEqualTo(50);
    }

    @Test
    void refusesTooFewToStartWith() {
        assertThatCode(() -> new Descriptors(30, 70).requireEnough(2)).doesNotThrowAnyException();
        assertThatThrownBy(() -> new Descriptors(30, 69).requireEnough(2))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("max=69 expected=70 or more");
    }

    @Test
    void knowsThisProcess() {
        Descriptors here = Descriptors.ofThisProcess();

        assertThat(here.open()).isPositive();
        assertThat(here.max()).isGreaterThan(here.open());
    }
}
