package org.example.busypoll;

import dev.pollux.Events;
import dev.pollux.spi.Backend;
import dev.pollux.spi.EventSink;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Never sleeps in the kernel: it looks whether anything is ready, again and again, until something is.
 *
 * <p>Java has no call that reports whether one channel is ready without reading from it, so a look is a
 * {@link Selector#selectNow}. What busy polling gains is everything around a sleep: no thread has to be woken by a system
 * call, and a wait ends within microseconds of its time. What it costs is a processor; after a while without news it
 * takes short pauses.
 *
 * <p>Keys, data, one-shot, stale events and closing are the selector's business, so nothing about them is here.
 */
final class BusyPollBackend implements Backend {

    private static final int READ_OPS = SelectionKey.OP_READ | SelectionKey.OP_ACCEPT;
    private static final int WRITE_OPS = SelectionKey.OP_WRITE | SelectionKey.OP_CONNECT;

    /** How often to look before the first pause. */
    private static final int EAGER_LOOKS = 1_000;

    private static final long PAUSE_NANOS = 50_000;

    private final Selector selector;
    private final AtomicBoolean woken = new AtomicBoolean();

    /** Made once, because a wait must not allocate. */
    private final Consumer<SelectionKey> report = this::report;

    private EventSink sink = (token, ready) -> {};

    BusyPollBackend(Selector selector) {
        this.selector = selector;
    }

    @Override
    public void add(Object fileobj, int fd, int events, long token) throws IOException {
        SelectableChannel channel = (SelectableChannel) fileobj;
        channel.register(selector, toOps(channel, events), token);
    }

    @Override
    public void change(Object fileobj, int fd, int events, long token) throws IOException {
        SelectableChannel channel = (SelectableChannel) fileobj;
        SelectionKey key = channel.keyFor(selector);
        if (key == null || !key.isValid()) {
            throw new ClosedChannelException();
        }
        key.interestOps(toOps(channel, events));
    }

    @Override
    public void remove(Object fileobj, int fd, long token) {
        SelectionKey key = ((SelectableChannel) fileobj).keyFor(selector);
        if (key == null) {
            return;
        }
        key.cancel();
        try {
            // A cancelled key blocks a new registration and keeps a closed channel's descriptor until the next look.
            selector.selectNow(ready -> {});
        } catch (IOException refused) {
            // The key is cancelled all the same.
        }
    }

    @Override
    public void await(long timeoutNanos, EventSink sink) throws IOException {
        this.sink = sink;
        long start = System.nanoTime();
        int looks = 0;
        while (selector.selectNow(report) == 0 && !woken.get() && System.nanoTime() - start < timeoutNanos) {
            pause(++looks, timeoutNanos - (System.nanoTime() - start));
        }
        woken.set(false);
    }

    private static void pause(int looks, long leftNanos) {
        if (looks < EAGER_LOOKS) {
            Thread.onSpinWait();
        } else {
            LockSupport.parkNanos(Math.min(PAUSE_NANOS, leftNanos));
        }
    }

    private void report(SelectionKey key) {
        try {
            sink.ready((Long) key.attachment(), fromOps(key.readyOps()));
        } catch (CancelledKeyException closedMeanwhile) {
            // By another thread, within this look: there is nothing to report any more.
        }
    }

    /** The next look sees it, so there is no thread to wake. */
    @Override
    public void wakeup() {
        woken.set(true);
    }

    @Override
    public void close() {
        try {
            selector.close();
        } catch (IOException e) {
            throw new UncheckedIOException("closing a java.nio selector: " + e.getMessage(), e);
        }
    }

    /** READ on a server means accept, WRITE on a connecting channel means connected; java.nio reports what fits. */
    private static int toOps(SelectableChannel channel, int events) {
        int ops = ((events & Events.READ) != 0 ? READ_OPS : 0) | ((events & Events.WRITE) != 0 ? WRITE_OPS : 0);
        return ops & channel.validOps();
    }

    private static int fromOps(int ops) {
        return ((ops & READ_OPS) != 0 ? Events.READ : 0) | ((ops & WRITE_OPS) != 0 ? Events.WRITE : 0);
    }
}
