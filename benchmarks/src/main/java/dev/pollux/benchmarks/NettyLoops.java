package dev.pollux.benchmarks;

import io.netty.channel.ManualIoEventLoop;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Ends those of Netty's event loops that a caller steps. */
final class NettyLoops {

    private NettyLoops() {}

    /** Steps {@code loop} until it has ended, and does {@code before} each step. */
    static void close(ManualIoEventLoop loop, Runnable before) {
        Future<?> terminated = loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
        while (!terminated.isDone()) {
            before.run();
            loop.runNow();
        }
    }
}
