package dev.pollux.benchmarks.peers;

import dev.pollux.EventSelector;
import dev.pollux.Events;
import dev.pollux.Selectors;
import dev.pollux.ffm.file.NativePipe;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Waits for one event of a pipe with a selector on epoll, says so and ends. */
final class FirstEventSelector {

    private FirstEventSelector() {}

    public static void main(String[] args) throws IOException {
        EventSelector selector = Selectors.open("epoll");
        NativePipe pipe = NativePipe.open();
        selector.register(pipe.reader(), Events.READ);
        pipe.writer().write(ByteBuffer.allocateDirect(1));
        selector.selectNanos(Long.MAX_VALUE, (key, ready) -> System.out.println("event"));
    }
}
