/**
 * Netty 4.2 on the backends of Pollux: {@link dev.pollux.netty.PolluxIoHandler} takes the place of Netty's {@code NioIoHandler}, and
 * Netty's NIO channels run on it unchanged.
 *
 * <pre>{@code
 * PolluxIoHandlerFactory factory = PolluxIoHandler.newFactory("epoll");
 * EventLoopGroup group = new MultiThreadIoEventLoopGroup(factory);
 * new ServerBootstrap().group(group).channel(NioServerSocketChannel.class)...
 * factory.swap("poll");
 * }</pre>
 */
@NullMarked
package dev.pollux.netty;

import org.jspecify.annotations.NullMarked;
