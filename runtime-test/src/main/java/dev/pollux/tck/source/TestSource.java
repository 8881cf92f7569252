package dev.pollux.tck.source;

import dev.pollux.Events;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * A source to register, together with what is at its other end: with both a test can make it ready and knows whether
 * it is.
 *
 * <p><b>Thread:</b> one at a time.
 */
public abstract sealed class TestSource implements AutoCloseable permits TestSource.Connection, TestSource.Listener {

    /** What a source can do. */
    public enum Kind {
        /** Sends and receives. */
        DUPLEX(Events.READ | Events.WRITE),
        /** Only receives. */
        READER(Events.READ),
        /** Only sends. */
        WRITER(Events.WRITE),
        /** Accepts connections. */
        LISTENER(Events.READ);

        private final int directions;

        Kind(int directions) {
            this.directions = directions;
        }

        /** Returns the {@link Events} that the source can be ready for while its peer is there. */
        public int directions() {
            return directions;
        }
    }

    private final Kind kind;

    private TestSource(Kind kind) {
        this.kind = kind;
    }

    /** Returns what the source can do. */
    public final Kind kind() {
        return kind;
    }

    /** Returns the object to register. */
    public abstract Object fileobj();

    /** Gives the source one more thing to take: a byte, or a connection. */
    public abstract void makeReadable() throws IOException;

    /** Takes everything that is there and returns how many things that were. */
    public abstract int drain() throws IOException;

    /**
     * Returns whether {@link #fill} lasts until {@link #relieve}. Over the loopback interface it does not: what was
     * sent moves on to the peer's buffer and makes room.
     */
    public abstract boolean staysFull();

    /** Sends from the source until there is no more room, and returns how many bytes that were. */
    public abstract int fill() throws IOException;

    /** Lets the other end take all that the source has sent, and returns how many bytes that were. */
    public abstract int relieve() throws IOException;

    /** Ends what the other end sends and keeps it able to receive; for a source that does both. */
    public abstract void endPeerOutput() throws IOException;

    /** Closes the other end and keeps the source. What was sent before can still be taken. */
    public abstract void closePeer() throws IOException;

    /** Closes the source and keeps the other end. */
    public abstract void closeSource() throws IOException;

    /** Closes both ends, however many of them are closed already. */
    @Override
    public abstract void close() throws IOException;

    @Override
    public String toString() {
        return kind + " " + fileobj();
    }

    /** Two ends connected to each other. */
    public static final class Connection extends TestSource {

        private static final int CHUNK = 4096;

        private final Endpoint end;
        private final Endpoint peer;

        Connection(Kind kind, Endpoint end, Endpoint peer) {
            super(kind);
            this.end = end;
            this.peer = peer;
        }

        /** The end that is the source. */
        public Endpoint end() {
            return end;
        }

        /** The other one. */
        public Endpoint peer() {
            return peer;
        }

        @Override
        public Object fileobj() {
            return end.fileobj();
        }

        @Override
        public void makeReadable() throws IOException {
            send(new byte[1]);
        }

        /** Sends all of {@code bytes} to the source; there must be room. */
        public void send(byte[] bytes) throws IOException {
            int sent = peer.write(bytes);
            if (sent != bytes.length) {
                throw new IOException("sent " + sent + " of " + bytes.length + " bytes to " + this);
            }
        }

        @Override
        public int drain() throws IOException {
            return kind() == Kind.WRITER ? 0 : readAll(end);
        }

        private static int readAll(Endpoint from) throws IOException {
            byte[] chunk = new byte[CHUNK];
            int total = 0;
            int count = from.read(chunk);
            while (count > 0) {
                total += count;
                count = from.read(chunk);
            }
            return total;
        }

        @Override
        public boolean staysFull() {
            return !(end instanceof Endpoint.Socket);
        }

        @Override
        public int fill() throws IOException {
            byte[] chunk = new byte[CHUNK];
            int total = 0;
            int count = end.write(chunk);
            while (count > 0) {
                total += count;
                count = end.write(chunk);
            }
            return total;
        }

        @Override
        public int relieve() throws IOException {
            return readAll(peer);
        }

        @Override
        public void endPeerOutput() throws IOException {
            peer.shutdownOutput();
        }

        @Override
        public void closePeer() throws IOException {
            peer.close();
        }

        @Override
        public void closeSource() throws IOException {
            end.close();
        }

        @Override
        public void close() throws IOException {
            end.close();
            peer.close();
        }
    }

    /** A server socket and the clients that wait to be accepted. */
    public static final class Listener extends TestSource {

        private final ServerSocketChannel server;
        private final List<SocketChannel> clients = new ArrayList<>();

        Listener(ServerSocketChannel server) {
            super(Kind.LISTENER);
            this.server = server;
        }

        @Override
        public Object fileobj() {
            return server;
        }

        @Override
        public void makeReadable() throws IOException {
            clients.add(SocketChannel.open(server.getLocalAddress()));
        }

        @Override
        public int drain() throws IOException {
            int accepted = 0;
            SocketChannel connection = server.accept();
            while (connection != null) {
                connection.close();
                accepted++;
                connection = server.accept();
            }
            return accepted;
        }

        @Override
        public boolean staysFull() {
            return false;
        }

        @Override
        public int fill() throws IOException {
            throw new IOException(server + " only accepts");
        }

        @Override
        public int relieve() throws IOException {
            throw new IOException(server + " only accepts");
        }

        @Override
        public void endPeerOutput() throws IOException {
            throw new IOException(server + " only accepts");
        }

        /** The clients leave, but what they asked for stands: the kernel keeps finished connections in the queue. */
        @Override
        public void closePeer() throws IOException {
            for (SocketChannel client : clients) {
                client.close();
            }
            clients.clear();
        }

        @Override
        public void closeSource() throws IOException {
            server.close();
        }

        @Override
        public void close() throws IOException {
            server.close();
            closePeer();
        }
    }
}
