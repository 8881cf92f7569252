package dev.pollux.internal.selector;

import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.AbstractSelectableChannel;
import java.nio.channels.spi.AbstractSelector;
import java.nio.channels.spi.SelectorProvider;
import java.util.Set;

/**
 * Learns of {@link Thread#interrupt} during a wait in native code. The JDK notifies only selectors and channels of it, so
 * this is a selector in name; all that is used is what {@link AbstractSelector} inherits to its subclasses for this
 * purpose, {@code begin} and {@code end}.
 */
final class InterruptHook extends AbstractSelector {

    private final Runnable onInterrupt;

    InterruptHook(Runnable onInterrupt) {
        super(SelectorProvider.provider());
        this.onInterrupt = onInterrupt;
    }

    /** From here on an interrupt of this thread, also one that is pending, runs the action on the interrupting thread. */
    void before() {
        begin();
    }

    void after() {
        end();
    }

    @Override
    public Selector wakeup() {
        onInterrupt.run();
        return this;
    }

    @Override
    protected void implCloseSelector() {}

    @Override
    protected SelectionKey register(AbstractSelectableChannel channel, int ops, Object attachment) {
        throw notASelector();
    }

    @Override
    public Set<SelectionKey> keys() {
        throw notASelector();
    }

    @Override
    public Set<SelectionKey> selectedKeys() {
        throw notASelector();
    }

    @Override
    public int selectNow() {
        throw notASelector();
    }

    @Override
    public int select(long timeout) {
        throw notASelector();
    }

    @Override
    public int select() {
        throw notASelector();
    }

    private static AssertionError notASelector() {
        return new AssertionError("never handed out");
    }
}
