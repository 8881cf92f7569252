package dev.pollux.tck.source;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.SocketChannel;

/** One non-blocking end of a connection, whatever it is made of. */
public interface Endpoint extends AutoCloseable {

    /** What to register. */
    Object fileobj();

    /** What operations are done to. */
    default Object operand() {
        return fileobj();
    }

    /** Returns the count, 0 if nothing is there, −1 at the end. */
    int read(byte[] into) throws IOException;

    /** Returns the count, 0 if there is no room. */
    int write(byte[] from) throws IOException;

    /** Ends what this end sends. */
    void shutdownOutput() throws IOException;

    /** Closes so that the other end sees an error or a hang-up, not just the end of the data. */
    void reset() throws IOException;

    /**
     * Sends urgent data.
     *
     * @throws UnsupportedOperationException if this end has none
     */
    default void sendUrgent() throws IOException {
        throw new UnsupportedOperationException(this + " cannot send urgent data");
    }

    @Override
    void close() throws IOException;

    static Endpoint of(SocketChannel channel) {
        return new Socket(channel);
    }

    static Endpoint of(DatagramChannel channel) {
        return new Datagrams(channel);
    }

    static Endpoint of(Pipe.SourceChannel channel) {
        return new PipeSource(channel);
    }

    static Endpoint of(Pipe.SinkChannel channel) {
        return new PipeSink(channel);
    }

    /** A TCP or Unix-domain socket. */
    record Socket(SocketChannel channel) implements Endpoint {

        @Override
        public Object fileobj() {
            return channel;
        }

        @Override
        public int read(byte[] into) throws IOException {
            return channel.read(ByteBuffer.wrap(into));
        }

        @Override
        public int write(byte[] from) throws IOException {
            return channel.write(ByteBuffer.wrap(from));
        }

        @Override
        public void shutdownOutput() throws IOException {
            channel.shutdownOutput();
        }

        @Override
        public void reset() throws IOException {
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            channel.close();
        }

        @Override
        public void sendUrgent() throws IOException {
            channel.configureBlocking(true);
            channel.socket().sendUrgentData('!');
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    /** A UDP socket that is connected. */
    record Datagrams(DatagramChannel channel) implements Endpoint {

        @Override
        public Object fileobj() {
            return channel;
        }

        @Override
        public int read(byte[] into) throws IOException {
            return channel.read(ByteBuffer.wrap(into));
        }

        @Override
        public int write(byte[] from) throws IOException {
            return channel.write(ByteBuffer.wrap(from));
        }

        @Override
        public void shutdownOutput() throws IOException {
            throw new IOException(channel + " has no end of what it sends");
        }

        @Override
        public void reset() throws IOException {
            channel.close();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    /** The end of a pipe that reads. */
    record PipeSource(Pipe.SourceChannel channel) implements Endpoint {

        @Override
        public Object fileobj() {
            return channel;
        }

        @Override
        public int read(byte[] into) throws IOException {
            return channel.read(ByteBuffer.wrap(into));
        }

        @Override
        public int write(byte[] from) throws IOException {
            throw new IOException(channel + " only reads");
        }

        @Override
        public void shutdownOutput() throws IOException {
            throw new IOException(channel + " only reads");
        }

        @Override
        public void reset() throws IOException {
            channel.close();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    /** The end of a pipe that writes. */
    record PipeSink(Pipe.SinkChannel channel) implements Endpoint {

        @Override
        public Object fileobj() {
            return channel;
        }

        @Override
        public int read(byte[] into) throws IOException {
            throw new IOException(channel + " only writes");
        }

        @Override
        public int write(byte[] from) throws IOException {
            return channel.write(ByteBuffer.wrap(from));
        }

        @Override
        public void shutdownOutput() throws IOException {
            channel.close();
        }

        @Override
        public void reset() throws IOException {
            channel.close();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
