package dev.pollux.simulation.world;

import dev.pollux.HasFd;
import dev.pollux.tck.fake.FakeSource;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A listener of the fake kernel: ready while connections wait. */
final class Listener implements HasFd, Closeable {

    /** A connection that counts how often it was closed. */
    static final class Connection implements HasFd, Closeable {

        final FakeSource source;
        int closes;

        Connection(FakeSource source) {
            this.source = source;
        }

        @Override
        public int fd() {
            return source.fd();
        }

        @Override
        public void close() throws IOException {
            closes++;
            source.close();
            source.hangUp();
        }
    }

    private final World world;
    private final FakeSource source;
    private final boolean failsAlways;
    final List<Connection> accepted = new ArrayList<>();
    int waiting;
    boolean closed;

    Listener(World world) {
        this.world = world;
        this.source = world.kernel.source();
        this.failsAlways =
                world.swarm.troubles.contains(Swarm.Trouble.ACCEPT_FAILS) && world.swarm.random.nextBoolean();
    }

    void knock() throws IOException {
        if (!closed) {
            waiting++;
            source.makeReadable();
        }
    }

    Connection accept() throws IOException {
        world.simulation.foreignCode("accept");
        if (!world.calm && (failsAlways || world.swarm.happens(Swarm.Trouble.ACCEPT_FAILS, 2))) {
            throw new IOException("Too many open files");
        }
        if (waiting == 0) {
            source.drain();
            if (waiting > 0) {
                source.makeReadable(); // someone has knocked meanwhile
            }
            return null;
        }
        waiting--;
        Connection connection = new Connection(world.kernel.source());
        accepted.add(connection);
        return connection;
    }

    @Override
    public int fd() {
        world.simulation.foreignCode("HasFd.fd");
        return source.fd();
    }

    @Override
    public void close() throws IOException {
        closed = true;
        source.close();
        source.hangUp();
    }
}
