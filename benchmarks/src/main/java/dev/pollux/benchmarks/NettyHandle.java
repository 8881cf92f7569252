package dev.pollux.benchmarks;

import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.unix.FileDescriptor;
import java.nio.channels.DatagramChannel;
import java.util.function.Consumer;

/** A descriptor as Netty's epoll transport takes it, without one of Netty's channels around it. */
public final class NettyHandle implements EpollIoHandle {

    private final FileDescriptor fd;
    private final Consumer<Object> action;

    /** Does {@code action} with each event; never closes {@code source}. */
    public NettyHandle(DatagramChannel source, Consumer<Object> action) {
        this.fd = new FileDescriptor(Sources.descriptor(source));
        this.action = action;
    }

    @Override
    public FileDescriptor fd() {
        return fd;
    }

    @Override
    public void handle(IoRegistration registration, IoEvent event) {
        action.accept(event);
    }

    @Override
    public void close() {}
}
