package dev.pollux.stream;

import dev.pollux.accept.AcceptedConnection;
import dev.pollux.accept.Acceptor;
import dev.pollux.internal.loop.LoopAccess;
import dev.pollux.internal.loop.LoopCore;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.TimerHandle;
import dev.pollux.spi.Timeouts;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.ByteChannel;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Accepts connections, has them handled, and ends without cutting them off.
 *
 * <p>An {@link Acceptor} does the accepting, with its limits and its rests when something runs out.
 *
 * <p><b>Thread:</b> any.
 */
public final class StreamServer implements AutoCloseable {

    private final LoopCore core;
    private final StreamOptions options;
    private final Function<? super Connection, ? extends ConnectionHandler> handlers;
    private final Set<Connection> open = ConcurrentHashMap.newKeySet();
    private final AtomicReference<@Nullable CompletableFuture<Integer>> stopped = new AtomicReference<>();
    private final AtomicInteger cut = new AtomicInteger();

    /** Set before the server is handed out, but not before the first connection comes. */
    private volatile @Nullable Acceptor<?> acceptor;

    StreamServer(
            EventLoop loop, StreamOptions options, Function<? super Connection, ? extends ConnectionHandler> handlers) {
        this.core = LoopAccess.core(loop);
        this.options = options;
        this.handlers = Objects.requireNonNull(handlers, "handlers");
    }

    /** Returns a builder with the defaults. */
    public static StreamServerBuilder builder() {
        return new StreamServerBuilder();
    }

    StreamServer accepting(Acceptor<?> by) {
        acceptor = by;
        return this;
    }

    /** Serves a connection, on the thread of its loop. */
    void serve(AcceptedConnection<? extends ByteChannel> accepted) throws IOException {
        Connecting.sendAtOnce(accepted.get());
        Connection connection = Connection.open(
                accepted.loop(), accepted.get(), options, this::handler, closed -> ended(closed, accepted));
        if (stopped.get() != null) {
            connection.stop();
        }
    }

    private ConnectionHandler handler(Connection connection) {
        open.add(connection);
        try {
            return handlers.apply(connection);
        } catch (Throwable e) {
            connection.closeBecause(e);
            connection.failed(e);
            return (same, bytes) -> {};
        }
    }

    private void ended(Connection connection, AcceptedConnection<?> accepted) {
        open.remove(connection);
        accepted.close();
        completeIfStopped();
    }

    /**
     * Ends the server: accepts no more, lets each connection end as {@link ConnectionHandler#onStop} says, by default after
     * what waits is sent, and closes those that are left at the deadline. Goes on in the background; a second call
     * changes nothing.
     *
     * @param deadline how long from now
     * @return completes when every connection is closed and each handler's {@link ConnectionHandler#onClosed} has returned, on the
     *     thread of a loop, with the number of those that were left at the deadline; fails with a {@link java.util.concurrent.CancellationException} if the loop ends first
     */
    public CompletableFuture<Integer> stop(Duration deadline) {
        long nanos = Timeouts.nanos(deadline);
        CompletableFuture<Integer> stopping = core.work().future();
        if (!stopped.compareAndSet(null, stopping)) {
            return Objects.requireNonNull(stopped.get());
        }
        acceptor().close();
        // One that is being handed over is found here or finds that the server stops.
        open.forEach(connection -> connection.later(connection::stop));
        core.work().onLoop(stopping, () -> {
            TimerHandle timer = core.timers().internal(nanos, this::cutTheRest);
            stopping.whenComplete((number, error) -> core.work().post(timer::cancel));
            completeIfStopped();
        });
        return stopping;
    }

    private void cutTheRest() {
        open.forEach(connection -> connection.later(() -> {
            if (connection.closeBecause(null)) {
                cut.incrementAndGet();
            }
        }));
        completeIfStopped();
    }

    private void completeIfStopped() {
        CompletableFuture<Integer> stopping = stopped.get();
        if (stopping != null && acceptor().connections() == 0) {
            stopping.complete(cut.get());
        }
    }

    /** Returns what accepts: it knows its address, and counts. */
    public Acceptor<?> acceptor() {
        return Objects.requireNonNull(acceptor, "not listening yet");
    }

    /** Returns where it listens, if the listener is a Java channel; the way to learn a port that was given as 0. */
    public Optional<SocketAddress> address() {
        return acceptor().address();
    }

    /** Returns how many connections are open, those included that are being handed over. */
    public int connections() {
        return acceptor().connections();
    }

    /** Closes the listener and every connection, without sending what waits. Does not wait for those on other loops. */
    @Override
    public void close() {
        acceptor().close();
        open.forEach(connection -> connection.later(connection::close));
    }
}
