package dev.pollux.netty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Availability;
import dev.pollux.BackendCandidate;
import dev.pollux.Capability;
import dev.pollux.Selectors;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;

/** Groups, servers and clients of Netty; the groups end after the test. */
abstract class NettyFixture {

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final List<EventLoopGroup> groups = new ArrayList<>();

    @AfterEach
    void endGroups() throws InterruptedException {
        for (EventLoopGroup group : groups) {
            group.shutdownGracefully(0, 10, TimeUnit.SECONDS);
        }
        for (EventLoopGroup group : groups) {
            assertTrue(group.awaitTermination(30, TimeUnit.SECONDS));
        }
    }

    static Stream<String> backends() {
        return Selectors.backends().stream()
                .filter(backend -> backend.availability() instanceof Availability.Available)
                .filter(backend -> backend.capabilities().contains(Capability.JAVA_CHANNELS))
                .map(BackendCandidate::name);
    }

    /** A process has both ends, and select(2) takes descriptors below 1024 only. */
    static int connections(String backend) {
        return backend.equals("select") ? 300 : 1000;
    }

    final EventLoopGroup group(IoHandlerFactory factory, int threads) {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(threads, factory);
        groups.add(group);
        return group;
    }

    static Channel listen(EventLoopGroup group, ChannelHandler handler) throws InterruptedException {
        return new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, 1024)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childHandler(handler)
                .bind(InetAddress.getLoopbackAddress(), 0)
                .sync()
                .channel();
    }

    static Channel connect(EventLoopGroup group, SocketAddress address, ChannelHandler handler)
            throws InterruptedException {
        return new Bootstrap()
                .group(group)
                .channel(NioSocketChannel.class)
                .handler(handler)
                .connect(address)
                .sync()
                .channel();
    }

    /** Waits until a task has run that came from this thread. */
    static void awaitTurn(EventLoopGroup group) throws Exception {
        group.submit(() -> {}).get(30, TimeUnit.SECONDS);
    }

    static void await(BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() - start < PATIENCE_NANOS, "does not happen");
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** Returns how many are open, but for files, which the JVM opens when it likes; 0 where the system does not say. */
    static int descriptors() {
        File[] open = new File("/proc/self/fd").listFiles();
        int count = 0;
        for (File each : open == null ? new File[0] : open) {
            try {
                String target = Files.readSymbolicLink(each.toPath()).toString();
                count += target.startsWith("/") ? 0 : 1;
            } catch (IOException closedMeanwhile) {
                // The one through which the directory was listed.
            }
        }
        return count;
    }

    /** Sends back what comes, and closes when the other end has. */
    static final class Echo extends ChannelInboundHandlerAdapter {

        private final AtomicInteger active = new AtomicInteger();

        @Override
        public boolean isSharable() {
            return true;
        }

        /** Returns how many of its connections are open. */
        int active() {
            return active.get();
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            active.incrementAndGet();
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            active.decrementAndGet();
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            context.writeAndFlush(message);
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            context.close();
        }
    }

    /** Sends a byte as often as wanted, each one once the one before is back. */
    static final class PingPong extends ChannelInboundHandlerAdapter {

        private final CountDownLatch echoed;
        private int left;

        PingPong(CountDownLatch echoed, int times) {
            this.echoed = echoed;
            left = times;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            send(context);
        }

        private void send(ChannelHandlerContext context) {
            context.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {(byte) left}));
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            assertEquals((byte) left, bytes.readByte());
            bytes.release();
            left--;
            if (left > 0) {
                send(context);
            }
            echoed.countDown();
        }
    }
}
