package io.pramd.daemon.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.layout.NodeLayout;
import io.pramd.daemon.recovery.NodeQuery.Sort;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NodeRowsTest {
    private static NodeRows rows(int rowsMax) {
        NodeRows rows = new NodeRows(Arena.ofAuto(), 4, rowsMax);
        set(rows, 0, "zebra", new long[] {40, 3 * 4096, 7, 0});
        set(rows, 1, "ähre/größe", new long[] {10, 4096, 9, 500});
        set(rows, 2, "ape", new long[] {30, 2 * 4096, 8, 400});
        set(rows, 3, "ape/two", new long[] {20, 0, 7, 0});
        return rows;
    }

    /**
     * @param numbers sequence, bytes, creation and expiry
     */
    private static void set(NodeRows rows, int row, String name, long[] numbers) {
        if (row >= rows.count()) {
            return;
        }
        ByteBuffer page = MetadataPage.allocate();
        NodeLayout.write(
                page,
                new NodeLayout.Identity(
                        name, 2, numbers[0], numbers[0], numbers[2], 0, 0, Map.of()),
                new NodeLayout.Extent(numbers[1], numbers[1] / 4096, numbers[1] == 0 ? 0 : 77));
        NodeLayout.owned(page, "owner" + row % 2, numbers[3]);
        rows.set(row, row, 100 + row, page);
    }

    private static List<String> names(NodeRows rows, NodeQuery query) {
        return Arrays.stream(rows.orders().select(query, query.offset(), query.limit()).rows())
                .mapToObj(rows::name)
                .toList();
    }

    private static NodeQuery by(Sort sort, boolean isDescending) {
        return new NodeQuery("", "", sort, isDescending, 0, 10);
    }

    @Test
    void ordersByEveryColumn() {
        NodeRows rows = rows(100);
        assertThat(names(rows, by(Sort.SEQUENCE, false)))
                .containsExactly("ähre/größe", "ape/two", "ape", "zebra");
        assertThat(names(rows, by(Sort.NAME, false)))
                .containsExactly("ape", "ape/two", "zebra", "ähre/größe");
        assertThat(names(rows, by(Sort.BYTES, true)))
                .containsExactly("zebra", "ape", "ähre/größe", "ape/two");
        assertThat(names(rows, by(Sort.FRAMES, false)))
                .containsExactly("ape/two", "ähre/größe", "ape", "zebra");
        assertThat(names(rows, by(Sort.CREATED, false)))
                .containsExactly("ape/two", "zebra", "ape", "ähre/größe");
        assertThat(names(rows, by(Sort.EXPIRY, false)))
                .containsExactly("ape", "ähre/größe", "ape/two", "zebra");
    }

    @Test
    void findsNamesByTheirParts() {
        NodeRows rows = rows(100);
        assertThat(names(rows, new NodeQuery("öß", "", Sort.NAME, false, 0, 10)))
                .containsExactly("ähre/größe");
        assertThat(names(rows, new NodeQuery("", "ape", Sort.NAME, false, 1, 10)))
                .containsExactly("ape/two");
        NodeQuery both = new NodeQuery("two", "ape", Sort.NAME, false, 0, 10);
        assertThat(rows.orders().select(both, 0, 0).matching()).isEqualTo(1);
        assertThat(names(rows, both)).containsExactly("ape/two");
        assertThat(rows.owner(1)).isEqualTo("owner1");
        assertThat(rows.owner(2)).isEqualTo("owner0");
    }

    @Test
    void aPageThatIsPickedIsThatOfTheOrder() {
        int count = 3000;
        NodeRows rows = new NodeRows(Arena.ofAuto(), count, count);
        Random random = new Random(7);
        for (int row = 0; row < count; row++) {
            String name = "n" + random.nextInt(count / 2); // some twice
            long[] numbers = {row + 1, 4096L * random.nextInt(9), random.nextInt(50), row % 7};
            set(rows, row, name, numbers);
        }
        for (Sort sort : Sort.values()) {
            for (boolean isDescending : new boolean[] {false, true}) {
                NodeQuery query = new NodeQuery("1", "n", sort, isDescending, 17, 300);
                NodeOrders.Selected picked = new NodeOrders(rows).select(query, 17, 300);
                NodeOrders ordered = new NodeOrders(rows);
                ordered.select(query, count, 1); // so far that all are ordered
                NodeOrders.Selected cut = ordered.select(query, 17, 300);
                assertThat(picked.rows()).as(query.toString()).isEqualTo(cut.rows()).hasSize(300);
                assertThat(picked.matching()).isEqualTo(cut.matching());
            }
        }
    }

    @Test
    void keepsNoMoreRowsThanItMayAndCountsTheOthers() {
        NodeRows rows = rows(2);
        assertThat(rows.total()).isEqualTo(4);
        assertThat(rows.count()).isEqualTo(2);
        assertThat(names(rows, by(Sort.NAME, false))).containsExactly("zebra", "ähre/größe");
        assertThat(rows.orders().find(List.of(20L, 10L))).isEqualTo(Map.of(10L, 1));
    }
}
