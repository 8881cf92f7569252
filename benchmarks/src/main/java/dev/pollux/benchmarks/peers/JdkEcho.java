package dev.pollux.benchmarks.peers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.function.Consumer;

/** An echo server on the JDK's {@link Selector}, without a library. */
final class JdkEcho implements Runnable {

    private final Selector selector;
    private final ServerSocketChannel listener;
    private final ByteBuffer shared = ByteBuffer.allocateDirect(Echo.BUFFER_BYTES);

    private JdkEcho(Selector selector, ServerSocketChannel listener) {
        this.selector = selector;
        this.listener = listener;
    }

    static RunningServer start(int port) throws IOException {
        ServerSocketChannel listener = ServerSocketChannel.open();
        listener.bind(RunningServer.address(port), RunningServer.BACKLOG);
        listener.configureBlocking(false);
        Selector selector = Selector.open();
        listener.register(selector, SelectionKey.OP_ACCEPT);
        Thread loop = new Thread(new JdkEcho(selector, listener), Answers.LOOP_THREAD);
        loop.start();
        return new RunningServer(((InetSocketAddress) listener.getLocalAddress()).getPort(), loop.threadId());
    }

    @Override
    public void run() {
        Consumer<SelectionKey> action = this::onReady;
        try {
            while (true) {
                selector.select(action);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void onReady(SelectionKey key) {
        try {
            if (key.attachment() instanceof Echo echo) {
                Echo.Next next = echo.step();
                if (next != Echo.Next.GO_ON) {
                    change(key, next);
                }
            } else {
                acceptAll();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void change(SelectionKey key, Echo.Next next) throws IOException {
        if (next == Echo.Next.CLOSE) {
            key.channel().close();
        } else {
            key.interestOps(next == Echo.Next.AWAIT_READ ? SelectionKey.OP_READ : SelectionKey.OP_WRITE);
        }
    }

    private void acceptAll() throws IOException {
        for (SocketChannel channel = listener.accept(); channel != null; channel = listener.accept()) {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            Echo echo = new Echo(new PolluxEcho.ChannelStream(channel), shared);
            channel.register(selector, SelectionKey.OP_READ, echo);
        }
    }
}
