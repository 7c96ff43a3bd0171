package io.pramd.daemon.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.pramd.daemon.fixture.StreamDriver;
import io.pramd.protocol.FinishSave;
import io.pramd.protocol.LoadOpened;
import io.pramd.protocol.ReadPages;
import io.pramd.protocol.RemoveNode;
import io.pramd.protocol.Removed;
import io.pramd.protocol.SaveOpened;
import io.pramd.protocol.Saved;
import io.pramd.protocol.Welcome;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No memory for an answer: its connection ends, and what it held is given back. */
class NoMemoryTest {
    private static final int PAGES = 300;

    @TempDir Path folder;

    /** Answers find no memory while this says so. */
    private static final class Scarce extends AbstractByteBufAllocator {
        private boolean isExhausted;

        @Override
        protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
            return UnpooledByteBufAllocator.DEFAULT.heapBuffer(initialCapacity, maxCapacity);
        }

        @Override
        protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
            if (isExhausted) {
                throw new OutOfMemoryError("Cannot reserve direct buffer memory");
            }
            return UnpooledByteBufAllocator.DEFAULT.directBuffer(initialCapacity, maxCapacity);
        }

        @Override
        public boolean isDirectBufferPooled() {
            return false;
        }
    }

    private static EmbeddedClient greeted(ServedStore served, Scarce memory) {
        EmbeddedClient client = new EmbeddedClient(served.sessions(), memory);
        client.send(ClientBytes.greeting());
        assertThat(client.next().message()).isInstanceOf(Welcome.class);
        return client;
    }

    @Test
    void aLoadThatCannotBeAnsweredEndsAndKeepsNoPin() {
        Scarce memory = new Scarce();
        try (ServedStore served = ServedStore.in(folder);
                EmbeddedClient client = greeted(served, memory);
                EmbeddedClient other = served.greeted()) {
            long freeBefore = served.framesFree();
            other.send(
                    ClientBytes.of()
                            .message(1, ClientBytes.prepareSave("a"))
                            .pages(1, ClientBytes.pagesFrom(0, PAGES))
                            .message(1, new FinishSave((long) PAGES * StreamDriver.PAGE)));
            other.next(1, SaveOpened.class);
            other.next(1, Saved.class);
            client.send(ClientBytes.of().message(1, ClientBytes.load("a")));
            client.next(1, LoadOpened.class);
            memory.isExhausted = true;

            client.send(ClientBytes.of().message(1, new ReadPages(0, PAGES)));

            assertThat(client.isOpen()).isFalse();
            other.send(ClientBytes.of().message(2, new RemoveNode(0, 0, "a")));
            other.next(2, Removed.class);
            assertThat(served.framesFree()).isEqualTo(freeBefore);
        }
    }

    @Test
    void anAnswerThatComesLaterAndFindsNoMemoryEndsItsConnection() {
        Scarce memory = new Scarce();
        try (ServedStore served = ServedStore.withoutWalk(folder);
                EmbeddedClient client = greeted(served, memory)) {
            client.send(ClientBytes.of().message(1, ClientBytes.prepareSave("a")));
            client.expectNothing();
            memory.isExhausted = true;

            served.walk();

            assertThat(client.isOpen()).isFalse();
            try (EmbeddedClient other = served.greeted()) {
                other.send(ClientBytes.of().message(1, ClientBytes.prepareSave("a")));
                other.next(1, SaveOpened.class);
            }
        }
    }
}
