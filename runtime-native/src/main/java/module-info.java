/** Backends over the kernel's own calls, by {@code java.lang.foreign}: no C code, no shipped binary. */
@org.jspecify.annotations.NullMarked
module dev.pollux.ffm {
    requires static transitive org.jspecify;
    requires transitive dev.pollux.runtime;
    requires jdk.unsupported;
    requires org.slf4j;
    requires static java.management;

    exports dev.pollux.ffm;
    exports dev.pollux.ffm.bridge;
    exports dev.pollux.ffm.file;

    provides dev.pollux.spi.BackendProvider with
            dev.pollux.ffm.DevpollBackendProvider,
            dev.pollux.ffm.EpollBackendProvider,
            dev.pollux.ffm.IoUringBackendProvider,
            dev.pollux.ffm.KqueueBackendProvider,
            dev.pollux.ffm.PollBackendProvider,
            dev.pollux.ffm.SelectBackendProvider;
}
