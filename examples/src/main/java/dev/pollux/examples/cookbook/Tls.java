package dev.pollux.examples.cookbook;

import dev.pollux.loop.TimerHandle;
import dev.pollux.stream.Connection;
import dev.pollux.stream.ConnectionHandler;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * TLS 1.2 and 1.3 on a {@link Connection}, by the JDK's {@link SSLEngine}: what is received is decrypted for a
 * {@link Handler}, and what that sends is encrypted.
 *
 * <p>The queue, the water marks and the idle timeout are the connection's. A renegotiation fails, and so does an end of the
 * stream without close_notify, because anyone on the way could have cut it off.
 *
 * <p><b>Thread:</b> the loop thread only.
 */
public final class Tls implements ConnectionHandler {

    /** What to do with a connection. What a method throws closes the connection. */
    @FunctionalInterface
    public interface Handler {

        /** The handshake is done: from here on the handler may send. */
        default void onOpen(Tls tls) throws IOException {}

        /** Takes what was received, decrypted. The buffer is lent until this returns. */
        void onReceive(Tls tls, ByteBuffer bytes) throws IOException;

        /** The peer has sent close_notify, and sends no more. */
        default void onEnd(Tls tls) throws IOException {
            tls.close();
        }

        /** What waits to be sent is down to the low-water mark, after it was above the high one. */
        default void onLowWater(Tls tls) throws IOException {}

        /** The connection is closed: the reason is null unless it failed. */
        default void onClosed(Tls tls, @Nullable Throwable reason) {}
    }

    private static final Duration HANDSHAKE_LIMIT = Duration.ofSeconds(10);
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final Connection connection;
    private final SSLEngine engine;
    private final Handler handler;
    private final TimerHandle limit;

    /** Records as they came; written to between two calls of {@link #proceed}, read from inside. */
    private ByteBuffer incoming;

    private ByteBuffer plain;
    private ByteBuffer outgoing;
    private boolean open;
    private boolean ended;

    /** Whether a task of the handshake runs on another thread. The engine waits for it. */
    private boolean working;

    private @Nullable Throwable failure;

    private Tls(Connection connection, SSLEngine engine, Handler handler) {
        this.connection = connection;
        this.engine = engine;
        this.handler = handler;
        this.incoming = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        this.outgoing = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        this.plain = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
        this.limit = connection.loop().schedule(HANDSHAKE_LIMIT, () -> {
            failure = new SSLException("the handshake took longer than " + HANDSHAKE_LIMIT);
            connection.close();
        });
    }

    /** Returns what to give to a server: TLS with the key of {@code context}. */
    public static Function<Connection, ConnectionHandler> server(SSLContext context, Handler handler) {
        return connection -> {
            SSLEngine engine = context.createSSLEngine();
            engine.setUseClientMode(false);
            return new Tls(connection, engine, handler);
        };
    }

    /** Returns what to give to {@link Connection#connect}: TLS with a server whose certificate is for {@code host}. */
    public static Function<Connection, ConnectionHandler> client(
            SSLContext context, String host, int port, Handler handler) {
        return connection -> {
            SSLEngine engine = context.createSSLEngine(host, port);
            engine.setUseClientMode(true);
            SSLParameters parameters = engine.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS"); // compares the name; off if not set
            engine.setSSLParameters(parameters);
            Tls tls = new Tls(connection, engine, handler);
            connection.loop().execute(tls::begin);
            return tls;
        };
    }

    private void begin() {
        try {
            engine.beginHandshake();
            proceed();
        } catch (SSLException e) {
            fail(e);
        }
    }

    /** Sends the remaining bytes after what was sent before. Returns false if the connection is closed or closing. */
    public boolean send(ByteBuffer bytes) {
        if (!open) {
            throw new IllegalStateException("the handshake is not done; send in onOpen or later");
        }
        try {
            while (bytes.hasRemaining()) {
                if (!wrap(bytes)) {
                    return false;
                }
            }
            return true;
        } catch (IOException e) {
            fail(e);
            return false;
        }
    }

    /** Sends what waits and close_notify, and closes the connection. What is received from now on is dropped. */
    public void close() {
        engine.closeOutbound();
        sendAlerts();
        connection.closeWhenFlushed();
    }

    /** Returns the connection, to ask how much waits. Do not send there. */
    public Connection connection() {
        return connection;
    }

    /** Returns the engine, to ask for the session: protocol, cipher, the peer's certificates. */
    public SSLEngine engine() {
        return engine;
    }

