package dev.pollux.frameworks;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.util.Random;
import java.util.concurrent.CountDownLatch;

/** One client: sends random messages, each once the one before is back, and compares what comes back. */
final class NettyClient extends ChannelInboundHandlerAdapter {

    /** What is told to a pipeline that is connected. */
    static final Object CONNECTED = "connected";

    /** What begins the messages. */
    static final Object BEGIN = "begin";

    private static final int USUAL_BYTES = 1_000;

    /** More than the buffers of a socket take at once. */
    private static final int MANY_BYTES = 300_000;

    private static final int ONE_IN = 50;

    private final NettyProtocol protocol;
    private final Run run;
    private final Random random;
    private final CountDownLatch ready;
    private final CountDownLatch finished;
    private int rounds;
    private ByteBuf expected = Unpooled.EMPTY_BUFFER;
    private boolean ended;

    /** @param rounds how many messages it sends */
    NettyClient(NettyProtocol protocol, Run run, long seed, int rounds, CountDownLatch ready, CountDownLatch finished) {
        this.protocol = protocol;
        this.run = run;
        this.rounds = rounds;
        this.ready = ready;
        this.finished = finished;
        random = new Random(seed);
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        userEventTriggered(context, CONNECTED);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == BEGIN) {
            send(context);
        } else if (protocol.isReady(event)) {
            ready.countDown();
        }
    }

    private void send(ChannelHandlerContext context) {
        byte[] message = new byte[random.nextInt(ONE_IN) == 0 ? MANY_BYTES : 1 + random.nextInt(USUAL_BYTES)];
        random.nextBytes(message);
        expected = Unpooled.wrappedBuffer(message);
        context.writeAndFlush(Unpooled.wrappedBuffer(message));
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object received) throws IOException {
        ByteBuf bytes = (ByteBuf) received;
        try {
            int length = bytes.readableBytes();
            if (length > expected.readableBytes() || !expected.readSlice(length).equals(bytes)) {
                throw new IOException("not what was sent");
            }
        } finally {
            bytes.release();
        }
        if (!expected.isReadable()) {
            run.answered(1);
            rounds--;
            if (rounds > 0) {
                send(context);
            } else {
                end();
            }
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        run.failed(cause);
        end();
        context.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (!ended) {
            run.failed(new IOException("closed by the server with " + rounds + " messages to go"));
            end();
        }
    }

    private void end() {
        ended = true;
        ready.countDown();
        finished.countDown();
    }
}
