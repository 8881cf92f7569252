package dev.pollux.benchmarks.peers;

import dev.pollux.Events;
import dev.pollux.ffm.file.NativePipe;
import dev.pollux.loop.EventLoop;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Waits for one event of a pipe with an event loop on epoll, says so and ends. */
final class FirstEventLoop {

    private FirstEventLoop() {}

    public static void main(String[] args) throws IOException {
        EventLoop loop = EventLoop.open("epoll");
        NativePipe pipe = NativePipe.open();
        loop.register(pipe.reader(), Events.READ, (registration, ready) -> {
            System.out.println("event");
            loop.stop();
        });
        pipe.writer().write(ByteBuffer.allocateDirect(1));
        loop.run();
    }
}
