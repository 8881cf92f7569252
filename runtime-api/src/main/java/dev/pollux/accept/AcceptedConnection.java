package dev.pollux.accept;

import dev.pollux.loop.EventLoop;
import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection that an {@link Acceptor} has accepted, and its place among the most that may be open.
 *
 * <p><b>Thread:</b> any.
 *
 * @param <C> the type of the connection
 */
public final class AcceptedConnection<C extends Closeable> implements Closeable {

    private static final Logger log = LoggerFactory.getLogger(Acceptor.class);

    private final C connection;
    private final EventLoop loop;

    /** Gives its place back. */
    private final Runnable released;

    private final AtomicBoolean closed = new AtomicBoolean();

    AcceptedConnection(C connection, EventLoop loop, Runnable released) {
        this.released = released;
        this.connection = connection;
        this.loop = loop;
    }

    /** Returns the connection itself, to be closed by {@link #close} only, which also gives up its place. */
    public C get() {
        return connection;
    }

    /** Returns the loop that serves it. */
    public EventLoop loop() {
        return loop;
    }

    /** Closes the connection and gives its place to the next one. Cancel its registration first. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        try {
            connection.close();
        } catch (IOException | RuntimeException e) {
            log.debug("{} was closed with an error", connection, e);
        } finally {
            released.run();
        }
    }
}
