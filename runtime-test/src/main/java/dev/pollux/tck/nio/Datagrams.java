package dev.pollux.tck.nio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;

/** A datagram channel. */
final class Datagrams extends NioSource {

    private final DatagramChannel own;
    private final DatagramChannel sender;

    Datagrams(DatagramChannel own, DatagramChannel sender) throws IOException {
        super(own);
        this.own = own;
        this.sender = sender;
    }

    @Override
    int readyOps() {
        return SelectionKey.OP_READ;
    }

    @Override
    int send() throws IOException {
        return sender.send(ByteBuffer.allocate(1), own.getLocalAddress());
    }

    @Override
    void takeOne() throws IOException {
        if (own.receive(ByteBuffer.allocate(1)) == null) {
            throw new IllegalStateException("nothing to take from " + own);
        }
    }

    /** Connects it to what sends to it, the next time disconnects it. */
    @Override
    void connect() throws IOException {
        if (!own.isOpen()) {
            return;
        }
        if (own.isConnected()) {
            own.disconnect();
        } else {
            take();
            own.connect(sender.getLocalAddress());
        }
    }

    @Override
    boolean hasPeer() {
        return false;
    }

    @Override
    void closePeer() throws IOException {
        sender.close();
    }

    @Override
    boolean peerSeesEnd() {
        return false;
    }
}
