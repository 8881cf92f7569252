package dev.pollux.stream;

import dev.pollux.internal.loop.LoopAccess;
import dev.pollux.internal.loop.LoopCore;
import dev.pollux.internal.selector.Confinement;
import dev.pollux.loop.EventLoop;
import dev.pollux.operation.Operations;
import java.io.Closeable;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A stream on a loop: hands over what is received, and sends in order what it is given, from a queue if the peer is slow.
 *
 * <p>Receiving pauses while more waits to be sent than {@link StreamOptions#highWater}, so a peer that does not read its
 * answers costs no more memory than that. No object is made for what is received and sent.
 *
 * <p>It owns its stream, a {@link SocketChannel} in non-blocking mode or a stream of runtime-native, and closes it at its end,
 * and at the end of the loop. Do not read, write, register or close that yourself.
 *
 * <p><b>Thread:</b> any; from another than the loop's, methods return when the loop has done what they say.
 */
public final class Connection implements Closeable {

    /** A call of the handler. */
    @FunctionalInterface
    private interface Call {
        void run() throws IOException;
    }

    private final EventLoop loop;
    private final LoopCore core;
    private final LoopStreams all;
    private final Operations operations;
    private final ByteChannel stream;
    private final StreamOptions options;
    private final Consumer<Connection> ending;
    private final SendQueue queue;
    private final Receiving receiving;
    private final ConnectionEnd end;
    private @Nullable ConnectionHandler handler;
    private @Nullable IdleTimeout idle;
    private boolean paused;
    private boolean backedUp;
    private boolean stopping;

    private Connection(Operations operations, ByteChannel stream, StreamOptions options, Consumer<Connection> ending) {
        this.loop = operations.loop();
        this.core = LoopAccess.core(loop);
        this.all = LoopStreams.of(core, each -> ((Connection) each).closeBecause(new AsynchronousCloseException()));
        this.operations = operations;
        this.stream = stream;
        this.options = options;
        this.ending = ending;
        Parts parts = new Parts();
        this.queue = new SendQueue(all, operations, parts);
        this.receiving = new Receiving(operations, parts);
        this.end = new ConnectionEnd(core, operations, stream, options.lingerNanos(), parts);
    }

    // Opening.

    /**
     * Makes a connection of {@code stream}, which is connected and which it owns from now on.
     *
     * @param handlers gets the connection before anything is received, and returns what handles it; if that throws, the
     *     connection is closed
     * @throws IOException and others as {@link Operations#on}; the stream stays open then
     */
    public static Connection open(
            EventLoop loop,
            ByteChannel stream,
            StreamOptions options,
            Function<? super Connection, ? extends ConnectionHandler> handlers)
            throws IOException {
        return open(loop, stream, options, handlers, closed -> {});
    }

    /** @param ending what else to do once the stream is closed */
    static Connection open(
            EventLoop loop,
            ByteChannel stream,
            StreamOptions options,
            Function<? super Connection, ? extends ConnectionHandler> handlers,
            Consumer<Connection> ending)
            throws IOException {
        Objects.requireNonNull(options, "options");
        Objects.requireNonNull(handlers, "handlers");
        return LoopAccess.core(loop)
                .confinement()
                .call(() -> open(Operations.on(loop, stream), stream, options, handlers, ending));
    }

    static Connection open(
            Operations operations,
            ByteChannel stream,
            StreamOptions options,
            Function<? super Connection, ? extends ConnectionHandler> handlers,
            Consumer<Connection> ending) {
        Connection connection = new Connection(operations, stream, options, ending);
        connection.begin(handlers);
        return connection;
    }

    private void begin(Function<? super Connection, ? extends ConnectionHandler> handlers) {
        all.opened(this);
        if (options.idleNanos() != StreamOptions.NO_TIMEOUT) {
            idle = new IdleTimeout(core, options.idleNanos(), queue::progress, this::isIdle);
        }
        try {
            handler = Objects.requireNonNull(handlers.apply(this), "handler");
        } catch (Throwable e) {
            closeBecause(e);
            throw e;
        }
        follow();
    }

    /**
     * Connects to {@code address}, that of a TCP or Unix-domain socket, by a {@link SocketChannel}.
     *
     * @param timeout for connecting
     * @return completes on the loop thread with the connection, or with what connecting failed with:
     *     {@link java.net.ConnectException} if no one listens there, {@link SocketTimeoutException}; nothing is left open then,
     *     nor if it is cancelled
     */
    public static CompletableFuture<Connection> connect(
            EventLoop loop,
            SocketAddress address,
            Duration timeout,
            StreamOptions options,
            Function<? super Connection, ? extends ConnectionHandler> handlers) {
        Objects.requireNonNull(address, "address");
        return connect(loop, () -> Connecting.begin(address), timeout, options, handlers);
    }

    /**
     * Connects by any kind of stream.
     *
     * @param begun returns a stream that is connected, or has begun to connect and is a {@link SocketChannel} or
     *     implements {@link dev.pollux.spi.ConnectingSource}; called on the loop thread
     * @return as {@link #connect(EventLoop, SocketAddress, Duration, StreamOptions, Function)}
     */
    public static CompletableFuture<Connection> connect(
            EventLoop loop,
            Callable<? extends ByteChannel> begun,
            Duration timeout,
            StreamOptions options,
            Function<? super Connection, ? extends ConnectionHandler> handlers) {
        Objects.requireNonNull(begun, "begun");
        Objects.requireNonNull(options, "options");
        Objects.requireNonNull(handlers, "handlers");
        return Connecting.connect(
                loop,
                begun,
                timeout,
                (operations, stream) -> open(operations, stream, options, handlers, closed -> {}));
    }

    // Sending.

    /**
     * Sends the remaining bytes of {@code bytes} after what was sent before. What the kernel does not take at once is copied,
     * so the buffer is the caller's when this returns.
     *
     * @return whether the bytes are taken; false once the connection is closed or closing, or its output has ended
     */
    public boolean send(ByteBuffer bytes) {
        return core.inLoop() ? sendHere(bytes) : onLoop(() -> sendHere(bytes));
    }

    private boolean sendHere(ByteBuffer bytes) {
        if (!end.takesOutput()) {
            return false;
        }
        if (queue.isEmpty() && bytes.hasRemaining()) {
            try {
                if (operations.sendNow(bytes) > 0) {
                    moved();
                }
            } catch (IOException | RuntimeException e) {
                closeBecause(e);
                return false;
            }
        }
        if (bytes.hasRemaining()) {
            if (!hasRoom(bytes.remaining())) {
                return false;
            }
            queue.add(bytes);
            grown();
        }
        return true;
    }

    /**
     * Sends the remaining bytes of {@code bytes} after what was sent before, without a copy: the buffer is taken over until
     * {@code then} is called.
     *
     * @param bytes direct
     * @return whether the bytes are taken, as {@link #send(ByteBuffer)}; if not, {@code then} is not called
     * @throws IllegalArgumentException if the buffer is on the heap
     */
    public boolean send(ByteBuffer bytes, Sent then) {
        Objects.requireNonNull(then, "then");
        if (!bytes.isDirect()) {
            throw new IllegalArgumentException(
                    bytes + " is on the heap, where the kernel cannot reach it; use ByteBuffer.allocateDirect");
        }
        return core.inLoop() ? sendHere(bytes, then) : onLoop(() -> sendHere(bytes, then));
    }

    private boolean sendHere(ByteBuffer bytes, Sent then) {
        if (!end.takesOutput() || !hasRoom(bytes.remaining())) {
            return false;
        }
        queue.add(bytes, then);
        grown();
        return true;
    }

    private boolean hasRoom(int bytes) {
        if (queue.queued() + bytes <= options.queueLimit()) {
            return true;
        }
        closeBecause(new IOException("more than " + options.queueLimit() + " bytes would wait for " + stream
                + ", which takes them too slowly"));
        return false;
    }

    private void grown() {
        if (!backedUp && queue.queued() > options.highWater()) {
            backedUp = true;
            follow();
            guard(() -> handler().onHighWater(this));
        }
    }

    /** Returns how many bytes wait to be sent. Approximate on other threads. */
    public long queued() {
        return queue.queued();
    }

    /** Ends the output once what waits is sent: the peer reads that and then the end. Receiving goes on. */
    public void shutdownOutput() {
        onLoop(() -> {
            end.endOutput();
            return this;
        });
    }

    // Receiving.

    /**
     * Receives nothing until {@link #resumeReceiving}: the peer is slowed down by its kernel and this one. What a kernel that
     * does operations has taken by now still comes.
     */
    public void pauseReceiving() {
        pause(true);
    }

    /** Receives again, unless it pauses for what waits to be sent. */
    public void resumeReceiving() {
        pause(false);
    }

    private void pause(boolean pause) {
        onLoop(() -> {
            paused = pause;
            follow();
            return this;
        });
    }

    /** Receives if that is wanted now. */
    private void follow() {
        receiving.want(
                switch (end.phase()) {
                    case OPEN -> handler != null && !paused && !(backedUp && options.pausesAboveHighWater());
                    case FLUSHING, LINGERING -> true;
                    case CLOSED -> false;
                });
    }

    // Ending.

    /**
     * Sends what waits, ends the output, and closes the connection when the peer has ended its own too, or after
     * {@link StreamOptions#linger}: to close while something arrives has its kernel drop what it has not read. What is
     * received from now on is dropped. A peer that never reads is waited for until {@link StreamOptions#idleTimeout}.
     */
    public void closeWhenFlushed() {
        onLoop(() -> {
            end.endWhenFlushed();
            return this;
        });
    }

    /** Closes the connection without sending what waits. {@link ConnectionHandler#onClosed} comes later. */
    @Override
    public void close() {
        onLoop(() -> {
            closeBecause(null);
            return this;
        });
    }

    private void isIdle() {
        closeBecause(new SocketTimeoutException(
                "nothing was received from or sent to " + stream + " within " + options.idleTimeout()));
    }

    /** Closes it for that reason. Returns whether it was not closed already. Loop thread. */
    boolean closeBecause(@Nullable Throwable why) {
        return end.because(why);
    }

    // What it is.

    /** Returns whether it is neither closed nor closing. */
    public boolean isOpen() {
        return end.isOpen();
    }

    /** Returns its loop. */
    public EventLoop loop() {
        return loop;
    }

    /** Returns its stream, to ask for addresses and set options. */
    public ByteChannel stream() {
        return stream;
    }

    @Override
    public String toString() {
        return "Connection[" + stream + ", " + end.phase() + ", queued=" + queue.queued() + "]";
    }

    // Calls.

    /** Has the handler end it, the first time. Loop thread. */
    void stop() {
        if (end.isOpen() && !stopping) {
            stopping = true;
            guard(() -> handler().onStop(this));
        }
    }

    /** Does {@code action} on the loop thread with the next turn. The end of the loop closes the connection in any case. */
    void later(Runnable action) {
        core.work().post(action);
    }

    /** Hands {@code error} to the failure handler. Loop thread. */
    void failed(Throwable error) {
        core.failed(operations.key(), error);
    }

    private ConnectionHandler handler() {
        return Objects.requireNonNull(handler);
    }

    private void moved() {
        IdleTimeout present = idle;
        if (present != null) {
            present.moved();
        }
    }

    private <T> T onLoop(Confinement.Action<T> action) {
        return core.confinement().callUnchecked(action);
    }

    /** Calls the handler: what that throws closes this connection only. */
    private void guard(Call call) {
        try {
            call.run();
        } catch (IOException e) {
            closeBecause(e);
        } catch (Throwable e) {
            closeBecause(e);
            failed(e);
        }
    }

    /** What the parts call. */
    private final class Parts implements SendQueue.Owner, Receiving.Owner, ConnectionEnd.Owner {

        @Override
        public void received(ByteBuffer bytes) {
            if (!end.isOpen()) {
                return;
            }
            moved();
            // As guard does, but nothing is allocated here.
            try {
                handler().onReceive(Connection.this, bytes);
            } catch (IOException e) {
                closeBecause(e);
            } catch (Throwable e) {
                closeBecause(e);
                failed(e);
            }
        }

        @Override
        public void inputEnded() {
            moved();
            if (end.isOpen()) {
                guard(() -> handler().onEnd(Connection.this));
            }
            end.inputEnded();
        }

        @Override
        public void receiveFailed(Throwable failure) {
            closeBecause(failure);
        }

        @Override
        public void sent() {
            moved();
            if (backedUp && queue.queued() <= options.lowWater()) {
                backedUp = false;
                follow();
                if (end.isOpen()) {
                    guard(() -> handler().onLowWater(Connection.this));
                }
            }
            end.sent();
        }

        @Override
        public void sendFailed(Throwable failure) {
            closeBecause(failure);
        }

        @Override
        public boolean hasSentAll() {
            return queue.isEmpty();
        }

        @Override
        public boolean inputHasEnded() {
            return receiving.hasEnded();
        }

        @Override
        public void follow() {
            Connection.this.follow();
        }

        @Override
        public void closed(@Nullable Throwable reason) {
            all.closed(Connection.this);
            if (idle != null) {
                idle.end();
            }
            queue.drop(reason == null ? new ClosedChannelException() : reason);
            try {
                ConnectionHandler present = handler;
                if (present != null) {
                    guard(() -> present.onClosed(Connection.this, reason));
                }
            } finally {
                // Last: one that waits for this connection finds that its handler has heard of the end.
                ending.accept(Connection.this);
            }
        }

        @Override
        public void goesBack(ByteBuffer buffer, Sent to, @Nullable Throwable failure) {
            guard(() -> to.sent(Connection.this, buffer, failure));
        }
    }
}
