package dev.pollux.nio;

import dev.pollux.Capability;
import dev.pollux.UnsupportedSourceException;
import dev.pollux.spi.Backend;
import dev.pollux.spi.EventSink;
import dev.pollux.spi.Timeouts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.IllegalSelectorException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Watches Java channels with a {@link Selector}. */
final class NioBackend implements Backend {

    private final Selector selector;
    private final Consumer<SelectionKey> report = this::report;
    private @Nullable EventSink sink;

    NioBackend(Selector selector) {
        this.selector = selector;
    }

    @Override
    public void add(Object fileobj, int fd, int events, long token) throws IOException {
        SelectableChannel channel = (SelectableChannel) fileobj;
        try {
            channel.register(selector, NioEvents.toOps(channel, events), new Watch(token));
        } catch (IllegalSelectorException e) {
            throw new UnsupportedSourceException(
                    channel + " comes from another SelectorProvider, " + channel.provider()
                            + "; register it with a backend that watches descriptors",
                    Capability.DESCRIPTORS);
        }
    }

    @Override
    public void change(Object fileobj, int fd, int events, long token) throws IOException {
        SelectableChannel channel = (SelectableChannel) fileobj;
        SelectionKey key = channel.keyFor(selector);
        try {
            if (key == null) {
                throw new ClosedChannelException();
            }
            key.interestOps(NioEvents.toOps(channel, events));
        } catch (CancelledKeyException e) {
            throw (IOException) new ClosedChannelException().initCause(e);
        }
    }

    @Override
    public void remove(Object fileobj, int fd, long token) {
        SelectionKey key = ((SelectableChannel) fileobj).keyFor(selector);
        if (key == null) {
            return;
        }
        key.cancel();
        try {
            // Only a select deregisters, and until then the channel can neither be registered again nor, once it is
            // closed, let go of its descriptor and its port.
            selector.selectNow(ready -> {});
        } catch (IOException refused) {
            // The key is cancelled all the same, and the next select deregisters it or reports the reason.
        }
    }

    @Override
    public void await(long timeoutNanos, EventSink sink) throws IOException {
        this.sink = sink;
        if (timeoutNanos == 0) {
            selector.selectNow(report);
        } else if (timeoutNanos == Long.MAX_VALUE) {
            selector.select(report);
        } else {
            selector.select(report, Timeouts.millisRoundedUp(timeoutNanos));
        }
    }

    private void report(SelectionKey key) {
        try {
            int ready = NioEvents.fromOps(key.readyOps());
            if (sink != null) {
                sink.ready(((Watch) key.attachment()).token, ready);
            }
        } catch (CancelledKeyException closedMeanwhile) {
            // The channel was closed by another thread within this wait: nothing to report any more.
        }
    }

    @Override
    public void wakeup() {
        selector.wakeup();
    }

    @Override
    public void close() {
        try {
            selector.close();
        } catch (IOException e) {
            throw new UncheckedIOException("closing a java.nio selector: " + e.getMessage(), e);
        }
    }

    /** A key's attachment. */
    private static final class Watch {

        final long token;

        Watch(long token) {
            this.token = token;
        }
    }
}
