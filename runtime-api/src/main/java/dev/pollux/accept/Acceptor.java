package dev.pollux.accept;

import dev.pollux.Events;
import dev.pollux.internal.loop.LoopAccess;
import dev.pollux.internal.loop.LoopCore;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.EventLoopGroup;
import dev.pollux.loop.Registration;
import java.io.Closeable;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NetworkChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts connections on one loop and hands each to the loop that is to serve it, its own or one of a group.
 *
 * <p>When descriptors or memory run out, a listener stays ready with a connection that cannot be taken, and a loop that
 * asks again at once would spin. The acceptor rests then, the longer the more often in a row, while the connections that
 * are open go on. At the greatest number of connections it rests until one of them is closed. In both cases new
 * connections wait in the kernel's queue, the listener is never closed for lack of anything, and accepting goes on by
 * itself: neither a limit of timers nor a number of failures in a row ends it.
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
    private final LoopCore core;
    private final AcceptorBuilder.Limits limits;
    private final @Nullable EventLoopGroup workers;
    private final Closeable listener;
    private final Accept<C> accept;
    private final Handler<C> handler;
    private final Registration registration;
    private final @Nullable SocketAddress address;

    /** The places that are taken. Taken on the loop thread, given back on any. */
    private final AtomicInteger open = new AtomicInteger();

    private final AtomicLong accepted = new AtomicLong();
    private final AtomicLong rests = new AtomicLong();
    private volatile boolean closed;

    // Loop thread.
    private Duration rest;
    private boolean resting;
    private boolean warned;

    Acceptor(
            EventLoop loop,
            AcceptorBuilder.Limits limits,
            @Nullable EventLoopGroup workers,
            Closeable listener,
            Accept<C> accept,
            Handler<C> handler)
            throws IOException {
        this.loop = loop;
        this.core = LoopAccess.core(loop);
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
        for (int i = 0; i < limits.acceptsPerTurn() && !closed; i++) {
            if (open.get() >= limits.maxConnections()) {
                listening.pause(); // a place that is given back meanwhile resumes it with the next turn
                return;
            }
            C connection;
            try {
                connection = accept.accept();
            } catch (ClosedChannelException e) {
                log.error("{} was closed; nothing is accepted any more", listener);
                close();
                return;
            } catch (IOException | RuntimeException e) {
                restAfter(e);
                return;
            } catch (Error e) {
                // The registration must not be isolated for it. An error that the loop does not survive passes.
                restAfter(e);
                core.failed(registration.key(), e);
                return;
            }
            if (connection == null) {
                return;
            }
            rest = limits.shortestRest();
            open.incrementAndGet();
            accepted.incrementAndGet();
            handOver(connection);
        }
    }

    private void restAfter(Throwable reason) throws IOException {
        rests.incrementAndGet();
        if (!warned) {
            warned = true;
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

    /** Accepts again, if nothing speaks against it. Loop thread. */
    private void goOn() {
        if (resting || closed || open.get() >= limits.maxConnections() || !registration.isActive()) {
            return;
        }
        try {
            registration.resume();
        } catch (IOException | RuntimeException e) {
            log.warn("accepting on {} cannot go on yet, backend={}", listener, loop.backend(), e);
            goOnAfter(limits.longestRest());
        }
    }

    private void goOnAfter(Duration delay) {
        core.timers().internal(delay.toNanos(), () -> {
            resting = false;
            goOn();
        });
        resting = true;
    }

    /** Hands a connection to the loop that is to serve it. One that no loop takes is closed: it has no other owner. */
    private void handOver(C connection) {
        EventLoop to;
        try {
            to = workers == null ? loop : workers.next();
        } catch (Throwable e) {
            closeUnserved(new AcceptedConnection<>(connection, loop, this::released), core);
            core.failed(registration.key(), e);
            return;
        }
        AcceptedConnection<C> handed = new AcceptedConnection<>(connection, to, this::released);
        if (to == loop) {
            begin(handed);
        } else if (!LoopAccess.core(to).work().post(() -> begin(handed))) {
            log.warn("a connection is closed because {} has ended", to.name());
            closeUnserved(handed, core);
        }
    }

    /** Begins to serve a connection, on the thread of its loop. */
    private void begin(AcceptedConnection<C> connection) {
        LoopCore here = LoopAccess.core(connection.loop());
        if (here.isEnding()) {
            log.warn("a connection is closed because {} ends", connection.loop().name());
            closeUnserved(connection, here);
            return;
        }
        try {
            handler.accepted(connection);
        } catch (Throwable e) {
            // Not the acceptor's failure: others may be served well.
            closeUnserved(connection, here);
            here.failed(registration.key(), e);
        }
    }

    /** Closes a connection whose handler does not. What that throws is one more failure, and ends neither loop. */
    private void closeUnserved(AcceptedConnection<C> connection, LoopCore here) {
        try {
            connection.close();
        } catch (Error e) {
            here.failed(registration.key(), e);
        }
    }

    /** Gives the place of a connection that was closed to the next one. Any thread. */
    private void released() {
        open.decrementAndGet();
        if (core.inLoop()) {
            goOn();
        } else {
            // A loop that has ended has no one waiting for a place.
            core.work().post(this::goOn);
        }
    }

    /** Returns where it listens, if the listener is a Java channel; the way to learn a port that was given as 0. */
    public Optional<SocketAddress> address() {
        return Optional.ofNullable(address);
    }

    /** Returns how many connections are open, those included that are being handed over. */
    public int connections() {
        return open.get();
    }

    /** Returns how many connections were accepted so far. */
    public long accepted() {
        return accepted.get();
    }

    /** Returns how often accepting rested because something had run out. */
    public long rests() {
        return rests.get();
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
