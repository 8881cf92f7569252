package dev.pollux.benchmarks;

import dev.pollux.loop.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** An executor with one thread of its own, by the name of the side that it stands for. */
public final class RunningLoop implements AutoCloseable {

    private static final String LOOP = "loop-";
    private static final String SPINNING = "spinning-";

    private final Executor executor;
    private final Runnable stop;

    private RunningLoop(Executor executor, Runnable stop) {
        this.executor = executor;
        this.stop = stop;
    }

    /** What the spinning loop spins for: longer than the answer of a thread on another core takes. */
    private static final Duration SPIN = Duration.ofNanos(50_000);

    /**
     * Starts {@code stpe}, {@code netty-nio}, {@code netty-epoll}, or {@code loop-} and the name of a backend, or
     * {@code spinning-loop-}.
     */
    public static RunningLoop start(String side) throws IOException {
        return switch (side) {
            case "stpe" -> {
                ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1);
                yield new RunningLoop(executor, executor::shutdownNow);
            }
            case "netty-nio" -> startNetty(NioIoHandler.newFactory());
            case "netty-epoll" -> startNetty(EpollIoHandler.newFactory());
            default -> {
                boolean spins = side.startsWith(SPINNING);
                String loopSide = spins ? side.substring(SPINNING.length()) : side;
                if (!loopSide.startsWith(LOOP)) {
                    throw new IllegalArgumentException("side " + side
                            + " is none of stpe, netty-nio, netty-epoll, loop-BACKEND and spinning-loop-BACKEND");
                }
                EventLoop loop = EventLoop.builder()
                        .backend(loopSide.substring(LOOP.length()))
                        .spin(spins ? SPIN : Duration.ZERO)
                        .open();
                loop.start();
                yield new RunningLoop(loop, loop::close);
            }
        };
    }

    private static RunningLoop startNetty(IoHandlerFactory transport) {
        MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, transport);
        return new RunningLoop(
                group.next(),
                () -> group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly());
    }

    public Executor executor() {
        return executor;
    }

    @Override
    public void close() {
        stop.run();
    }
}
