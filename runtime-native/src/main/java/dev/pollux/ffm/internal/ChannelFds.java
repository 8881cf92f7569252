package dev.pollux.ffm.internal;

import java.nio.channels.SelectableChannel;
import sun.nio.ch.SelChImpl;

/**
 * The descriptors of Java channels. The JDK gives them only to modules that may use {@code sun.nio.ch}, which takes the JVM flag
 * {@code --add-exports java.base/sun.nio.ch=dev.pollux.ffm}, or {@code =ALL-UNNAMED} on the class path.
 */
public final class ChannelFds {

    private static final boolean EXPORTED =
            Object.class.getModule().isExported("sun.nio.ch", ChannelFds.class.getModule());

    private ChannelFds() {}

    /** Returns whether the flag is there. */
    public static boolean areKnown() {
        return EXPORTED;
    }

    /** Returns the descriptor behind {@code channel}, or −1 if it has none or the flag is missing. */
    public static int fd(SelectableChannel channel) {
        return EXPORTED && channel instanceof SelChImpl impl ? impl.getFDVal() : -1;
    }
}
