package dev.pollux.benchmarks.peers;

import dev.pollux.EventSelector;
import dev.pollux.Events;
import dev.pollux.ReadyHandler;
import dev.pollux.Selectors;
import dev.pollux.loop.EventLoop;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Runs one of the Java loops by name, as a process of its own: watches pipes of which some are always ready, and answers
 * each line {@code seconds S} after that time, or a multiple of it if nothing has happened, with the events dispatched
 * meanwhile, the nanoseconds that the loop's thread computed, and the milliseconds that the JVM's compilers have worked
 * since its start.
 */
final class DispatchLoop {

    private final AtomicLong dispatched = new AtomicLong();
    private final int registered;
    private final int ready;

    /** Holds the ends that are not watched, which would be closed with the last reference. */
    private final List<Object> open = new ArrayList<>();

    private DispatchLoop(int registered, int ready) {
        this.registered = registered;
        this.ready = ready;
    }

    /** Runs the loop {@code args[0]} with {@code args[1]} pipes, of which {@code args[2]} are ready. */
    public static void main(String[] args) throws Exception {
        Answers.endOnFailure();
        DispatchLoop loop = new DispatchLoop(Integer.parseInt(args[1]), Integer.parseInt(args[2]));
        long thread = loop.start(args[0]);
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        Answers.give("ready", question -> {
            double seconds = Double.parseDouble(question.substring("seconds ".length()));
            long events = loop.dispatched.getOpaque();
            long cpu = threads.getThreadCpuTime(thread);
            do {
                pause(seconds);
            } while (loop.dispatched.getOpaque() == events);
            long computed = threads.getThreadCpuTime(thread) - cpu;
            return loop.dispatched.getOpaque() - events + " " + computed + " " + Answers.compileMillis();
        });
    }

    private static void pause(double seconds) {
        try {
            TimeUnit.NANOSECONDS.sleep((long) (seconds * 1e9));
        } catch (InterruptedException e) {
            throw new IllegalStateException("no one interrupts here", e);
        }
    }

    private long start(String name) throws Exception {
        Contestant contestant = Contestant.parse(name);
        return switch (contestant.kind()) {
            case "pollux-selector" -> startSelector(contestant.backend());
            case "pollux-loop" -> startLoop(contestant.backend());
            case "jdk" -> startJdk();
            case "netty-epoll" -> startNetty();
            default ->
                throw new IllegalArgumentException(
                        "no loop " + name + "; there are pollux-selector, pollux-loop, jdk and netty-epoll");
        };
    }

    /** Called by one thread only, and read by another. */
    private void count() {
        dispatched.setOpaque(dispatched.getPlain() + 1);
    }

    private long startSelector(String backend) throws IOException {
        EventSelector selector = Selectors.open(backend);
        for (Pipe.SourceChannel source : pipes()) {
            selector.register(source, Events.READ);
        }
        ReadyHandler handler = (key, bits) -> count();
        return startThread(() -> selector.selectNanos(Long.MAX_VALUE, handler));
    }

    private long startLoop(String backend) throws IOException {
        EventLoop loop = EventLoop.builder()
                .backend(backend)
                .threadName(Answers.LOOP_THREAD)
                .open();
        for (Pipe.SourceChannel source : pipes()) {
            loop.register(source, Events.READ, (key, bits) -> count());
        }
        return loop.start().threadId();
    }

    private long startJdk() throws IOException {
        Selector selector = Selector.open();
        for (Pipe.SourceChannel source : pipes()) {
            source.register(selector, SelectionKey.OP_READ);
        }
        Consumer<SelectionKey> action = key -> count();
        return startThread(() -> selector.select(action));
    }

    private List<Pipe.SourceChannel> pipes() throws IOException {
        List<Pipe.SourceChannel> sources = new ArrayList<>();
        for (int i = 0; i < registered; i++) {
            Pipe pipe = Pipe.open();
            pipe.source().configureBlocking(false);
            if (i < ready) {
                pipe.sink().write(ByteBuffer.allocate(1));
            }
            sources.add(pipe.source());
            open.add(pipe.sink());
        }
        return sources;
    }

    private interface Turn {

        int once() throws IOException;
    }

    private static long startThread(Turn turn) {
        Thread thread = new Thread(
                () -> {
                    try {
                        while (true) {
                            turn.once();
                        }
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                Answers.LOOP_THREAD);
        thread.start();
        return thread.threadId();
    }

    private long startNetty() throws Exception {
        IoEventLoop loop = new MultiThreadIoEventLoopGroup(
                        1, new DefaultThreadFactory(Answers.LOOP_THREAD), EpollIoHandler.newFactory())
                .next();
        for (int i = 0; i < registered; i++) {
            FileDescriptor[] ends = FileDescriptor.pipe();
            if (i < ready) {
                ends[1].write(ByteBuffer.allocateDirect(1), 0, 1);
            }
            open.add(ends);
            loop.register(new NettyHandle(ends[0])).get().submit(EpollIoOps.EPOLLIN);
        }
        return loop.submit(() -> Thread.currentThread().threadId()).get();
    }

    private final class NettyHandle implements EpollIoHandle {

        private final FileDescriptor end;

        NettyHandle(FileDescriptor end) {
            this.end = end;
        }

        @Override
        public FileDescriptor fd() {
            return end;
        }

        @Override
        public void handle(IoRegistration registration, IoEvent event) {
            count();
        }

        @Override
        public void close() throws IOException {
            end.close();
        }
    }
}
