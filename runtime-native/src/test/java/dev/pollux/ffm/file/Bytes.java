package dev.pollux.ffm.file;

import dev.pollux.EventSelector;
import dev.pollux.Events;
import dev.pollux.HasFd;
import dev.pollux.Ready;
import dev.pollux.Selectors;
import dev.pollux.ffm.EpollBackendProvider;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** Text in direct buffers, and waiting for it. */
final class Bytes {

    /** Something must happen within this. */
    static final Duration SOON = Duration.ofSeconds(10);

    private Bytes() {}

    static ByteBuffer of(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    static ByteBuffer room() {
        return ByteBuffer.allocateDirect(64 * 1024);
    }

    /** Returns what was put into {@code buffer}. */
    static String text(ByteBuffer buffer) {
        return StandardCharsets.US_ASCII.decode(buffer.duplicate().flip()).toString();
    }

    /** Waits on epoll until {@code file} is ready and returns for what. */
    static int await(HasFd file, int events) throws IOException {
        try (EventSelector selector = Selectors.open(new EpollBackendProvider())) {
            selector.register(file, events);
            List<Ready> ready = selector.select(SOON);
            return ready.isEmpty() ? Events.NONE : ready.get(0).ready();
        }
    }

    /** Returns what {@code file} is ready for now. */
    static int poll(HasFd file, int events) throws IOException {
        try (EventSelector selector = Selectors.open(new EpollBackendProvider())) {
            selector.register(file, events);
            List<Ready> ready = selector.selectNow();
            return ready.isEmpty() ? Events.NONE : ready.get(0).ready();
        }
    }
}