    @Override
    public void onReceive(Connection connection, ByteBuffer bytes) {
        if (incoming.remaining() < bytes.remaining()) {
            incoming = ByteBuffer.allocate(2 * (incoming.position() + bytes.remaining()))
                    .put(incoming.flip());
        }
        incoming.put(bytes);
        proceed();
    }

    /** Does what the engine asks for, until it asks for more bytes or for the result of a task. */
    private void proceed() {
        incoming.flip();
        try {
            while (connection.isOpen() && !working && step()) {
                // There may be more.
            }
        } catch (IOException e) {
            fail(e);
        } catch (RuntimeException e) {
            fail(e);
            throw e;
        } finally {
            incoming.compact();
        }
    }

    /** Returns whether there may be more to do. */
    private boolean step() throws IOException {
        HandshakeStatus asked = engine.getHandshakeStatus();
        if (open && isRenegotiation(asked)) {
            throw new SSLException("the peer wants to negotiate again");
        }
        return switch (asked) {
            case NEED_TASK -> work();
            case NEED_WRAP -> wrap(NOTHING);
            default -> unwrap();
        };
    }

    /** TLS 1.3 has none: there, a status says that keys are updated. */
    private boolean isRenegotiation(HandshakeStatus asked) {
        return (asked == HandshakeStatus.NEED_TASK || asked == HandshakeStatus.NEED_WRAP)
                && !ended
                && !engine.isOutboundDone()
                && !engine.getSession().getProtocol().equals("TLSv1.3");
    }

    /** Signatures and certificates take milliseconds: not on the loop thread. */
    private boolean work() {
        Runnable task = engine.getDelegatedTask();
        if (task != null) {
            working = true;
            connection.pauseReceiving();
            connection
                    .loop()
                    .offload(() -> {
                        task.run();
                        return this;
                    })
                    .whenComplete((same, failed) -> connection.loop().execute(() -> worked(failed)));
        }
        return task == null;
    }

    private void worked(@Nullable Throwable failed) {
        working = false;
        if (failed != null) {
            fail(failed);
        } else if (connection.isOpen()) {
            connection.resumeReceiving();
            proceed();
        }
    }

    /** Sends one record. Returns false if nothing can be sent any more. */
    private boolean wrap(ByteBuffer bytes) throws IOException {
        SSLEngineResult result = engine.wrap(bytes, outgoing.clear());
        if (result.getStatus() == SSLEngineResult.Status.BUFFER_OVERFLOW) {
            outgoing = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
            return true;
        }
        boolean taken = connection.send(outgoing.flip());
        finished(result);
        return taken && result.bytesProduced() > 0;
    }

    /** Decrypts one record. Returns false if there is none. */
    private boolean unwrap() throws IOException {
        SSLEngineResult result = engine.unwrap(incoming, plain.clear());
        if (result.getStatus() == SSLEngineResult.Status.BUFFER_OVERFLOW) {
            plain = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
            return true;
        }
        finished(result);
        if (plain.flip().hasRemaining()) {
            handler.onReceive(this, plain);
        }
        if (engine.isInboundDone() && !ended) {
            ended = true;
            handler.onEnd(this);
            return true;
        }
        return result.bytesConsumed() > 0;
    }

    private void finished(SSLEngineResult result) throws IOException {
        if (!open && result.getHandshakeStatus() == HandshakeStatus.FINISHED) {
            open = true;
            limit.cancel();
            handler.onOpen(this);
        }
    }

    /** Tells the peer by an alert, if the engine has one for it, and closes the connection. */
    private void fail(Throwable reason) {
        if (failure == null) {
            failure = reason;
        }
        close();
    }

    private void sendAlerts() {
        try {
            while (!engine.isOutboundDone() && wrap(NOTHING)) {
                // Alert, then close_notify.
            }
        } catch (IOException e) {
            if (failure == null) {
                failure = e;
            }
        }
    }

    @Override
    public void onEnd(Connection connection) {
        if (!ended) {
            fail(new SSLException("the stream ends without close_notify: something may be missing"));
        }
    }

    @Override
    public void onLowWater(Connection connection) throws IOException {
        if (open) {
            handler.onLowWater(this);
        }
    }

    @Override
    public void onStop(Connection connection) {
        close();
    }

    @Override
    public void onClosed(Connection connection, @Nullable Throwable reason) {
        limit.cancel();
        handler.onClosed(this, failure != null ? failure : reason);
    }
}
