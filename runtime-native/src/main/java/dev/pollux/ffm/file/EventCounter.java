package dev.pollux.ffm.file;

import java.io.IOException;

/**
 * A count in the kernel that is ready to read while it is not zero, eventfd(2): a doorbell between threads, or from native
 * code that is given its {@code fd}. Linux only. It is not inherited by programs that the process starts.
 *
 * <p><b>Thread:</b> {@link #take} one at a time, usually the loop thread; everything else any.
 */
public final class EventCounter extends CountFile {

    private EventCounter(OpeningFile opening) {
        super(opening, "");
    }

    /**
     * Opens a counter at 0.
     *
     * @throws UnsupportedOperationException if this is not Linux
     * @throws IOException if the kernel refuses
     */
    public static EventCounter open() throws IOException {
        OpeningFile.requireLinux("event counters", "a NativePipe or a java.nio.channels.Pipe");
        try (OpeningFile opening = openEventFd(0)) {
            return opening.finish(new EventCounter(opening));
        }
    }

    /**
     * Adds {@code count}, and makes the counter ready. Allocates nothing.
     *
     * @return false if the sum would not fit, and nothing was added
     * @throws IllegalArgumentException if {@code count} is not positive
     * @throws java.nio.channels.ClosedChannelException if it is closed
     */
    public boolean add(long count) throws IOException {
        if (count <= 0) {
            throw new IllegalArgumentException(
                    "count " + count + " is not positive; take() is what lowers the counter");
        }
        return addCount(count);
    }

    /**
     * Returns the count and sets it to 0; 0 if nothing was added since the last time. The kernel's count has 64 bits and
     * no sign: above {@link Long#MAX_VALUE} this is negative.
     */
    public long take() throws IOException {
        return takeCount();
    }
}
