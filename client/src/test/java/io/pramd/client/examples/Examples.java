package io.pramd.client.examples;

import io.pramd.client.PramClient;
import io.pramd.client.WarmState;
import java.time.Duration;

/**
 * Immutable: what the Javadoc of the library shows, by its regions. It is in a package of its own,
 * so that an example uses nothing that a user has not.
 */
final class Examples {
    private Examples() {}

    static byte[] handOver(String uri, byte[] state) {
        // @start region="handOver"
        try (PramClient client = PramClient.connect(uri)) {
            client.save("state", state); // when it returns it is saved
        }

        // and in the next process
        try (PramClient client = PramClient.connect(uri)) {
            return client.load("state", in -> in.readAllBytes()); // and the daemon has it no more
        }
        // @end
    }

    static WarmState<Index> warmState(PramClient client, String version) {
        // @start region="warmState"
        WarmState<Index> warm =
                WarmState.of(client, "index")
                        .fingerprint(version)
                        .checkpointEvery(Duration.ofMinutes(5))
                        .restoreOrBuild(Index::read, Index::build);
        // @end
        return warm;
    }
}
