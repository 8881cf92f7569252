package dev.pollux.examples;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The echo server without any readiness: a thread per connection, which waits in {@code read} and {@code write}. It is
 * what the servers on a selector are to be compared with.
 *
 * <p>Run it with {@code mvn -q -B compile exec:exec -pl examples -am -Dexample=ThreadPerConnectionEcho}, then
 * {@code nc 127.0.0.1 8088}; with {@code -Dexec.args="8088 virtual"} the threads are virtual.
 *
 * <p>Watch for how little there is to it: a thread that cannot write does not read, so a slow peer needs no care. The
 * price is a stack per connection, which for platform threads ends at some thousands. Virtual threads lower the price;
 * underneath, the JDK then watches the sockets with a selector of its own.
 *
 * <p><b>Thread:</b> any.
 */
public final class ThreadPerConnectionEcho implements AutoCloseable {

    /** The most that is held for one connection. */
    static final int BUFFER_BYTES = 4096;

    private static final Logger log = LoggerFactory.getLogger(ThreadPerConnectionEcho.class);
    private static final int BACKLOG = 1024;
    private static final Duration REST = Duration.ofMillis(50);

    private final ServerSocket listener;
    private final Thread.Builder threads;
    private final Thread acceptor;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final LongAdder received = new LongAdder();
    private final LongAdder sent = new LongAdder();
    private final LongAdder calls = new LongAdder();

    private ThreadPerConnectionEcho(ServerSocket listener, Thread.Builder threads) {
        this.listener = listener;
        this.threads = threads;
        this.acceptor = Thread.ofPlatform().name("acceptor").unstarted(this::accept);
    }

    /** Serves until the process ends. */
    public static void main(String[] args) throws IOException, InterruptedException {
        int port = args.length > 0 ? Integer.parseInt(args[0]) : 8088;
        boolean virtual = args.length > 1 && args[1].equals("virtual");
        try (ThreadPerConnectionEcho server = start(port, virtual ? Thread.ofVirtual() : Thread.ofPlatform())) {
            ServerArguments.announce("a thread per connection", server.address());
            server.acceptor.join();
        }
    }

    /**
     * Starts a server.
     *
     * @param port where to listen on 127.0.0.1; 0 takes a free one, see {@link #address}
     * @param threads makes the threads of the connections
     * @throws IOException if the port is taken, or the kernel refuses
     */
    public static ThreadPerConnectionEcho start(int port, Thread.Builder threads) throws IOException {
        ServerSocket listener = new ServerSocket(port, BACKLOG, InetAddress.getLoopbackAddress());
        ThreadPerConnectionEcho server = new ThreadPerConnectionEcho(listener, threads);
        server.acceptor.start();
        return server;
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                open.add(socket);
                threads.start(() -> echo(socket));
                if (listener.isClosed()) {
                    closeQuietly(socket); // close() may have looked before it was added
                }
            } catch (IOException e) {
                if (!listener.isClosed()) {
                    log.warn("accepting rests, open={}: {}", open.size(), e.toString());
                    LockSupport.parkNanos(REST.toNanos()); // what has run out is still missing at once
                }
            }
        }
    }

    private void echo(Socket socket) {
        byte[] buffer = new byte[BUFFER_BYTES];
        try (socket) {
            InputStream in = socket.getInputStream();
            OutputStream out = socket.getOutputStream();
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                received.add(count);
                out.write(buffer, 0, count);
                sent.add(count);
                calls.add(2);
            }
        } catch (IOException e) {
            log.debug("{} is lost", socket, e);
        } finally {
            open.remove(socket);
        }
    }

    /** Returns where the server listens. */
    public InetSocketAddress address() {
        return (InetSocketAddress) listener.getLocalSocketAddress();
    }

    /** Returns how many bytes were taken from all peers so far. */
    public long received() {
        return received.sum();
    }

    /** Returns how many bytes were sent back so far; a write that waits does not count yet. */
    public long sent() {
        return sent.sum();
    }

    /** Returns how often it has read and written so far. */
    long calls() {
        return calls.sum();
    }

    /** Closes the listener and the connections, which ends the threads. */
    @Override
    public void close() throws IOException {
        listener.close();
        open.forEach(ThreadPerConnectionEcho::closeQuietly);
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            log.debug("{} was closed with an error", socket, e);
        }
    }
}
