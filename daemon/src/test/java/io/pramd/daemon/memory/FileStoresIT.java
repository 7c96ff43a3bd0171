package io.pramd.daemon.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.pramd.daemon.fixture.CommandProcess.Ended;
import io.pramd.daemon.fixture.Commands;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FileStoresIT {
    private static final int BYTES = 8192;

    @TempDir Path folder;

    /** Connections may have taken all of it when a thread stores for the first time. */
    @Test
    void aThreadWithoutMemoryOfItsOwnStoresAllTheSame() throws Exception {
        Path file = Files.write(folder.resolve("m"), new byte[BYTES]);
        Ended ended =
                Commands.in(folder)
                        .java(
                                "-XX:MaxDirectMemorySize=1m",
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Hungry.class.getName(),
                                file.toString());
        assertThat(ended.exitCode()).as(ended.stderr()).isZero();
        byte[] stored = new byte[BYTES];
        Arrays.fill(stored, (byte) 7);
        assertThat(file).hasBinaryContent(stored);
    }

    /** Takes all direct memory, and then stores. */
    static final class Hungry {
        private Hungry() {}

        public static void main(String[] args) throws Exception {
            FileLock lock = FileLock.acquire(Path.of(args[0]));
            FileStores stores = new FileStores(lock.fd());
            stores.store(0, ByteBuffer.wrap(new byte[0]));
            List<ByteBuffer> taken = new ArrayList<>();
            take(taken, 60_000);
            take(taken, 3000);
            byte[] bytes = new byte[BYTES];
            Arrays.fill(bytes, (byte) 7);
            Thread thread = new Thread(() -> stores.store(0, ByteBuffer.wrap(bytes)));
            thread.start();
            thread.join();
            System.out.println(taken.size());
        }

        private static void take(List<ByteBuffer> taken, int bytes) {
            try {
                while (true) {
                    taken.add(ByteBuffer.allocateDirect(bytes));
                }
            } catch (OutOfMemoryError e) {
                System.err.println(e.getMessage());
            }
        }
    }
}
