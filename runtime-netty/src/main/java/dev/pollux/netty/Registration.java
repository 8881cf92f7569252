package dev.pollux.netty;

import dev.pollux.EventSelector;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.nio.NioIoHandle;
import io.netty.channel.nio.NioIoOps;
import io.netty.util.concurrent.ThreadAwareExecutor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectableChannel;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A channel of Netty on an event loop. Its channels look up what they ask for in a {@link java.nio.channels.SelectionKey}, so there
 * is one.
 */
final class Registration implements IoRegistration {

    private final ThreadAwareExecutor eventLoop;
    private final EventSelector selector;
    private final NioIoHandle handle;
    private final SelectableChannel channel;
    private final ChannelKey key = new ChannelKey(this);
    private final AtomicBoolean cancelled = new AtomicBoolean();
    private volatile int interest;

    Registration(ThreadAwareExecutor eventLoop, EventSelector selector, NioIoHandle handle) {
        this.eventLoop = eventLoop;
        this.selector = selector;
        this.handle = handle;
        channel = handle.selectableChannel();
    }

    void begin() throws IOException {
        selector.register(channel, 0, this);
    }

    NioIoHandle handle() {
        return handle;
    }

    SelectableChannel channel() {
        return channel;
    }

    int interest() {
        return interest;
    }

    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"
    }) // Netty's signature, and its channels know what it is.
    public <T> T attachment() {
        return (T) key;
    }

    @Override
    public long submit(IoOps ops) {
        ask(((NioIoOps) ops).value());
        return 0;
    }

    /** Asks for other operations; before this returns if in the event loop. */
    void ask(int ops) {
        if (!isValid()) {
            throw new CancelledKeyException();
        }
        if ((ops & ~channel.validOps()) != 0) {
            throw new IllegalArgumentException(channel + " has no operations " + ops);
        }
        interest = ops;
        inEventLoop(this::watch);
    }

    private void watch() {
        if (!isValid()) {
            return;
        }
        try {
            selector.modify(channel, ReadyOps.toEvents(interest));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public boolean isValid() {
        return !cancelled.get() && channel.isOpen();
    }

    @Override
    public boolean cancel() {
        if (!cancelled.compareAndSet(false, true)) {
            return false;
        }
        inEventLoop(() -> {
            if (selector.isOpen()) {
                selector.unregister(channel);
            }
        });
        handle.unregistered();
        return true;
    }

    private void inEventLoop(Runnable work) {
        if (eventLoop.isExecutorThread(Thread.currentThread())) {
            work.run();
        } else {
            eventLoop.execute(work);
        }
    }
}
