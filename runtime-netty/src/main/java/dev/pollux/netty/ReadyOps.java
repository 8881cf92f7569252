package dev.pollux.netty;

import dev.pollux.Events;
import io.netty.channel.nio.NioIoEvent;
import io.netty.channel.nio.NioIoOps;
import java.nio.channels.SelectionKey;

/** What a channel is ready for. One object for each set of operations, so that no event is an allocation. */
record ReadyOps(NioIoOps ops) implements NioIoEvent {

    private static final int READ_OPS = SelectionKey.OP_READ | SelectionKey.OP_ACCEPT;
    private static final int WRITE_OPS = SelectionKey.OP_WRITE | SelectionKey.OP_CONNECT;

    private static final ReadyOps[] ALL = new ReadyOps[(READ_OPS | WRITE_OPS) + 1];

    static {
        for (int i = 0; i < ALL.length; i++) {
            ALL[i] = new ReadyOps(NioIoOps.valueOf(i));
        }
    }

    /**
     * Returns what {@code events} mean to a channel that asks for {@code interest}. A hang-up and an error are all of it: whichever
     * operation comes next meets the cause.
     */
    static ReadyOps of(int events, int interest) {
        if ((events & Events.REPORTED_ONLY) != 0) {
            return ALL[interest];
        }
        int ops = ((events & Events.READ) != 0 ? READ_OPS : 0) | ((events & Events.WRITE) != 0 ? WRITE_OPS : 0);
        return ALL[ops & interest];
    }

    /** Returns the events to watch for. */
    static int toEvents(int interest) {
        return ((interest & READ_OPS) != 0 ? Events.READ : 0) | ((interest & WRITE_OPS) != 0 ? Events.WRITE : 0);
    }
}
