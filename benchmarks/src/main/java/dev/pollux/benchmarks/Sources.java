package dev.pollux.benchmarks;

import java.io.Closeable;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * What is watched: event counters, eventfd(2), some of which are readable until told otherwise. All are writable.
 *
 * <p>Each takes one descriptor, so that ten thousand fit where a pipe each would not. A Java selector watches nothing but
 * channels: each of these is a datagram channel whose descriptor was made to be an event counter by dup2(2). So every
 * contestant watches the same kind of file, whether by its channel or by its number.
 */
public final class Sources implements Closeable {

    private static final Method DESCRIPTOR = findDescriptor();

    private final List<DatagramChannel> channels = new ArrayList<>();
    private final List<Boolean> readable = new ArrayList<>();

    /** Opens {@code count} sources, none of which is readable. */
    public static Sources open(int count) throws IOException {
        Sources sources = new Sources();
        sources.growTo(count);
        return sources;
    }

    /** Opens more, until there are {@code count}. */
    public void growTo(int count) throws IOException {
        while (channels.size() < count) {
            DatagramChannel channel = DatagramChannel.open();
            channels.add(channel);
            readable.add(false);
            channel.configureBlocking(false);
            Libc.becomeEventCounter(descriptor(channel));
        }
    }

    /** Makes {@code some} of them readable, spread evenly, and the others not. */
    public void makeReadable(int some) throws IOException {
        int all = channels.size();
        for (int i = 0; i < all; i++) {
            boolean is = (long) (i + all / 2) * some % all < some;
            if (readable.set(i, is) != is) {
                Libc.setReadable(descriptor(channels.get(i)), is);
            }
        }
    }

    public int count() {
        return channels.size();
    }

    public DatagramChannel channel(int index) {
        return channels.get(index);
    }

    /** Returns the descriptor of {@code channel}. */
    static int descriptor(DatagramChannel channel) {
        try {
            return (int) DESCRIPTOR.invoke(channel);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the descriptor of a channel cannot be read", e);
        }
    }

    private static Method findDescriptor() {
        try {
            return Class.forName("sun.nio.ch.SelChImpl").getMethod("getFDVal");
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("channels of this JDK have no descriptor that can be read", e);
        }
    }

    /** Closes all. */
    @Override
    public void close() throws IOException {
        for (DatagramChannel channel : channels) {
            channel.close();
        }
    }
}
