package dev.pollux.benchmarks.peers;

import dev.pollux.ffm.bridge.PolluxSelectorProvider;
import dev.pollux.netty.PolluxIoHandler;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;

/** Echo servers as Netty's users write them, with its defaults. */
final class NettyEcho {

    private NettyEcho() {}

    /** Serves with Netty's transport over {@code java.nio}. */
    static RunningServer startNio(int port) throws Exception {
        return start(NioIoHandler.newFactory(), NioServerSocketChannel.class, port);
    }

    /** Serves with Netty's transport over {@code java.nio}, whose selectors wait on a backend of Pollux. */
    static RunningServer startBridged(String backend, int port) throws Exception {
        return start(NioIoHandler.newFactory(new PolluxSelectorProvider(backend)), NioServerSocketChannel.class, port);
    }

    /** Serves with Netty's channels over {@code java.nio} on a backend of Pollux, without a selector of {@code java.nio}. */
    static RunningServer startPollux(String backend, int port) throws Exception {
        return start(PolluxIoHandler.newFactory(backend), NioServerSocketChannel.class, port);
    }

    /** Serves with Netty's own transport over epoll(7), in C. */
    static RunningServer startEpoll(int port) throws Exception {
        return start(EpollIoHandler.newFactory(), EpollServerSocketChannel.class, port);
    }

    /** Serves with Netty's transport over io_uring(7), in C. */
    static RunningServer startIoUring(int port) throws Exception {
        return start(IoUringIoHandler.newFactory(), IoUringServerSocketChannel.class, port);
    }

    private static RunningServer start(IoHandlerFactory transport, Class<? extends ServerChannel> kind, int port)
            throws Exception {
        EventLoopGroup loop =
                new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory(Answers.LOOP_THREAD), transport);
        EchoHandler handler = new EchoHandler();
        InetSocketAddress address = (InetSocketAddress) new ServerBootstrap()
                .group(loop)
                .channel(kind)
                .option(ChannelOption.SO_BACKLOG, RunningServer.BACKLOG)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline().addLast(handler);
                    }
                })
                .bind(RunningServer.address(port))
                .sync()
                .channel()
                .localAddress();
        return new RunningServer(
                address.getPort(),
                loop.next().submit(() -> Thread.currentThread().threadId()).get());
    }

    @Sharable
    private static final class EchoHandler extends ChannelInboundHandlerAdapter {

        // As in Netty's examples: a write that fails is noticed by the load program, whose bytes do not come back.
        @SuppressWarnings("FutureReturnValueIgnored")
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            context.write(message);
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            context.flush();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            Answers.end(cause);
        }
    }
}
