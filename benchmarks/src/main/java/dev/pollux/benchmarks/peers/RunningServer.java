package dev.pollux.benchmarks.peers;

import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * An echo server of this process.
 *
 * @param port where it listens on 127.0.0.1
 * @param loopThreadId the thread that serves
 */
record RunningServer(int port, long loopThreadId) {

    /** Connections that may wait to be accepted. */
    static final int BACKLOG = 1024;

    static InetSocketAddress address(int port) {
        return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
    }
}
