package org.example.server;

import dev.pollux.loop.EventLoop;
import dev.pollux.stream.Connection;
import dev.pollux.stream.StreamServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;

/** Sends back what it receives. The end of the process waits for what is still to be sent. */
public final class Server {

    private Server() {}

    /** Serves on the port that is given, or on 8088. */
    public static void main(String[] args) throws IOException {
        int port = args.length == 0 ? 8088 : Integer.parseInt(args[0]);
        try (EventLoop loop = EventLoop.open()) {
            StreamServer server = start(loop, port);
            loop.onSignal("TERM", () -> server.stop(Duration.ofSeconds(10)).thenRun(loop::stop));
            System.out.println("backend " + loop.backend() + ", listening on " + address(server));
            loop.run();
        }
    }

    static StreamServer start(EventLoop loop, int port) throws IOException {
        return StreamServer.builder()
                .listen(loop, new InetSocketAddress("127.0.0.1", port), connection -> Connection::send);
    }

    static InetSocketAddress address(StreamServer server) {
        return (InetSocketAddress) server.address().orElseThrow();
    }
}
