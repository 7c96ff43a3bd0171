package io.pramd.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import org.junit.jupiter.api.Test;

class PacketBuffersTest {
    private final PacketBuffers buffers = new PacketBuffers();

    @Test
    void keepsABufferForTheNextPacket() {
        ByteBuf first = buffers.take();
        buffers.giveBack(first);
        ByteBuf second = buffers.take();
        assertThat(second).isSameAs(first);
        assertThat(second.readableBytes()).isZero();
        buffers.giveBack(second);
        buffers.close();
        assertThat(first.refCnt()).isZero();
    }

    @Test
    void keepsNothingThatIsGivenBackAfterTheClose() {
        ByteBuf late = buffers.take();
        buffers.close();
        buffers.giveBack(late);
        assertThat(late.refCnt()).isZero();
    }

    @Test
    void smallReadsGetSmallBuffers() {
        ByteBuf small = buffers.take(1);
        assertThat(small.capacity()).isEqualTo(4096);
        buffers.giveBack(small);
        assertThat(small.refCnt()).isZero();
    }

    @Test
    void aBufferThatSomebodyStillHoldsIsNotHandedOutAgain() {
        ByteBuf shared = buffers.take().retain();
        buffers.giveBack(shared);
        assertThat(shared.refCnt()).isEqualTo(1);
        ByteBuf other = buffers.take();
        assertThat(other).isNotSameAs(shared);
        shared.release();
        other.release();
    }
}
