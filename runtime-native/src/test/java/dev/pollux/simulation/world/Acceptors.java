package dev.pollux.simulation.world;

import dev.pollux.accept.AcceptedConnection;
import dev.pollux.accept.Acceptor;
import dev.pollux.accept.AcceptorBuilder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** An acceptor on the loop under test, who knocks at it, and what it accepted. */
final class Acceptors {

    private final World world;
    private final Others others;
    private final List<AcceptedConnection<Listener.Connection>> handled = new ArrayList<>();
    private Listener listener;
    private Acceptor<Listener.Connection> acceptor;

    Acceptors(World world, Others others) {
        this.world = world;
        this.others = others;
    }

    void open() throws IOException {
        listener = new Listener(world);
        AcceptorBuilder builder = Acceptor.builder()
                .maxConnections(1 + world.swarm.random.nextInt(4))
                .acceptsPerTurn(3);
        if (world.swarm.workers) {
            builder.handOffTo(others.group);
        }
        if (world.swarm.runner == Swarm.Runner.STARTED || world.swarm.runner == Swarm.Runner.NO_ONE) {
            try {
                acceptor = builder.listen(world.subject.loop, listener, () -> listener.accept(), this::handle);
            } catch (IOException | RuntimeException failed) {
                listener.close();
                listener = null;
            }
        } else {
            world.simulation.await(() -> true);
            try {
                acceptor = builder.listen(world.subject.loop, listener, () -> listener.accept(), this::handle);
            } catch (IOException | RuntimeException failed) {
                listener.close();
                listener = null;
            }
        }
    }

    private void handle(AcceptedConnection<Listener.Connection> connection) {
        world.simulation.foreignCode("a handler");
        if (!world.calm && world.swarm.happens(Swarm.Trouble.HANDLER_THROWS, 2)) {
            if (world.swarm.random.nextBoolean()) {
                throw new StackOverflowError("of a handler");
            }
            throw new IllegalStateException("of a handler");
        }
        handled.add(connection);
    }

    void knock() {
        if (acceptor != null && listener.waiting < 8) {
            try {
                listener.knock();
            } catch (IOException closed) {
                world.simulation.violation("knocking fails", closed.toString());
            }
        }
    }

    void hangUp() {
        if (!handled.isEmpty()) {
            handled.remove(world.swarm.random.nextInt(handled.size())).close();
        }
    }

    void closeConnections() {
        while (!handled.isEmpty()) {
            handled.remove(handled.size() - 1).close();
        }
    }

    /** Sees that everyone who knocked is let in once places are free and nothing fails any more. */
    void settle() {
        if (acceptor == null
                || world.swarm.runner != Swarm.Runner.STARTED
                || !world.swarm.steps.contains(Swarm.Step.HANG_UP)) {
            return;
        }
        if (world.swarm.steps.contains(Swarm.Step.STOP)) {
            return;
        }
        world.calm = true;
        int rounds = 40 + 2 * listener.waiting;
        for (int i = 0; i < rounds && listener.waiting > 0 && world.subject.loop.isOpen(); i++) {
            closeConnections();
            world.simulation.await(() -> false, world.simulation.nowNanos() + 200_000_000);
        }
        if (listener.waiting > 0 && world.subject.loop.isOpen()) {
            world.simulation.violation(
                    "an acceptor does not recover", listener.waiting + " wait, open " + acceptor.connections());
        }
    }

    void check() throws IOException {
        if (listener == null) {
            return;
        }
        // What was handed over last may have been handled after the first round.
        closeConnections();
        acceptor.close();
        if (!listener.closed) {
            world.simulation.violation("a listener stays open", "");
            listener.close();
        }
        for (Listener.Connection connection : listener.accepted) {
            if (connection.closes != 1) {
                world.simulation.violation("a connection is closed " + connection.closes + " times", "");
                connection.close();
            }
        }
        if (acceptor.connections() != 0) {
            world.simulation.violation(
                    "places are not given back", acceptor.connections() + " of " + acceptor.accepted());
        }
    }
}
