package dev.pollux.stream;

import dev.pollux.internal.loop.LoopAccess;
import dev.pollux.internal.loop.LoopCore;
import dev.pollux.loop.EventLoop;
import dev.pollux.operation.Operation;
import dev.pollux.operation.Operations;
import dev.pollux.spi.ConnectingSource;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ByteChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * A connection in the making.
 *
 * <p><b>Thread:</b> the loop's.
 */
final class Connecting {

    private final CompletableFuture<Connection> made;
    private final BiFunction<Operations, ByteChannel, Connection> open;
    private final ByteChannel stream;
    private final Operations operations;

    private Connecting(
            EventLoop loop,
            ByteChannel stream,
            CompletableFuture<Connection> made,
            BiFunction<Operations, ByteChannel, Connection> open)
            throws IOException {
        this.made = made;
        this.open = open;
        this.stream = stream;
        this.operations = Operations.on(loop, stream);
    }

    /** @param open makes a connection of a stream that is connected */
    static CompletableFuture<Connection> connect(
            EventLoop loop,
            Callable<? extends ByteChannel> begun,
            Duration timeout,
            BiFunction<Operations, ByteChannel, Connection> open) {
        LoopCore core = LoopAccess.core(loop);
        CompletableFuture<Connection> made = core.work().future();
        core.work().onLoop(made, () -> {
            if (made.isDone()) {
                return;
            }
            @Nullable ByteChannel stream = null;
            try {
                stream = begun.call();
                new Connecting(loop, stream, made, open).within(timeout);
            } catch (Throwable e) {
                closeQuietly(stream, e);
                made.completeExceptionally(e);
            }
        });
        return made;
    }

    /** Begins to connect a channel of the kind that {@code address} asks for. */
    static SocketChannel begin(SocketAddress address) throws IOException {
        boolean unix = address instanceof UnixDomainSocketAddress;
        SocketChannel channel = unix ? SocketChannel.open(StandardProtocolFamily.UNIX) : SocketChannel.open();
        try {
            channel.configureBlocking(false);
            sendAtOnce(channel);
            channel.connect(address);
            return channel;
        } catch (Throwable e) {
            channel.close();
            throw e;
        }
    }

    /** The queue collects short messages itself; the kernel is not to wait for more (tcp(7), TCP_NODELAY). */
    static void sendAtOnce(Object stream) throws IOException {
        if (stream instanceof SocketChannel channel
                && channel.supportedOptions().contains(StandardSocketOptions.TCP_NODELAY)) {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        }
    }

    private static void closeQuietly(@Nullable ByteChannel stream, Throwable because) {
        if (stream != null) {
            try {
                stream.close();
            } catch (IOException e) {
                because.addSuppressed(e);
            }
        }
    }

    private void within(Duration timeout) {
        boolean pending = stream instanceof SocketChannel channel
                ? channel.isConnectionPending()
                : stream instanceof ConnectingSource;
        if (!pending) {
            connected();
            return;
        }
        Operation connecting = operations.operation(this::completed);
        try {
            connecting.within(timeout).connect();
        } catch (Throwable e) {
            failed(e);
            return;
        }
        // One that is cancelled leaves nothing open either.
        made.whenComplete((connection, error) -> {
            if (error != null) {
                LoopAccess.core(operations.loop()).work().post(connecting::cancel);
            }
        });
    }

    private void completed(Operation connecting) {
        Throwable failure = connecting.failure();
        if (failure == null) {
            connected();
        } else {
            failed(failure);
        }
    }

    private void connected() {
        if (made.isDone()) {
            operations.close();
            return;
        }
        Connection connection;
        try {
            connection = open.apply(operations, stream);
        } catch (Throwable e) {
            failed(e);
            return;
        }
        if (!made.complete(connection)) {
            connection.close();
        }
    }

    /** Closes the stream first: once the failure is known, nothing is open. */
    private void failed(Throwable failure) {
        operations.close(() -> made.completeExceptionally(failure));
    }
}
