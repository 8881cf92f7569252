package dev.pollux.examples;

import dev.pollux.Events;
import dev.pollux.accept.AcceptedConnection;
import dev.pollux.accept.Acceptor;
import dev.pollux.accept.AcceptorBuilder;
import dev.pollux.loop.Callback;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.EventLoopBuilder;
import dev.pollux.loop.EventLoopGroup;
import dev.pollux.loop.LoopChooser;
import dev.pollux.loop.Registration;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * An echo server for more than one processor: one loop accepts and hands its connections to a group of loops, or each
 * loop of the group has a listener of its own.
 *
 * <p>Run it with {@code mvn -q -B compile exec:exec -pl examples -am -Dexample=WorkerGroupEcho}, then
 * {@code nc 127.0.0.1 8088}; {@code -Dexec.args=--help} lists what else it can do.
 *
 * <p>Watch for the absence of locks: a connection stays with its loop, and all that touches it runs there. With one
 * listener a chooser spreads the connections evenly, at the price of handing each over; with
 * {@code --reuse-port} the kernel does, by a hash of the addresses, and nothing is handed over. Watch also for
 * {@code --max-connections}: what comes on top of them waits in the kernel's queue and is served once a connection ends.
 *
 * <p><b>Thread:</b> any.
 */
public final class WorkerGroupEcho implements AutoCloseable {

    /** The most that is held for one connection. */
    static final int BUFFER_BYTES = 4096;

    private static final Logger log = LoggerFactory.getLogger(WorkerGroupEcho.class);
    private static final int BACKLOG = 1024;

    private final InetSocketAddress address;
    private final Set<Connection> open = ConcurrentHashMap.newKeySet();
    private final LongAdder received = new LongAdder();
    private final LongAdder sent = new LongAdder();
    private final List<Acceptor<SocketChannel>> acceptors;
    private volatile boolean closed;

    private WorkerGroupEcho(InetSocketAddress address, Listening listening) throws IOException {
        this.address = address;
        this.acceptors = listening.on(address, this::serve);
    }

    /** How the listeners of a server come about. */
    @FunctionalInterface
    private interface Listening {

        List<Acceptor<SocketChannel>> on(InetSocketAddress address, Acceptor.Handler<SocketChannel> handler)
                throws IOException;
    }

    /** Serves until the process ends. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Program())
                .setExecutionExceptionHandler((e, command, parsed) -> {
                    System.err.println(e.getMessage());
                    return CommandLine.ExitCode.SOFTWARE;
                })
                .execute(args));
    }

    /**
     * Starts a server that accepts on {@code loop} and serves on {@code workers}; all of them stay the caller's.
     *
     * @param port where to listen on 127.0.0.1; 0 takes a free one, see {@link #address}
     * @param maxConnections how many may be open at once
     * @throws IOException if the port is taken, or the kernel refuses
     */
    public static WorkerGroupEcho start(EventLoop loop, EventLoopGroup workers, int port, int maxConnections)
            throws IOException {
        AcceptorBuilder settings = Acceptor.builder().handOffTo(workers).maxConnections(maxConnections);
        ServerSocketChannel listener = ServerSocketChannel.open();
        try {
            listener.configureBlocking(false);
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
            return new WorkerGroupEcho(
                    (InetSocketAddress) listener.getLocalAddress(),
                    (address, handler) -> List.of(settings.listen(loop, listener, handler)));
        } catch (IOException | RuntimeException e) {
            listener.close();
            throw e;
        }
    }

    /**
     * Starts a server with a listener on each loop of {@code workers}, which stay the caller's.
     *
     * @param maxConnections how many may be open at once, an equal share of it on each loop, rounded up
     * @throws UnsupportedOperationException if this system has no {@code SO_REUSEPORT}
     * @throws IOException if the port is taken, or the kernel refuses
     */
    public static WorkerGroupEcho startOnEach(EventLoopGroup workers, int port, int maxConnections) throws IOException {
        int share = Math.ceilDiv(maxConnections, workers.size());
        AcceptorBuilder settings = Acceptor.builder().backlog(BACKLOG).maxConnections(share);
        // A socket that is bound and does not listen keeps a free port for the listeners that share it.
        try (SocketChannel holder = SocketChannel.open()) {
            holder.setOption(StandardSocketOptions.SO_REUSEPORT, true);
            holder.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return new WorkerGroupEcho(
                    (InetSocketAddress) holder.getLocalAddress(),
                    (address, handler) -> settings.listenOnEach(workers, address, handler));
        }
    }

