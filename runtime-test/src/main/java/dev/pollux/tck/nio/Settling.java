package dev.pollux.tck.nio;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.List;

/**
 * Waits until what is under way has arrived, and says then what every source is ready for. What was sent over the loopback
 * interface may take a moment.
 */
final class Settling implements Closeable {

    private static final long MILLIS = 1;

    private final Selector selector;
    private final Duration patience;

    Settling(Selector selector, Duration patience) {
        this.selector = selector;
        this.patience = patience;
    }

    /** Returns for each source the operations that it is ready for; 0 for one that is closed or in blocking mode. */
    int[] settle(List<NioSource> sources) throws IOException {
        SelectionKey[] keys = new SelectionKey[sources.size()];
        try {
            for (int i = 0; i < keys.length; i++) {
                SelectableChannel channel = sources.get(i).channel();
                if (channel.isOpen() && !channel.isBlocking()) {
                    keys[i] = channel.register(selector, channel.validOps());
                }
            }
            selector.selectNow();
            awaitArrival(sources, keys);
            int[] ready = new int[keys.length];
            for (int i = 0; i < keys.length; i++) {
                ready[i] = keys[i] == null ? 0 : keys[i].readyOps();
            }
            return ready;
        } finally {
            for (SelectionKey key : keys) {
                if (key != null) {
                    key.cancel();
                }
            }
            selector.selectNow();
        }
    }

    private void awaitArrival(List<NioSource> sources, SelectionKey[] keys) throws IOException {
        long start = System.nanoTime();
        for (int i = 0; i < keys.length; i++) {
            int expected = sources.get(i).mustBeReady();
            while (keys[i] != null && (keys[i].readyOps() & expected) != expected) {
                if (System.nanoTime() - start > patience.toNanos()) {
                    throw new IllegalStateException("what was sent to " + keys[i].channel() + " does not arrive");
                }
                selector.select(MILLIS);
            }
        }
    }

    @Override
    public void close() throws IOException {
        selector.close();
    }
}
