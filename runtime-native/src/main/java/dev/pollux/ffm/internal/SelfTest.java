package dev.pollux.ffm.internal;

import dev.pollux.Events;
import dev.pollux.ffm.sys.Errno;
import dev.pollux.spi.Backend;
import dev.pollux.spi.BackendOptions;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.HashSet;
import java.util.Set;

/**
 * Tries a backend out on pipes: sends two tokens through the kernel and a third that must not come back, so that memory
 * that is laid out otherwise than expected shows here and not as events that find no registration.
 */
public final class SelfTest {

    // A slot in the low half, as a selector's tokens have it, and in the high half what shows where each byte went.
    private static final long ONE = 0x0123_4567_0000_0000L;
    private static final long OTHER = 0x7EDC_BA98_0000_0001L;
    private static final long IDLE = 0x0F0F_F0F0_0000_0002L;

    private SelfTest() {}

    /**
     * Opens a backend, uses it and closes it.
     *
     * @throws IOException if a system call fails
     * @throws IllegalStateException if what comes back is not what went in
     */
    public static void run(Opener opener) throws IOException {
        Set<Long> received = new HashSet<>();
        try (Arena arena = Arena.ofConfined();
                Backend backend = opener.open(BackendOptions.defaults());
                Source one = new Source(arena);
                Source other = new Source(arena);
                Source idle = new Source(arena)) {
            one.pipe.wake();
            other.pipe.wake();
            backend.add(one, one.pipe.fd(), Events.READ, ONE);
            backend.add(other, other.pipe.fd(), Events.READ, OTHER);
            backend.add(idle, idle.pipe.fd(), Events.READ, IDLE);
            backend.await(0, (token, ready) -> received.add(ready == Events.READ ? token : ~token));
        }
        Set<Long> sent = Set.of(ONE, OTHER);
        if (!received.equals(sent)) {
            throw new IllegalStateException(
                    "the kernel takes another memory layout than expected: sent " + sent + ", received " + received);
        }
    }

    /** Opens the backend to try out. */
    @FunctionalInterface
    public interface Opener {

        /** Opens one. */
        Backend open(BackendOptions options) throws IOException;
    }

    private static final class Source implements AutoCloseable {

        final Waker pipe;

        Source(Arena arena) throws IOException {
            pipe = PipeWaker.open(arena, new Errno(arena));
        }

        @Override
        public void close() {
            pipe.close();
        }
    }
}
