package dev.pollux.ffm.bridge;

import dev.pollux.Availability;
import dev.pollux.BackendCandidate;
import dev.pollux.Capability;
import dev.pollux.Selectors;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;

/** What the tests of the bridge need. Everything opened here is closed after the test, the last one first. */
abstract class BridgeFixture {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    @AfterEach
    void closeAll() throws Exception {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
    }

    final <T extends AutoCloseable> T closedLater(T resource) {
        opened.push(resource);
        return resource;
    }

    /** Returns the backends that a selector can be on here. */
    static Stream<String> backends() {
        return Selectors.backends().stream()
                .filter(backend -> backend.availability() instanceof Availability.Available)
                .filter(backend -> backend.capabilities().contains(Capability.DESCRIPTORS))
                .map(BackendCandidate::name);
    }

    final Selector open(String backend) throws IOException {
        return closedLater(new PolluxSelectorProvider(backend).openSelector());
    }

    final ServerSocketChannel listen() throws IOException {
        ServerSocketChannel listener = closedLater(SelectorProvider.provider().openServerSocketChannel());
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        listener.configureBlocking(false);
        return listener;
    }

    /** Returns two ends of a connection; the first one does not block. */
    final SocketChannel[] connection() throws IOException {
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            SocketChannel far = closedLater(SocketChannel.open(listener.getLocalAddress()));
            SocketChannel near = closedLater(listener.accept());
            near.configureBlocking(false);
            return new SocketChannel[] {near, far};
        }
    }

    /** Returns a thread that waits in one select, and its count. */
    final Waiting waitIn(Selector selector) {
        return waitIn(selector, Thread.ofPlatform());
    }

    final Waiting waitIn(Selector selector, Thread.Builder builder) {
        Waiting waiting = new Waiting(selector);
        waiting.thread = builder.start(waiting);
        await(() -> waits(selector) > waiting.before || waiting.isDone());
        return waiting;
    }

    static long waits(Selector selector) {
        return info(selector).waits();
    }

    static SelectorInfo info(Selector selector) {
        return ((OpenSelectors.Bridged) selector).info();
    }

    static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("did not come true in " + LIMIT);
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    static int readyOps(Selector selector) {
        return selector.selectedKeys().stream().mapToInt(SelectionKey::readyOps).reduce(0, (a, b) -> a | b);
    }

    /** A select on a thread of its own. */
    static final class Waiting implements Runnable {

        private final Selector selector;
        private final long before;
        private volatile Thread thread;
        private volatile Integer count;
        private volatile Exception failure;

        Waiting(Selector selector) {
            this.selector = selector;
            before = waits(selector);
        }

        @Override
        public void run() {
            try {
                count = selector.select();
            } catch (IOException | RuntimeException e) {
                failure = e;
            }
        }

        Selector selector() {
            return selector;
        }

        boolean isDone() {
            return count != null || failure != null;
        }

        Thread thread() {
            return thread;
        }

        int count() throws Exception {
            thread.join(LIMIT.toMillis());
            if (failure != null) {
                throw failure;
            }
            if (count == null) {
                throw new AssertionError("the select has not ended");
            }
            return count;
        }
    }
}
