package dev.pollux.examples;

import dev.pollux.Availability;
import dev.pollux.BackendCandidate;
import dev.pollux.Capability;
import dev.pollux.Selectors;
import dev.pollux.ffm.file.TcpListener;
import dev.pollux.loop.EventLoop;
import dev.pollux.stream.Connection;
import dev.pollux.stream.StreamServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The ways to serve many connections that {@link IoModels} compares. */
enum IoModel {
    BLOCKING("blocking threads", null),
    VIRTUAL("virtual threads", null),
    BUSY_POLLING("busy polling", null),
    SELECT("select", "select"),
    POLL("poll", "poll"),
    NIO("nio", "nio"),
    EPOLL("epoll", "epoll"),
    IO_URING("io_uring operations", "io_uring");

    /** What {@link Serving#systemCalls} returns where not all of them are in sight. */
    static final long NOT_COUNTED = -1;

    private final String label;
    private final @Nullable String backend;

    IoModel(String label, @Nullable String backend) {
        this.label = label;
        this.backend = backend;
    }

    /** An echo server that runs. */
    interface Serving extends AutoCloseable {

        InetSocketAddress address();

        /** Returns the system calls that it has made for its connections, or {@link #NOT_COUNTED}. */
        long systemCalls();

        @Override
        void close() throws IOException;
    }

    /** Returns its name in tables. */
    String label() {
        return label;
    }

    /** Returns why it cannot run in this JVM; empty if it can. */
    Optional<String> missing() {
        if (backend == null) {
            return Optional.empty();
        }
        for (BackendCandidate candidate : Selectors.backends()) {
            if (candidate.name().equals(backend)) {
                return missing(candidate);
            }
        }
        return Optional.of("no such backend on the class path");
    }

    static Optional<String> missing(BackendCandidate candidate) {
        if (candidate.availability() instanceof Availability.Unavailable unavailable) {
            return Optional.of(unavailable.reason());
        }
        return candidate.capabilities().contains(Capability.JAVA_CHANNELS)
                ? Optional.empty()
                : Optional.of("watches no Java channels here");
    }

    /** Starts a server on a free port of 127.0.0.1. */
    Serving start() throws IOException {
        return switch (this) {
            case BLOCKING -> new Threads(ThreadPerConnectionEcho.start(0, Thread.ofPlatform()), true);
            case VIRTUAL -> new Threads(ThreadPerConnectionEcho.start(0, Thread.ofVirtual()), false);
            case BUSY_POLLING -> new Polling();
            case SELECT, POLL, NIO, EPOLL -> new Readiness(openLoop());
            case IO_URING -> new Completion(openLoop());
        };
    }

    private EventLoop openLoop() throws IOException {
        return EventLoop.builder()
                .backend(Objects.requireNonNull(backend))
                .threadName("echo")
                .open();
    }

    /** A thread for each connection. A virtual one also waits by calls of the JDK, which are not in sight. */
    private record Threads(ThreadPerConnectionEcho server, boolean isCounted) implements Serving {

        @Override
        public InetSocketAddress address() {
            return server.address();
        }

        @Override
        public long systemCalls() {
            return isCounted ? server.calls() : NOT_COUNTED;
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }

    /** One thread that asks every socket, over and over. */
    private static final class Polling implements Serving {

        private final BusyPollEcho server = BusyPollEcho.start(0);

        Polling() throws IOException {
            new Thread(server::serve, "echo").start();
        }

        @Override
        public InetSocketAddress address() {
            return server.address();
        }

        @Override
        public long systemCalls() {
            return server.calls();
        }

        @Override
        public void close() {
            server.close();
        }
    }

    /** One thread that waits until some sockets are ready, and then reads and writes. */
    private static final class Readiness implements Serving {

        private final EventLoop loop;
        private final EchoServer server;

        Readiness(EventLoop loop) throws IOException {
            this.loop = loop;
            this.server = EchoServer.start(loop, 0);
            loop.start();
        }

        @Override
        public InetSocketAddress address() {
            return server.address();
        }

        @Override
        public long systemCalls() {
            return server.calls() + loop.metrics().selector().waits();
        }

        @Override
        public void close() {
            server.close();
            loop.close();
        }
    }

    /** One thread that says what is to be read and written, and waits until some of it is done. */
    private static final class Completion implements Serving {

        private static final int BACKLOG = 1024;

        private final EventLoop loop;
        private final InetSocketAddress address;
        private final StreamServer server;

        Completion(EventLoop loop) throws IOException {
            this.loop = loop;
            // A native one: what is done to Java channels is done by the loop, on every backend.
            TcpListener listener = TcpListener.bind(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                    TcpListener.Options.DEFAULT.withBacklog(BACKLOG));
            address = listener.localAddress();
            server = StreamServer.builder().listen(loop, listener, connection -> Connection::send);
            loop.start();
        }

        @Override
        public InetSocketAddress address() {
            return address;
        }

        /** Reading and writing go to the kernel with the call that waits. */
        @Override
        public long systemCalls() {
            return loop.metrics().selector().waits();
        }

        @Override
        public void close() {
            server.close();
            loop.close();
        }
    }
}
