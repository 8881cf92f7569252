package dev.pollux.tck.nio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Sources that are one end of a stream. */
final class Streams {

    private Streams() {}

    /** A TCP connection. */
    static class Connection extends NioSource {

        private final SocketChannel own;
        private @Nullable SocketChannel peer;

        Connection(SocketChannel own, @Nullable SocketChannel peer) throws IOException {
            super(own);
            this.own = own;
            this.peer = peer;
        }

        final void setPeer(SocketChannel peer) {
            this.peer = peer;
        }

        private SocketChannel peer() {
            return Objects.requireNonNull(peer, "peer");
        }

        @Override
        int readyOps() {
            return SelectionKey.OP_READ;
        }

        @Override
        boolean hasPeer() {
            return peer != null;
        }

        @Override
        int send() throws IOException {
            sendByte(peer());
            return 1;
        }

        @Override
        void takeOne() throws IOException {
            takeByte(own);
        }

        @Override
        void closePeer() throws IOException {
            if (peer != null) {
                peer.close();
            }
        }

        @Override
        boolean peerSeesEnd() throws IOException {
            peer().configureBlocking(false);
            return isAtEnd(peer());
        }
    }

    /** A TCP connection that begins unconnected. */
    static final class Connector extends Connection {

        private final SocketChannel own;
        private final Hub hub;

        Connector(SocketChannel own, Hub hub) throws IOException {
            super(own, null);
            this.own = own;
            this.hub = hub;
        }

        @Override
        int mustBeReady() {
            return own.isConnectionPending() ? SelectionKey.OP_CONNECT : super.mustBeReady();
        }

        @Override
        boolean canReceive() {
            return super.canReceive() && own.isConnected();
        }

        /** Begins to connect, the next time ends it. */
        @Override
        void connect() throws IOException {
            if (hasPeer()) {
                own.finishConnect();
            } else if (own.isOpen()) {
                own.connect(hub.address());
                setPeer(hub.accept());
            }
        }
    }

    /** The end of a pipe that reads. */
    static final class Reader extends NioSource {

        private final Pipe pipe;

        Reader(Pipe pipe) throws IOException {
            super(pipe.source());
            this.pipe = pipe;
        }

        @Override
        int readyOps() {
            return SelectionKey.OP_READ;
        }

        @Override
        int send() throws IOException {
            sendByte(pipe.sink());
            return 1;
        }

        @Override
        void takeOne() throws IOException {
            takeByte(pipe.source());
        }

        @Override
        void closePeer() throws IOException {
            pipe.sink().close();
        }

        @Override
        boolean peerSeesEnd() {
            try {
                sendByte(pipe.sink());
                return false;
            } catch (IOException brokenPipe) {
                return true;
            }
        }
    }

    /** The end of a pipe that writes. It is ready, once its peer has taken what it was filled with. */
    static final class Writer extends NioSource {

        private static final int MUCH = 1 << 16;

        private final Pipe pipe;

        Writer(Pipe pipe) throws IOException {
            super(pipe.sink());
            this.pipe = pipe;
            pipe.source().configureBlocking(false);
            receive();
        }

        @Override
        int readyOps() {
            return SelectionKey.OP_WRITE;
        }

        @Override
        int send() throws IOException {
            if (canBeRead()) {
                return 0;
            }
            ByteBuffer bytes = ByteBuffer.allocate(MUCH);
            while (pipe.source().read(bytes) > 0) {
                bytes.clear();
            }
            return 1;
        }

        @Override
        void takeOne() throws IOException {
            if (peerHasEnded()) {
                return;
            }
            while (!pipe.sink().isBlocking() && pipe.sink().write(ByteBuffer.allocate(MUCH)) > 0) {
                // Until it is full.
            }
        }

        @Override
        void closePeer() throws IOException {
            pipe.source().close();
        }

        @Override
        boolean peerSeesEnd() throws IOException {
            ByteBuffer bytes = ByteBuffer.allocate(MUCH);
            int read = pipe.source().read(bytes);
            while (read > 0) {
                bytes.clear();
                read = pipe.source().read(bytes);
            }
            return read < 0;
        }
    }
}
