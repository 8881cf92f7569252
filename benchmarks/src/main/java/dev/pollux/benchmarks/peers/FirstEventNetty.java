package dev.pollux.benchmarks.peers;

import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import java.nio.ByteBuffer;

/** Waits for one event of a pipe with Netty's loop on epoll, says so and ends. */
final class FirstEventNetty {

    private FirstEventNetty() {}

    public static void main(String[] args) throws Exception {
        IoEventLoop loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory()).next();
        FileDescriptor[] ends = FileDescriptor.pipe();
        loop.register(new End(ends[0])).get().submit(EpollIoOps.EPOLLIN);
        ends[1].write(ByteBuffer.allocateDirect(1), 0, 1);
    }

    private record End(FileDescriptor fd) implements EpollIoHandle {

        @Override
        public void handle(IoRegistration registration, IoEvent event) {
            System.out.println("event");
            Runtime.getRuntime().halt(0);
        }

        @Override
        public void close() {}
    }
}
