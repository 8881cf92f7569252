package dev.pollux.ffm.internal;

import dev.pollux.Events;
import dev.pollux.ffm.sys.Errno;
import dev.pollux.spi.Backend;
import dev.pollux.spi.BackendOptions;
import dev.pollux.spi.EventSink;
import java.io.IOException;

/**
 * Tries a backend out on descriptors as it has one to be woken by: sends two tokens through the kernel and a third that must
 * not come back, so that memory that is laid out otherwise than expected shows here and not as events that find no registration.
 *
 * <p>It links no call that the backend does not need itself.
 */
public final class SelfTest implements EventSink {

    // A slot in the low half, as a selector's tokens have it, and in the high half what shows where each byte went.
    private static final long ONE = 0x0123_4567_0000_0000L;
    private static final long OTHER = 0x7EDC_BA98_0000_0001L;
    private static final long IDLE = 0x0F0F_F0F0_0000_0002L;

    private int ones;
    private int others;
    private int wrong;

    private SelfTest() {}

    /**
     * Opens a backend, uses it and closes it.
     *
     * @param linux whether on descriptors that only Linux has
     * @throws IOException if a system call fails
     * @throws IllegalStateException if what comes back is not what went in
     */
    public static void run(boolean linux, Opener opener) throws IOException {
        SelfTest test = new SelfTest();
        Memory memory = Memory.of(Memory.PAGE_BYTES);
        try (Backend backend = opener.open(BackendOptions.defaults());
                Source one = new Source(linux, memory);
                Source other = new Source(linux, memory);
                Source idle = new Source(linux, memory)) {
            one.waker.wake();
            other.waker.wake();
            backend.add(one, one.waker.fd(), Events.READ, ONE);
            backend.add(other, other.waker.fd(), Events.READ, OTHER);
            backend.add(idle, idle.waker.fd(), Events.READ, IDLE);
            backend.await(0, test);
        } finally {
            memory.free();
        }
        if (test.ones != 1 || test.others != 1 || test.wrong != 0) {
            throw new IllegalStateException(
                    "the kernel takes another memory layout than expected: of two events, the first came " + test.ones
                            + " times, the second " + test.others + " times, and others " + test.wrong + " times");
        }
    }

    @Override
    public void ready(long token, int ready) {
        if (token == ONE && ready == Events.READ) {
            ones++;
        } else if (token == OTHER && ready == Events.READ) {
            others++;
        } else {
            wrong++;
        }
    }

    /** Opens the backend to try out. */
    @FunctionalInterface
    public interface Opener {

        /** Opens one. */
        Backend open(BackendOptions options) throws IOException;
    }

    private static final class Source implements AutoCloseable {

        final Waker waker;

        Source(boolean linux, Memory memory) throws IOException {
            waker = Waker.open(linux, memory, new Errno(memory));
        }

        @Override
        public void close() {
            waker.close();
        }
    }
}
