package dev.pollux.benchmarks;

/** What every forked JVM is started with. */
final class JvmFlags {

    /** The native backends, and Netty's, call restricted methods. */
    static final String NATIVE_ACCESS = "--enable-native-access=ALL-UNNAMED";

    /** A native backend looks up the descriptor of a Java channel. */
    static final String CHANNEL_DESCRIPTORS = "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED";

    private JvmFlags() {}
}
