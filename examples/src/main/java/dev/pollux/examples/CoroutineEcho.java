package dev.pollux.examples;

import dev.pollux.Events;
import dev.pollux.loop.EventLoop;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The echo server as straight-line code: a virtual thread for each connection, which waits for its socket on one loop.
 *
 * <p>Run it with {@code mvn -q -B compile exec:exec -pl examples -am -Dexample=CoroutineEcho}, then
 * {@code nc 127.0.0.1 8088}.
 *
 * <p>Watch for what is not there: no callback, no state between two calls, no change of interest. What a callback server
 * keeps in fields is on the stack here, and reading stops while writing waits because one line comes after the other.
 * The price is a registration for each wait and a switch of threads for each message. Watch also for
 * {@code Coroutine.end}: a source must not be closed while the loop still watches it, and the loop does what it is
 * asked for in order, so it is the loop that closes it.
 *
 * <p><b>Thread:</b> any.
 */
public final class CoroutineEcho implements AutoCloseable {

    /** The most that is held for one connection. */
    static final int BUFFER_BYTES = 4096;

    private static final Logger log = LoggerFactory.getLogger(CoroutineEcho.class);
    private static final int BACKLOG = 1024;
    private static final Duration REST = Duration.ofMillis(50);

    private final EventLoop loop;
    private final InetSocketAddress address;
    private final Set<Coroutine> running = ConcurrentHashMap.newKeySet();
    private final LongAdder received = new LongAdder();
    private final LongAdder sent = new LongAdder();
    private volatile boolean closed;

    private CoroutineEcho(EventLoop loop, InetSocketAddress address) {
        this.loop = loop;
        this.address = address;
    }

    /** Serves until the process ends. */
    public static void main(String[] args) {
        ServerArguments.run("coroutine-echo", args, arguments -> {
            try (EventLoop loop = arguments.openLoop();
                    CoroutineEcho server = start(loop, arguments.port())) {
                ServerArguments.announce(loop.backend(), server.address());
                loop.run();
            }
        });
    }

    /**
     * Starts a server on {@code loop}, which may be running already and stays the caller's.
     *
     * @param port where to listen on 127.0.0.1; 0 takes a free one, see {@link #address}
     * @throws IOException if the port is taken, or the kernel refuses
     */
    public static CoroutineEcho start(EventLoop loop, int port) throws IOException {
        ServerSocketChannel listener = ServerSocketChannel.open();
        try {
            listener.configureBlocking(false);
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
            CoroutineEcho server = new CoroutineEcho(loop, (InetSocketAddress) listener.getLocalAddress());
            server.begin(server.new Accepting(listener));
            return server;
        } catch (IOException | RuntimeException e) {
            listener.close();
            throw e;
        }
    }

    private void begin(Coroutine coroutine) {
        running.add(coroutine);
        if (closed) {
            coroutine.cancel();
        }
        Thread.ofVirtual().name(coroutine.toString()).start(coroutine);
    }

    /** Returns where the server listens. */
    public InetSocketAddress address() {
        return address;
    }

    /** Returns how many connections are open. */
    public int connections() {
        return (int) running.stream().filter(Echoing.class::isInstance).count();
    }

    /** Returns how many bytes were taken from all peers so far. */
    public long received() {
        return received.sum();
    }

    /** Returns how many bytes were sent back so far. */
    public long sent() {
        return sent.sum();
    }

    /** Ends every wait, and each thread that waited closes its socket. */
    @Override
    public void close() {
        closed = true;
        running.forEach(Coroutine::cancel);
    }

    /** A virtual thread and the one channel that it waits for. */
    private abstract class Coroutine implements Runnable {

        private final SelectableChannel channel;
        private volatile @Nullable CompletableFuture<Integer> waiting;
        private volatile boolean cancelled;

        Coroutine(SelectableChannel channel) {
            this.channel = channel;
        }

        abstract void body() throws IOException;

        @Override
        public void run() {
            try {
                body();
            } catch (IOException | CompletionException e) {
                log.debug("{} is lost", channel, e);
            } catch (CancellationException e) {
                log.debug("{} is given up", channel, e);
            } finally {
                end();
            }
        }

        /** Returns when the channel is ready, and holds no thread of the system until then. */
        void await(int events) {
            CompletableFuture<Integer> ready = loop.ready(channel, events);
            waiting = ready;
            if (cancelled) {
                ready.cancel(false);
            }
            ready.join();
        }

        /** Ends the present wait, or else the next one. */
        void cancel() {
            cancelled = true;
            CompletableFuture<Integer> ready = waiting;
            if (ready != null) {
                ready.cancel(false);
            }
        }

        private void end() {
            running.remove(this);
            try {
                loop.execute(this::close);
            } catch (RejectedExecutionException loopHasEnded) {
                close();
            }
        }

        private void close() {
            try {
                channel.close();
            } catch (IOException e) {
                log.debug("{} was closed with an error", channel, e);
            }
        }

        @Override
        public String toString() {
            return getClass().getSimpleName() + " " + channel;
        }
    }

    private final class Accepting extends Coroutine {

        private final ServerSocketChannel listener;

        Accepting(ServerSocketChannel listener) {
            super(listener);
            this.listener = listener;
        }

        @Override
        void body() {
            while (true) {
                await(Events.READ);
                try {
                    SocketChannel channel = listener.accept();
                    if (channel != null) {
                        channel.configureBlocking(false);
                        begin(new Echoing(channel));
                    }
                } catch (IOException outOfDescriptors) {
                    log.warn("accepting rests, open={}: {}", connections(), outOfDescriptors.toString());
                    rest();
                }
            }
        }

        /** A connection that waits keeps the listener ready: without a rest, this would spin. */
        private void rest() {
            CompletableFuture<Void> rested = new CompletableFuture<>();
            rested.completeOnTimeout(null, REST.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
        }
    }

    private final class Echoing extends Coroutine {

        private final SocketChannel channel;

        Echoing(SocketChannel channel) {
            super(channel);
            this.channel = channel;
        }

        @Override
        void body() throws IOException {
            ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
            while (read(buffer)) {
                write(buffer);
            }
        }

        /** Fills an empty buffer and returns true, or false at the end of the input. */
        private boolean read(ByteBuffer buffer) throws IOException {
            buffer.clear();
            await(Events.READ);
            int count = channel.read(buffer);
            if (count > 0) {
                received.add(count);
            }
            buffer.flip();
            return count >= 0;
        }

        private void write(ByteBuffer buffer) throws IOException {
            sent.add(channel.write(buffer));
            while (buffer.hasRemaining()) {
                await(Events.WRITE);
                sent.add(channel.write(buffer));
            }
        }
    }
}
