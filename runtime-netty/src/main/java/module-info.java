/** Netty on the backends of Pollux. */
@org.jspecify.annotations.NullMarked
module dev.pollux.netty {
    requires static org.jspecify;
    requires transitive io.netty.common;
    requires transitive io.netty.transport;
    requires transitive dev.pollux.runtime;
    requires org.slf4j;

    exports dev.pollux.netty;
}
