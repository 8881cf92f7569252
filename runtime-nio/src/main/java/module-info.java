/** The backend {@code nio}: works wherever Java does, needs no flag. */
@org.jspecify.annotations.NullMarked
module dev.pollux.nio {
    requires static org.jspecify;
    requires transitive dev.pollux.runtime;

    exports dev.pollux.nio;

    provides dev.pollux.spi.BackendProvider with
            dev.pollux.nio.NioBackendProvider;
}