    private void serve(AcceptedConnection<SocketChannel> accepted) throws IOException {
        Connection connection = new Connection(accepted);
        open.add(connection);
        if (closed) {
            connection.close(); // it was on its way to its loop when the server closed the others
        }
    }

    /** Returns where the server listens. */
    public InetSocketAddress address() {
        return address;
    }

    /** Returns how many connections were accepted so far. */
    public long accepted() {
        return acceptors.stream().mapToLong(Acceptor::accepted).sum();
    }

    /** Returns how many connections are open, those included that are being handed over. */
    public int connections() {
        return acceptors.stream().mapToInt(Acceptor::connections).sum();
    }

    /** Returns how many bytes were taken from all peers so far. */
    public long received() {
        return received.sum();
    }

    /** Returns how many bytes were sent back so far. */
    public long sent() {
        return sent.sum();
    }

    /** Closes the listeners first, so that no connection joins, and then the connections. */
    @Override
    public void close() {
        closed = true;
        acceptors.forEach(Acceptor::close);
        open.forEach(Connection::close);
    }

    /** One buffer, which is either filled or drained: while a peer takes nothing, nothing is read from it. */
    private final class Connection implements Callback {

        private final AcceptedConnection<SocketChannel> accepted;
        private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
        private final Registration registration;
        private boolean draining;

        Connection(AcceptedConnection<SocketChannel> accepted) throws IOException {
            this.accepted = accepted;
            this.registration = accepted.loop().register(accepted.get(), Events.READ, this);
        }

        @Override
        public void onReady(Registration registration, int ready) {
            try {
                if (!draining && !fill()) {
                    close();
                    return;
                }
                sent.add(accepted.get().write(buffer));
                if (buffer.hasRemaining() != draining) {
                    draining = !draining;
                    registration.modify(draining ? Events.WRITE : Events.READ);
                }
                if (!draining) {
                    buffer.clear();
                }
            } catch (IOException e) {
                log.debug("{} is lost", accepted.get(), e);
                close();
            }
        }

        /** Returns whether there is something to send, rather than the end of the input. */
        private boolean fill() throws IOException {
            int count = accepted.get().read(buffer);
            received.add(Math.max(0, count));
            buffer.flip();
            return count >= 0;
        }

        void close() {
            registration.cancel();
            accepted.close();
            open.remove(this);
        }
    }

    /** The server as a program. */
    @Command(name = "worker-group-echo", sortOptions = false, usageHelpWidth = 100)
    private static final class Program implements Callable<Integer> {

        @Option(
                names = "--port",
                paramLabel = "N",
                description = "Listen on 127.0.0.1:N, 8088 by default; 0 takes a free port and prints it.")
        private int port = 8088;

        @Option(names = "--backend", paramLabel = "NAME", description = "Use this backend; the best one by default.")
        private @Nullable String backend;

        @Option(
                names = "--workers",
                paramLabel = "N",
                description = "Serve on N loops; one for each processor by default.")
        private int workers = Runtime.getRuntime().availableProcessors();

        @Option(
                names = "--max-connections",
                paramLabel = "N",
                description = "Let those wait that come on top of N; no limit by default.")
        private int maxConnections = Integer.MAX_VALUE;

        @Option(names = "--reuse-port", description = "Listen on each worker loop rather than on one of its own.")
        private boolean reusePort;

        @SuppressWarnings("UnusedVariable") // picocli looks at the annotation only
        @Option(names = "--help", usageHelp = true, description = "Print this.")
        private boolean help;

        @Override
        public Integer call() throws IOException {
            try (EventLoop accepting = settings("accepting").open();
                    EventLoopGroup group =
                            EventLoopGroup.open(workers, settings("worker"), LoopChooser.leastRegistered());
                    WorkerGroupEcho server = reusePort
                            ? startOnEach(group, port, maxConnections)
                            : start(accepting, group, port, maxConnections)) {
                ServerArguments.announce(accepting.backend(), server.address());
                accepting.run();
            }
            return CommandLine.ExitCode.OK;
        }

        private EventLoopBuilder settings(String name) {
            EventLoopBuilder settings = EventLoop.builder().threadName(name);
            return backend == null ? settings : settings.backend(backend);
        }
    }
}
