package dev.pollux.loop;

import dev.pollux.Events;
import dev.pollux.SelectorKey;
import java.io.Closeable;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NetworkChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts connections on one loop and hands each to the loop that is to serve it, its own or one of a group.
 *
 * <p>When descriptors or memory run out, a listener stays ready with a connection that cannot be taken, and a loop that
 * asks again at once would spin. The acceptor rests then, the longer the more often in a row, while the connections that
 * are open go on. At the greatest number of connections it rests until one of them is closed. In both cases whoever
 * knocks waits in the kernel's queue, and the listener is never closed for lack of anything.
 *
 * <p><b>Thread:</b> any.
 *
 * @param <C> the type of a connection
 */
public final class Acceptor<C extends Closeable> implements AutoCloseable {

    /** Takes one connection from a listener. */
    @FunctionalInterface
    public interface Accept<C> {

        /**
         * Returns the next connection, ready for a loop, or null if none is waiting.
         *
         * @throws ClosedChannelException if there will be none any more
         * @throws IOException if none can be taken now
         */
        @Nullable
        C accept() throws IOException;
    }

    /** Takes over connections. */
    @FunctionalInterface
    public interface Handler<C extends Closeable> {

        /**
         * Begins to serve {@code connection}.
         *
         * <p><b>Thread:</b> that of the connection's loop.
         *
         * @throws Exception goes to the failure handler of the loop; the connection is closed then
         */
        void accepted(AcceptedConnection<C> connection) throws Exception;
    }

    private static final Logger log = LoggerFactory.getLogger(Acceptor.class);

    private final EventLoop loop;
    private final AcceptorBuilder.Limits limits;
    private final @Nullable EventLoopGroup workers;
    private final Closeable listener;
    private final Accept<C> accept;
    private final Handler<C> handler;
    private final Registration registration;
    private final @Nullable SocketAddress address;

    private Duration rest;
    private boolean resting;
    private boolean told;

    // Written on the loop thread only.
    private volatile int open;
    private volatile long accepted;
    private volatile long rests;
    private volatile boolean closed;

    Acceptor(
            EventLoop loop,
            AcceptorBuilder.Limits limits,
            @Nullable EventLoopGroup workers,
            Closeable listener,
            Accept<C> accept,
            Handler<C> handler)
            throws IOException {
        this.loop = loop;
        this.limits = limits;
        this.workers = workers;
        this.listener = listener;
        this.accept = accept;
        this.handler = handler;
        this.rest = limits.shortestRest();
        this.address = listener instanceof NetworkChannel channel ? channel.getLocalAddress() : null;
        // In two steps: on a loop that runs, the first connection may come before this constructor ends.
        this.registration = loop.register(listener, Events.NONE, this::onReady);
        try {
            registration.modify(Events.READ);
        } catch (Throwable refused) {
            registration.cancel();
            throw refused;
        }
    }

    /** Returns a builder with the defaults. */
    public static AcceptorBuilder builder() {
        return new AcceptorBuilder();
    }

    private void onReady(Registration listening, int ready) throws IOException {
        SelectorKey key = listening.key();
        for (int i = 0; i < limits.acceptsPerTurn() && !closed; i++) {
            if (open >= limits.maxConnections()) {
                registration.pause();
                return;
            }
            C connection;
            try {
                connection = accept.accept();
            } catch (ClosedChannelException e) {
                log.error("{} was closed; nothing is accepted any more", listener);
                close();
                return;
            } catch (IOException e) {
                restAfter(e);
                return;
            }
            if (connection == null) {
                return;
            }
            rest = limits.shortestRest();
            count(1);
            handOver(connection, key);
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // Only the loop thread writes.
    private void count(int connections) {
        open += connections;
        if (connections > 0) {
            accepted += connections;
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // Only the loop thread writes.
    private void restAfter(IOException reason) throws IOException {
        rests++;
        if (!told) {
            told = true;
            log.warn(
                    "accepting on {} rests, first for {} ms, backend={} open={}: {}",
                    listener,
                    rest.toMillis(),
                    loop.backend(),
                    open,
                    reason.toString());
        }
        // First the way back, then the pause: whatever fails in between, the listener is not left paused for good.
        goOnAfter(rest);
        registration.pause();
        Duration twice = rest.multipliedBy(2);
        rest = twice.compareTo(limits.longestRest()) < 0 ? twice : limits.longestRest();
    }

    private void goOn() {
        if (resting || open >= limits.maxConnections() || !registration.isActive()) {
            return;
        }
        try {
            registration.resume();
        } catch (IOException e) {
            log.warn("accepting on {} cannot go on yet, backend={}", listener, loop.backend(), e);
            goOnAfter(limits.longestRest());
        }
    }

    private void goOnAfter(Duration delay) {
        resting = true;
        loop.schedule(delay, () -> {
            resting = false;
            goOn();
        });
    }

    private void handOver(C connection, SelectorKey key) {
        try {
            EventLoop to = workers == null ? loop : workers.next();
            AcceptedConnection<C> handed = new AcceptedConnection<>(this, connection, to);
            if (to == loop) {
                begin(handed, key);
            } else {
                to.execute(new HandOver(handed, key));
            }
        } catch (RuntimeException e) {
            // Also what a chooser throws: the connection has nobody else who could close it.
            log.warn("a connection is closed because no loop takes it: {}", e.toString());
            new AcceptedConnection<>(this, connection, loop).close();
        }
    }

    /** A connection on its way to a loop. If that loses it, as it loses every task when it fails, it is closed. */
    private final class HandOver implements LoopCore.Losable {

        private final AcceptedConnection<C> connection;
        private final SelectorKey key;

        HandOver(AcceptedConnection<C> connection, SelectorKey key) {
            this.connection = connection;
            this.key = key;
        }

        @Override
        public void run() {
            begin(connection, key);
        }

        @Override
        public void lost() {
            connection.close();
        }
    }

    private void begin(AcceptedConnection<C> connection, SelectorKey key) {
        try {
            handler.accepted(connection);
        } catch (Throwable e) {
            // Not the acceptor's failure: others may be served well.
            connection.close();
            connection.loop().failed(key, e);
        }
    }

    /** Gives the place of a connection that was closed to the next one. */
    void released() {
        if (loop.inLoop()) {
            count(-1);
            goOn();
        } else if (loop.isOpen()) {
            try {
                loop.execute(() -> {
                    count(-1);
                    goOn();
                });
            } catch (RejectedExecutionException e) {
                log.trace("{} is closed, and nobody waits for a place", loop.name(), e);
            }
        }
    }

    /** Returns where it listens, if the listener is a Java channel; the way to learn a port that was given as 0. */
    public Optional<SocketAddress> address() {
        return Optional.ofNullable(address);
    }

    /** Returns how many connections are open, those included that are being handed over. */
    public int connections() {
        return open;
    }

    /** Returns how many connections were accepted so far. */
    public long accepted() {
        return accepted;
    }

    /** Returns how often accepting rested because something had run out. */
    public long rests() {
        return rests;
    }

    /** Closes the listener. Connections that were accepted stay open. Does nothing the second time. */
    @Override
    public void close() {
        closed = true;
        registration.cancel();
        try {
            listener.close();
        } catch (IOException e) {
            log.debug("{} was closed with an error", listener, e);
        }
    }
}
