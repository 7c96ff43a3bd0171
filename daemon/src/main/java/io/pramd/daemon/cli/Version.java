package io.pramd.daemon.cli;

import io.pramd.daemon.life.Release;
import picocli.CommandLine.IVersionProvider;

/** Immutable. What {@code --version} prints. */
final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() {
        return new String[] {Release.nameAndVersion()};
    }
}
