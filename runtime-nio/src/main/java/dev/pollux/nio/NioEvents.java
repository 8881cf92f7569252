package dev.pollux.nio;

import dev.pollux.Events;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;

/** Translates between event bits and operation sets. */
final class NioEvents {

    private static final int READ_OPS = SelectionKey.OP_READ | SelectionKey.OP_ACCEPT;
    private static final int WRITE_OPS = SelectionKey.OP_WRITE | SelectionKey.OP_CONNECT;

    private NioEvents() {}

    /**
     * Returns all operations of {@code channel} that {@code events} means. Both {@code OP_WRITE} and {@code OP_CONNECT}
     * are asked for: java.nio reports the one that fits the channel's state, so a connection that finishes later needs
     * no further call.
     */
    static int toOps(SelectableChannel channel, int events) {
        int ops = 0;
        if ((events & Events.READ) != 0) {
            ops |= READ_OPS;
        }
        if ((events & Events.WRITE) != 0) {
            ops |= WRITE_OPS;
        }
        return ops & channel.validOps();
    }

    static int fromOps(int ops) {
        return ((ops & READ_OPS) != 0 ? Events.READ : 0) | ((ops & WRITE_OPS) != 0 ? Events.WRITE : 0);
    }
}
