package dev.pollux.benchmarks.peers;

import dev.pollux.Events;
import dev.pollux.ffm.file.TcpListener;
import dev.pollux.ffm.file.TcpStream;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.Registration;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** Echo servers on an {@link EventLoop}, with sockets of either kind. */
final class PolluxEcho {

    private final EventLoop loop;
    private final ByteBuffer shared = ByteBuffer.allocateDirect(Echo.BUFFER_BYTES);

    private PolluxEcho(String backend) throws IOException {
        loop = EventLoop.builder()
                .backend(backend)
                .threadName(Answers.LOOP_THREAD)
                .failureHandler(failure -> Answers.end(failure.error()))
                .open();
    }

    /** Serves with Java channels. */
    static RunningServer startChannels(String backend, int port) throws IOException {
        PolluxEcho server = new PolluxEcho(backend);
        ServerSocketChannel listener = ServerSocketChannel.open();
        listener.bind(RunningServer.address(port), RunningServer.BACKLOG);
        listener.configureBlocking(false);
        server.loop.register(listener, Events.READ, (key, ready) -> server.acceptChannels(listener));
        return server.start(((InetSocketAddress) listener.getLocalAddress()).getPort());
    }

    /** Serves with native sockets. */
    static RunningServer startNative(String backend, int port) throws IOException {
        PolluxEcho server = new PolluxEcho(backend);
        TcpListener listener = TcpListener.bind(
                RunningServer.address(port), TcpListener.Options.DEFAULT.withBacklog(RunningServer.BACKLOG));
        server.loop.register(listener, Events.READ, (key, ready) -> server.acceptStreams(listener));
        return server.start(listener.localAddress().getPort());
    }

    private RunningServer start(int port) {
        return new RunningServer(port, loop.start().threadId());
    }

    private void acceptChannels(ServerSocketChannel listener) throws IOException {
        for (SocketChannel channel = listener.accept(); channel != null; channel = listener.accept()) {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            serve(channel, new ChannelStream(channel));
        }
    }

    private void acceptStreams(TcpListener listener) throws IOException {
        for (TcpStream stream = listener.accept(); stream != null; stream = listener.accept()) {
            stream.setNoDelay(true);
            serve(stream, new NativeStream(stream));
        }
    }

    private void serve(Object socket, Echo.Stream stream) throws IOException {
        Echo echo = new Echo(stream, shared);
        loop.register(socket, Events.READ, (registration, ready) -> {
            Echo.Next next = echo.step();
            if (next != Echo.Next.GO_ON) {
                change(registration, stream, next);
            }
        });
    }

    private static void change(Registration registration, Echo.Stream stream, Echo.Next next) throws IOException {
        if (next == Echo.Next.CLOSE) {
            registration.cancel();
            stream.close();
        } else {
            registration.modify(next == Echo.Next.AWAIT_READ ? Events.READ : Events.WRITE);
        }
    }

    /** A Java channel. */
    record ChannelStream(SocketChannel channel) implements Echo.Stream {

        @Override
        public int read(ByteBuffer target) throws IOException {
            return channel.read(target);
        }

        @Override
        public int write(ByteBuffer source) throws IOException {
            return channel.write(source);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    private record NativeStream(TcpStream stream) implements Echo.Stream {

        @Override
        public int read(ByteBuffer target) throws IOException {
            return stream.read(target);
        }

        @Override
        public int write(ByteBuffer source) throws IOException {
            return stream.write(source);
        }

        @Override
        public void close() {
            stream.close();
        }
    }
}
