package dev.pollux.tck.nio;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;

/** A listening channel; what is sent to it are connections. */
final class Server extends NioSource {

    private final ServerSocketChannel own;
    private final Hub hub;
    private final ArrayDeque<SocketChannel> clients = new ArrayDeque<>();

    Server(ServerSocketChannel own, Hub hub) throws IOException {
        super(own);
        this.own = own;
        this.hub = hub;
    }

    @Override
    int readyOps() {
        return SelectionKey.OP_ACCEPT;
    }

    @Override
    int send() throws IOException {
        clients.add(hub.connect(own.getLocalAddress()));
        return 1;
    }

    @Override
    void takeOne() throws IOException {
        SocketChannel accepted = own.accept();
        if (accepted == null) {
            throw new IllegalStateException("no connection to take from " + own);
        }
        accepted.close();
        clients.remove().close();
    }

    @Override
    boolean hasPeer() {
        return false;
    }

    @Override
    void closePeer() throws IOException {
        for (SocketChannel client : clients) {
            client.close();
        }
        clients.clear();
    }

    @Override
    boolean peerSeesEnd() {
        return false;
    }
}
