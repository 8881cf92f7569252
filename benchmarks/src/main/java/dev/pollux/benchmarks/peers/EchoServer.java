package dev.pollux.benchmarks.peers;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/**
 * Runs one of the Java echo servers by name, as a process of its own: prints its port, and answers each line of standard
 * input with the bytes that its loop thread has allocated, and the milliseconds that the JVM's compilers have worked.
 */
final class EchoServer {

    private EchoServer() {}

    /** Runs the server {@code args[0]} at the port {@code args[1]}. */
    public static void main(String[] args) throws Exception {
        Answers.endOnFailure();
        RunningServer server = start(args[0], Integer.parseInt(args[1]));
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Answers.give(
                Integer.toString(server.port()),
                question -> threads.getThreadAllocatedBytes(server.loopThreadId()) + " " + Answers.compileMillis());
    }

    private static RunningServer start(String name, int port) throws Exception {
        Contestant contestant = Contestant.parse(name);
        return switch (contestant.kind()) {
            case "pollux-channels" -> PolluxEcho.startChannels(contestant.backend(), port);
            case "pollux-native" -> PolluxEcho.startNative(contestant.backend(), port);
            case "pollux-operations" -> PolluxOperationsEcho.start(contestant.backend(), port);
            case "ffm" -> FfmEcho.start(port);
            case "jdk" -> JdkEcho.start(port);
            case "netty-nio" -> NettyEcho.startNio(port);
            case "netty-bridge" -> NettyEcho.startBridged(contestant.backend(), port);
            case "netty-pollux" -> NettyEcho.startPollux(contestant.backend(), port);
            case "netty-epoll" -> NettyEcho.startEpoll(port);
            case "netty-io_uring" -> NettyEcho.startIoUring(port);
            default ->
                throw new IllegalArgumentException("no echo server " + name
                        + "; there are pollux-channels, pollux-native, pollux-operations, ffm, jdk, "
                        + "netty-nio, netty-bridge, netty-pollux, netty-epoll and netty-io_uring");
        };
    }
}
