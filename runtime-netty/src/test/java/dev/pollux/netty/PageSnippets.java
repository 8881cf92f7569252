package dev.pollux.netty;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;

/** The code about Netty in docs/bridge.md; a test of the examples compares. */
final class PageSnippets {

    private PageSnippets() {}

    static ServerBootstrap bootstrap() {
        PolluxIoHandlerFactory factory = PolluxIoHandler.newFactory("epoll");
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(factory);
        ServerBootstrap server = new ServerBootstrap().group(group).channel(NioServerSocketChannel.class);
        return server;
    }
}
