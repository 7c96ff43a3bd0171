package io.pramd.daemon.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.layout.LinkLayout;
import io.pramd.daemon.layout.MetadataPage;
import io.pramd.daemon.memory.PageChecksum.LinkPlace;
import java.nio.ByteBuffer;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

class LinkPositionsTest {
    @Property(tries = 500)
    void saysWhereALinkWasSealed(
            @ForAll long seed,
            @ForAll @LongRange(min = 0, max = (1L << 32) - 1) long position,
            @ForAll @LongRange(min = 1) long pfn,
            @ForAll @LongRange(min = 1) long streamSequence) {
        Random random = new Random(seed);
        byte[] uuid = new byte[16];
        random.nextBytes(uuid);
        ByteBuffer link = MetadataPage.allocate();
        random.nextBytes(link.array());
        LinkLayout.begin(link);
        LinkLayout.linkPfn(link, random.nextLong());
        LinkLayout.entry(link, random.nextInt(LinkLayout.ENTRIES), 1, random.nextInt(), 77);
        LinkPlace place = new LinkPlace(pfn, streamSequence, position);
        MetadataPage.csum(link, new PageChecksum().ofLink(uuid, place, link));

        LinkPositions places = new LinkPositions(uuid);
        places.look(pfn, link);
        assertThat(places.positionIn(streamSequence)).isEqualTo(position);
        assertThat(places.positionIn(streamSequence + 1)).isNotEqualTo(position);
        places.look(pfn + 1, link);
        assertThat(places.positionIn(streamSequence)).isNotEqualTo(position);
        link.put(4095, (byte) ~link.get(4095));
        places.look(pfn, link);
        assertThat(places.positionIn(streamSequence)).isNotEqualTo(position);
    }
}
