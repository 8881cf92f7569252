package dev.pollux.benchmarks;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.ThreadAwareExecutor;

/** Netty's epoll transport without an event loop around it: what compares with a selector. */
public final class NettyEpoll implements AutoCloseable {

    private static final IoHandlerContext WAIT = new Waiting(true);
    private static final IoHandlerContext POLL = new Waiting(false);

    private final IoHandler handler;

    /** Opens it for the caller's thread. */
    public NettyEpoll() {
        Epoll.ensureAvailability();
        handler = EpollIoHandler.newFactory().newHandler(new OneThread(Thread.currentThread()));
        handler.initialize();
    }

    /** Adds {@code handle} to the kernel's set, with no interest yet. */
    IoRegistration register(IoHandle handle) throws Exception {
        return handler.register(handle);
    }

    /** Waits without limit, hands the events to their handles and returns their number. */
    int select() {
        return handler.run(WAIT);
    }

    /** The same without waiting. */
    int selectNow() {
        return handler.run(POLL);
    }

    @Override
    public void close() {
        handler.prepareToDestroy();
        handler.destroy();
    }

    private record OneThread(Thread thread) implements ThreadAwareExecutor {

        @Override
        public boolean isExecutorThread(Thread candidate) {
            return candidate == thread;
        }

        @Override
        public void execute(Runnable task) {
            task.run();
        }
    }

    private record Waiting(boolean canBlock) implements IoHandlerContext {

        @Override
        public long delayNanos(long currentTimeNanos) {
            return Long.MAX_VALUE;
        }

        @Override
        public long deadlineNanos() {
            return -1;
        }
    }
}
