package dev.pollux.netty;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Requirements;
import dev.pollux.Selectors;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.DataInputStream;
import java.net.ConnectException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(120)
class PolluxIoHandlerTest extends NettyFixture {

    private static final int TIMES = 1000;

    @ParameterizedTest
    @MethodSource("backends")
    void echoesWhatManyConnectionsSend(String backend) throws Exception {
        Channel server = listen(group(PolluxIoHandler.newFactory(backend), 2), new Echo());
        int connections = connections(backend);
        var client = group(NioIoHandler.newFactory(), 1);
        CountDownLatch echoed = new CountDownLatch(connections * TIMES / 100);
        List<Channel> channels = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            channels.add(connect(client, server.localAddress(), new PingPong(echoed, TIMES / 100)));
        }

        assertTrue(echoed.await(100, TimeUnit.SECONDS), () -> echoed.getCount() + " echoes are missing");
        for (Channel channel : channels) {
            channel.close().sync();
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void connectsReadsAndClosesAsAClient(String backend) throws Exception {
        var factory = PolluxIoHandler.newFactory(backend);
        var group = group(factory, 1);
        Channel server = listen(group, new Echo());
        CountDownLatch echoed = new CountDownLatch(TIMES);
        Channel client = connect(group, server.localAddress(), new PingPong(echoed, TIMES));

        assertTrue(echoed.await(60, TimeUnit.SECONDS));
        client.close().sync();
        assertFalse(client.isActive());
    }

    @ParameterizedTest
    @MethodSource("backends")
    void aRefusedConnectionFails(String backend) throws Exception {
        var group = group(PolluxIoHandler.newFactory(backend), 1);
        Channel server = listen(group, new Echo());
        var address = server.localAddress();
        server.close().sync();
        awaitTurn(group);

        assertThrows(ConnectException.class, () -> connect(group, address, new Echo()));
    }

    @ParameterizedTest
    @MethodSource("backends")
    void aHalfClosedConnectionIsStillWritten(String backend) throws Exception {
        var group = group(PolluxIoHandler.newFactory(backend), 1);
        Channel server = listen(group, new ChannelInboundHandlerAdapter() {
            @Override
            public boolean isSharable() {
                return true;
            }

            @Override
            public void userEventTriggered(ChannelHandlerContext context, Object event) {
                if (event instanceof ChannelInputShutdownEvent) {
                    context.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {1, 2, 3}))
                            .addListener(done -> context.close());
                }
            }
        });
        InetSocketAddress address = (InetSocketAddress) server.localAddress();
        try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
            socket.shutdownOutput();

