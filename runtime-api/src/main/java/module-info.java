/**
 * The Pollux selectors API, the event loop on top of it, and the service interface that backends implement.
 *
 * <p>Backends come from other modules, found by {@link java.util.ServiceLoader}; this one holds none. Everything that
 * a program can observe is decided here, once, so that it does not depend on which backend runs.
 */
@SuppressWarnings("module") // The one that a package is exported to is built later.
@org.jspecify.annotations.NullMarked
module dev.pollux.runtime {
    requires static transitive org.jspecify;
    requires org.slf4j;
    requires static jdk.jfr;
    requires jdk.unsupported;
    requires org.jctools.core;

    exports dev.pollux;
    exports dev.pollux.accept;
    exports dev.pollux.loop;
    exports dev.pollux.operation;
    exports dev.pollux.spi;
    exports dev.pollux.stream;
    exports dev.pollux.internal.leak to
            dev.pollux.ffm;
    exports dev.pollux.internal.signal to
            dev.pollux.ffm;

    uses dev.pollux.spi.BackendProvider;
}
