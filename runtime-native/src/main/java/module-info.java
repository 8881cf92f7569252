/** The backend {@code epoll} over the kernel's own calls, by {@code java.lang.foreign}: no C code, no shipped binary. */
@org.jspecify.annotations.NullMarked
module dev.pollux.ffm {
    requires static transitive org.jspecify;
    requires transitive dev.pollux.runtime;

    exports dev.pollux.ffm;

    provides dev.pollux.spi.BackendProvider with
            dev.pollux.ffm.EpollBackendProvider;
}