            assertArrayEquals(new byte[] {1, 2, 3}, socket.getInputStream().readAllBytes());
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void writesMoreThanASocketTakes(String backend) throws Exception {
        int size = 8 << 20;
        var group = group(PolluxIoHandler.newFactory(backend), 1);
        Channel server = listen(group, new ChannelInboundHandlerAdapter() {
            @Override
            public boolean isSharable() {
                return true;
            }

            @Override
            public void channelActive(ChannelHandlerContext context) {
                context.writeAndFlush(Unpooled.wrappedBuffer(new byte[size])).addListener(done -> context.close());
            }
        });
        InetSocketAddress address = (InetSocketAddress) server.localAddress();
        try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
            new DataInputStream(socket.getInputStream()).readFully(new byte[size]);
            assertEquals(-1, socket.getInputStream().read());
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void datagramsAreAnswered(String backend) throws Exception {
        var group = group(PolluxIoHandler.newFactory(backend), 1);
        Channel server = new Bootstrap()
                .group(group)
                .channel(NioDatagramChannel.class)
                .handler(new SimpleChannelInboundHandler<DatagramPacket>() {
                    @Override
                    protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
                        context.writeAndFlush(
                                new DatagramPacket(packet.content().retain(), packet.sender()));
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .sync()
                .channel();
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            socket.setSoTimeout(30_000);
            for (byte i = 0; i < 100; i++) {
                socket.send(new java.net.DatagramPacket(new byte[] {i}, 1, server.localAddress()));
                var answer = new java.net.DatagramPacket(new byte[8], 8);
                socket.receive(answer);
                assertEquals(i, answer.getData()[0]);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void aTaskOfAnotherThreadWakesTheLoop(String backend) throws Exception {
        var group = group(PolluxIoHandler.newFactory(backend), 1);
        for (int i = 0; i < TIMES; i++) {
            awaitTurn(group);
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void channelsLeaveNoDescriptorOpen(String backend) throws Exception {
        var group = group(PolluxIoHandler.newFactory(backend), 1);
        Echo echo = new Echo();
        Channel server = listen(group, echo);
        openAndClose(group, server);
        await(() -> echo.active() == 0);
        int before = descriptors();
        for (int i = 0; i < TIMES; i++) {
            openAndClose(group, server);
        }

        await(() -> echo.active() == 0);
        awaitTurn(group);
        assertEquals(before, descriptors(), "open descriptors");
    }

    private static void openAndClose(EventLoopGroup group, Channel server) throws Exception {
        CountDownLatch echoed = new CountDownLatch(1);
        Channel channel = connect(group, server.localAddress(), new PingPong(echoed, 1));
        assertTrue(echoed.await(60, TimeUnit.SECONDS));
        channel.close().sync();
    }

    @Test
    void aSwapUnderLoadLosesNothing() throws Exception {
        List<String> backends = backends().toList();
        var factory = PolluxIoHandler.newFactory(backends.get(0));
        Channel server = listen(group(factory, 2), new Echo());
        var client = group(NioIoHandler.newFactory(), 1);
        int connections = 100;
        CountDownLatch echoed = new CountDownLatch(connections * TIMES);
        for (int i = 0; i < connections; i++) {
            connect(client, server.localAddress(), new PingPong(echoed, TIMES));
        }
        int swaps = 0;
        while (!echoed.await(10, TimeUnit.MILLISECONDS)) {
            String next = backends.get(++swaps % backends.size());
            assertEquals(2, factory.swap(next).get(30, TimeUnit.SECONDS));
            assertEquals(List.of(next, next), factory.backends());
        }
        assertTrue(swaps > 0);
    }

    @Test
    void aSwapThatFailsLeavesTheLoopAsItWas() throws Exception {
        var factory = PolluxIoHandler.newFactory("nio");
        var group = group(factory, 1);

        CompletableFuture<Integer> swap = factory.swap("none");

        CompletionException failure = assertThrows(CompletionException.class, swap::join);
        assertInstanceOf(IllegalArgumentException.class, failure.getCause());
        assertEquals(List.of("nio"), factory.backends());
        awaitTurn(group);
    }

    @Test
    void loopsThatHaveEndedAreLeftOutOfASwap() throws Exception {
        var factory = PolluxIoHandler.newFactory("nio");
        var group = group(factory, 2);
        awaitTurn(group);
        group.shutdownGracefully(0, 10, TimeUnit.SECONDS).sync();

        assertEquals(0, factory.swap("nio").get(30, TimeUnit.SECONDS));
        assertEquals(List.of(), factory.backends());
    }

    @Test
    void theEndOfAGroupClosesItsChannels() throws Exception {
        var group = group(PolluxIoHandler.newFactory(), 1);
        Channel server = listen(group, new Echo());
        Channel client = connect(group, server.localAddress(), new Echo());

        group.shutdownGracefully(0, 10, TimeUnit.SECONDS).sync();

        assertTrue(server.closeFuture().await(10, TimeUnit.SECONDS));
        assertTrue(client.closeFuture().await(10, TimeUnit.SECONDS));
    }

    @Test
    void requirementsChooseTheBackend() throws Exception {
        String best = Selectors.open().backend();
        var factory = PolluxIoHandler.newFactory(Requirements.none().avoiding("none"));
        group(factory, 1);

        assertEquals(List.of(best), factory.backends());
    }

    @Test
    void anUnknownBackendIsNamed() {
        var factory = PolluxIoHandler.newFactory("none");

        Throwable failure = assertThrows(RuntimeException.class, () -> group(factory, 1));

        while (failure.getCause() != null) {
            failure = failure.getCause();
        }
        assertTrue(failure.getMessage().contains("none"), failure::toString);
    }

    /** Netty calls a handler in the thread of its loop, whatever thread asks. */
    @Test
    void interestChangedByAnotherThreadIsWatched() throws Exception {
        var group = group(PolluxIoHandler.newFactory(), 1);
        List<Integer> sizes = Collections.synchronizedList(new ArrayList<>());
        AtomicInteger total = new AtomicInteger();
        CompletableFuture<Channel> accepted = new CompletableFuture<>();
        Channel server = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .childOption(ChannelOption.AUTO_READ, false)
                .childHandler(new ChannelInboundHandlerAdapter() {
                    @Override
                    public boolean isSharable() {
                        return true;
                    }

                    @Override
                    public void channelActive(ChannelHandlerContext context) {
                        accepted.complete(context.channel());
                    }

                    @Override
                    public void channelRead(ChannelHandlerContext context, Object message) {
                        ByteBuf bytes = (ByteBuf) message;
                        sizes.add(total.addAndGet(bytes.readableBytes()));
                        bytes.release();
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .sync()
                .channel();
        InetSocketAddress address = (InetSocketAddress) server.localAddress();
        try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
            socket.getOutputStream().write(1);
            Channel channel = accepted.get(30, TimeUnit.SECONDS);
            awaitTurn(group);
            assertEquals(0, total.get());
            channel.read();
            await(() -> total.get() == 1);
        }
    }
}
