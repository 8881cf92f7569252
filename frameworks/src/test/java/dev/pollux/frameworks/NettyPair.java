package dev.pollux.frameworks;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.frameworks.engine.Await;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioSelectableChannelIoHandle;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A server of Netty and its clients, each on event loops of their own over {@code java.nio}. */
final class NettyPair implements AutoCloseable {

    private static final int LOOPS = 2;
    private static final int BUFFER = 32 * 1024;
    private static final long MOST_SECONDS = 120;

    private final NettyProtocol protocol;
    private final EventLoopGroup serverLoops;
    private final EventLoopGroup clientLoops;
    private final Channel server;
    private final ChannelGroup accepted = new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE);
    private final List<Channel> clients = new ArrayList<>();
    private CountDownLatch finished = new CountDownLatch(0);

    NettyPair(NettyProtocol protocol, IoHandlerFactory factory) throws InterruptedException {
        this.protocol = protocol;
        serverLoops = new MultiThreadIoEventLoopGroup(LOOPS, factory);
        clientLoops = new MultiThreadIoEventLoopGroup(LOOPS, factory);
        server = new ServerBootstrap()
                .group(serverLoops)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, 1024)
                .childOption(ChannelOption.SO_SNDBUF, BUFFER)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        accepted.add(channel);
                        protocol.addServer(channel.pipeline());
                    }
                })
                .bind("127.0.0.1", 0)
                .sync()
                .channel();
    }

    /** Returns a selector of the server. */
    Selector selector() throws Exception {
        IoEventLoop loop = (IoEventLoop) server.eventLoop();
        Pipe pipe = Pipe.open();
        pipe.sink().close();
        try (Pipe.SourceChannel source = pipe.source()) {
            source.configureBlocking(false);
            IoRegistration registration =
                    loop.register(new Source(source)).sync().getNow();
            SelectionKey key = registration.attachment();
            loop.submit(registration::cancel).sync();
            return key.selector();
        }
    }

    /**
     * Connects clients and returns once all of them are accepted and may send.
     *
     * @param rounds how many messages each sends
     */
    void connect(Run run, int connections, int rounds) throws Exception {
        CountDownLatch ready = new CountDownLatch(connections);
        finished = new CountDownLatch(connections);
        for (int i = 0; i < connections; i++) {
            NettyClient client = new NettyClient(protocol, run, i, rounds, ready, finished);
            clients.add(new Bootstrap()
                    .group(clientLoops)
                    .channel(NioSocketChannel.class)
                    .option(ChannelOption.SO_SNDBUF, BUFFER)
                    .handler(new ChannelInitializer<SocketChannel>() {
                        @Override
                        protected void initChannel(SocketChannel channel) {
                            protocol.addClient(channel.pipeline());
                            channel.pipeline().addLast(client);
                        }
                    })
                    .connect(server.localAddress())
                    .sync()
                    .channel());
        }
        await(ready);
        Await.until(connections + " are accepted", () -> accepted.size() == connections);
    }

    /** Has each client send its messages and returns once all are back. */
    void exchange() throws InterruptedException {
        for (Channel client : clients) {
            client.pipeline().fireUserEventTriggered(NettyClient.BEGIN);
        }
        await(finished);
    }

    private static void await(CountDownLatch latch) throws InterruptedException {
        assertTrue(latch.await(MOST_SECONDS, TimeUnit.SECONDS), () -> latch.getCount() + " clients are late");
    }

    @Override
    public void close() {
        for (Channel client : clients) {
            client.close().syncUninterruptibly();
        }
        server.close().syncUninterruptibly();
        // Netty ends event loops without closing all their channels, on the JDK's selectors as well.
        accepted.newCloseFuture().awaitUninterruptibly(MOST_SECONDS, TimeUnit.SECONDS);
        clientLoops.shutdownGracefully(0, MOST_SECONDS, TimeUnit.SECONDS).syncUninterruptibly();
        serverLoops.shutdownGracefully(0, MOST_SECONDS, TimeUnit.SECONDS).syncUninterruptibly();
    }

    /** A channel that Netty does not know, to see which selector it is registered with. */
    @SuppressWarnings("try") // What is inherited may throw an InterruptedException.
    private static final class Source extends NioSelectableChannelIoHandle<Pipe.SourceChannel> {

        Source(Pipe.SourceChannel channel) {
            super(channel);
        }

        @Override
        protected void handle(Pipe.SourceChannel channel, SelectionKey key) {}
    }
}
