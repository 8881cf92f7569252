package dev.pollux.ffm.bridge;

import dev.pollux.EventSelector;
import dev.pollux.ReadyHandler;
import dev.pollux.SelectorKey;
import java.io.IOException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import sun.nio.ch.SelChImpl;
import sun.nio.ch.SelectionKeyImpl;
import sun.nio.ch.SelectorImpl;

/**
 * A selector of the JDK that waits in an {@link EventSelector}. The JDK's class keeps the sets of keys; this one applies what
 * the keys ask for before it waits, and hands over what was ready after that, as the JDK's own subclasses do.
 *
 * <p>The JDK's class holds its locks during {@link #doSelect}, which no other thread waits for: what one wants done to the
 * {@link EventSelector} meanwhile goes through {@link Turns}.
 */
final class BridgedSelector extends SelectorImpl implements OpenSelectors.Bridged {

    private static final AtomicLong ids = new AtomicLong();

    private final long id = ids.incrementAndGet();
    private final EventSelector selector;
    private final ReadyHandler collector = this::collect;
    private final Turns turns;
    private final WatchedKeys watched;
    private final VirtualWait virtualWait;
    private final HangUps hangUps;

    /** Keys whose interest has changed, in order. Guarded by itself. */
    private final ArrayDeque<SelectionKeyImpl> changed = new ArrayDeque<>();

    private @Nullable Watched[] ready = new Watched[16];
    private int readyCount;

    /** Whether {@link #wakeup} was called and no select has ended for it yet. */
    private volatile boolean woken;

    /** Whether a channel was closed, whose descriptor stays open until its key is removed. */
    private volatile boolean closing;

    private volatile String backend;

    BridgedSelector(BridgeProvider provider, EventSelector selector) {
        super(provider);
        this.selector = selector;
        backend = selector.backend();
        turns = new Turns(this::endWait);
        watched = new WatchedKeys(selector);
        virtualWait = new VirtualWait(selector);
        hangUps = new HangUps(selector);
    }

    // Selecting.

    @Override
    protected int doSelect(@Nullable Consumer<SelectionKey> action, long timeoutMillis) throws IOException {
        try {
            turns.enter();
            try {
                closing = false;
                applyChanges();
                processDeregisterQueue();
                await(timeoutMillis);
                processDeregisterQueue();
            } finally {
                turns.leave();
            }
            return deliver(action);
        } finally {
            Arrays.fill(ready, 0, readyCount, null);
            readyCount = 0;
        }
    }

    private void applyChanges() throws IOException {
        while (true) {
            SelectionKeyImpl key;
            synchronized (changed) {
                key = changed.pollFirst();
            }
            if (key == null) {
                return;
            }
            if (key.isValid()) {
                try {
                    watched.apply(key);
                } catch (IOException | RuntimeException e) {
                    setEventOps(key);
                    throw e;
                } finally {
                    backend = selector.backend();
                }
            }
        }
    }

    /** Waits until something is ready, the time is over, or a wakeup or an interrupt. After any other end of a wait it goes on. */
    private void await(long timeoutMillis) throws IOException {
        boolean limited = timeoutMillis > 0;
        long limit = limited ? TimeUnit.MILLISECONDS.toNanos(timeoutMillis) : Long.MAX_VALUE;
        long start = limited ? System.nanoTime() : 0;
        long left = timeoutMillis == 0 ? 0 : limit;
        while (true) {
            turns.beginWait(left > 0);
            // Looked at only now: what comes later finds a wait to end.
            boolean last = left == 0 || woken || Thread.currentThread().isInterrupted();
            try {
                waitOnce(last || closing || turns.hasWork() ? 0 : left);
            } finally {
                turns.endWait();
            }
            turns.work();
            if (closing) {
                closing = false;
                processDeregisterQueue();
            }
            if (last || readyCount > 0 || woken || Thread.currentThread().isInterrupted() || !isOpen()) {
                break;
            }
            if (limited) {
                left = limit - (System.nanoTime() - start);
                if (left <= 0) {
                    break;
                }
            }
        }
        woken = false;
    }

    private void waitOnce(long nanos) throws IOException {
        if (nanos > 0 && Thread.currentThread().isVirtual()) {
            virtualWait.await(nanos, collector);
        } else {
            selector.selectNanos(nanos, collector);
        }
    }

    private void collect(SelectorKey key, int events) throws IOException {
        if (!(key.fileobj() instanceof Watched source)) {
            virtualWait.clear();
            return;
        }
        if (readyCount == ready.length) {
            ready = Arrays.copyOf(ready, 2 * readyCount);
        }
        source.ready = hangUps.of(source, events);
        ready[readyCount++] = source;
    }

    private int deliver(@Nullable Consumer<SelectionKey> action) {
        int updated = 0;
        for (int i = 0; i < readyCount; i++) {
            Watched source = ready[i];
            if (source != null && !source.gone) {
                updated += processReadyEvents(source.ready, source.key, action);
            }
        }
        return updated;
    }

    // What other threads do meanwhile.

    @Override
    public void setEventOps(SelectionKeyImpl key) {
        synchronized (changed) {
            changed.addLast(key);
        }
    }

    @Override
    public Selector wakeup() {
        woken = true;
        if (turns.isWaiting()) {
            endWait();
        }
        return this;
    }

    private void endWait() {
        selector.wakeup();
        virtualWait.wakeup();
    }

    /**
     * Also called when a channel is closed. The JDK closes its descriptor with the next select; here a select in progress does, and a
     * listening channel does not even wait for that, so that its port can be bound again.
     */
    @Override
    public void cancel(SelectionKeyImpl key) {
        super.cancel(key);
        SelectableChannel channel = key.channel();
        if (channel.isOpen()) {
            return;
        }
        if (channel instanceof ServerSocketChannel) {
            turns.closeSoon(() -> release(key));
            return;
        }
        closing = true;
        if (turns.isWaiting()) {
            endWait();
        }
    }

    /** Closes the descriptor of a closed channel. The sets of keys are left to the next select: someone may walk through them. */
    private void release(SelectionKeyImpl key) throws IOException {
        implDereg(key);
        deregister(key);
        SelectableChannel channel = key.channel();
        if (!channel.isRegistered()) {
            ((SelChImpl) channel).kill();
        }
    }

    @Override
    protected void implDereg(SelectionKeyImpl key) {
        watched.remove(key);
    }

    @Override
    protected void implClose() throws IOException {
        turns.enter();
        try (virtualWait) {
            OpenSelectors.remove(this);
            selector.close();
            watched.clear();
        } finally {
            turns.leave();
        }
    }

    // For those who look at it and move it.

    @Override
    public void swap(String name) throws IOException {
        turns.call(() -> {
            selector.swap(name);
            backend = name;
        });
    }

    @Override
    public String backend() {
        if (!isOpen()) {
            throw new ClosedSelectorException();
        }
        return backend;
    }

    @Override
    public SelectorInfo info() {
        var metrics = selector.metrics();
        return new SelectorInfo(id, backend, keys().size(), metrics.waits(), metrics.swaps());
    }

    @Override
    public String toString() {
        return "BridgedSelector[" + id + ", " + backend + (isOpen() ? "]" : ", closed]");
    }
}
