package dev.pollux.benchmarks.peers;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;

/** Waits for one event of a pipe with a Java selector, says so and ends. */
final class FirstEventJdk {

    private FirstEventJdk() {}

    public static void main(String[] args) throws IOException {
        Selector selector = Selector.open();
        Pipe pipe = Pipe.open();
        pipe.source().configureBlocking(false);
        pipe.source().register(selector, SelectionKey.OP_READ);
        pipe.sink().write(ByteBuffer.allocate(1));
        selector.select();
        System.out.println("event " + selector.selectedKeys().size());
    }
}
