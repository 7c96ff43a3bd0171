package io.pramd.client.examples;

import io.pramd.client.LoadOptions;
import io.pramd.client.LoadStream;
import io.pramd.client.PramClient;
import io.pramd.client.SaveOptions;
import io.pramd.client.SaveStream;
import io.pramd.client.WarmState;
import java.time.Duration;

/**
 * Immutable: what the Javadoc of the library shows, by its regions. It is in a package of its own,
 * so that an example uses nothing that a user has not.
 */
final class Examples {
    private Examples() {}

    static byte[] handOver(String uri, byte[] state) throws Exception {
        // @start region="handOver"
        try (PramClient client = PramClient.connect(uri)) {
            try (SaveStream save = client.openSave("state", SaveOptions.defaults())) {
                save.write(state);
                save.finish(); // from here on it is saved
            }
        }

        // and in the next process
        try (PramClient client = PramClient.connect(uri);
                LoadStream load = client.openLoad("state", LoadOptions.defaults())) {
            byte[] loaded = load.readAllBytes();
            load.finish(); // from here on the daemon no longer has it
            return loaded;
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
