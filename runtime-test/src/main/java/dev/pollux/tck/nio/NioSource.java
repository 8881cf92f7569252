package dev.pollux.tck.nio;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.WritableByteChannel;

/** A channel of the provider under test, and its other end, of the JDK, which makes it ready. */
abstract class NioSource implements Closeable {

    private final SelectableChannel channel;

    /** What was sent to it and not yet taken. */
    private int pending;

    private boolean peerEnded;

    NioSource(SelectableChannel channel) throws IOException {
        this.channel = channel;
        channel.configureBlocking(false);
    }

    final SelectableChannel channel() {
        return channel;
    }

    final boolean canBeRead() {
        return channel.isOpen() && pending > 0;
    }

    /** Returns what it is at least ready for once all that is under way has arrived. */
    int mustBeReady() {
        return pending > 0 || peerEnded ? readyOps() : 0;
    }

    /** Returns what it becomes ready for when its peer acts. */
    abstract int readyOps();

    /** Returns whether it can be sent to, or what that is for its kind. */
    boolean canReceive() {
        return channel.isOpen() && !peerEnded;
    }

    final void receive() throws IOException {
        if (canReceive()) {
            pending += send();
        }
    }

    /** Sends one thing; returns the number of things sent. */
    abstract int send() throws IOException;

    final void take() throws IOException {
        while (canBeRead()) {
            takeOne();
            pending--;
        }
    }

    abstract void takeOne() throws IOException;

    /** Forgets what was sent: it is lost. */
    final void lose() {
        pending = 0;
    }

    final void endPeer() throws IOException {
        if (hasPeer() && !peerEnded) {
            peerEnded = true;
            closePeer();
        }
    }

    final boolean peerHasEnded() {
        return peerEnded;
    }

    /** Returns whether there is another end that notices the end of this one. */
    boolean hasPeer() {
        return true;
    }

    abstract void closePeer() throws IOException;

    /** Returns whether the other end, still open, sees by now that this one is closed. */
    abstract boolean peerSeesEnd() throws IOException;

    /** What connects or disconnects it, for kinds that can. */
    void connect() throws IOException {}

    @Override
    public void close() throws IOException {
        channel.close();
        peerEnded = true;
        closePeer();
    }

    static void sendByte(WritableByteChannel to) throws IOException {
        to.write(ByteBuffer.allocate(1));
    }

    static void takeByte(ReadableByteChannel from) throws IOException {
        if (from.read(ByteBuffer.allocate(1)) != 1) {
            throw new IllegalStateException("nothing to take from " + from);
        }
    }

    static boolean isAtEnd(ReadableByteChannel channel) throws IOException {
        try {
            return channel.read(ByteBuffer.allocate(1)) < 0;
        } catch (IOException reset) {
            return true;
        }
    }
}
