package dev.pollux.ffm.internal;

import dev.pollux.NativeIOException;
import dev.pollux.ffm.sys.Errno;
import java.lang.foreign.SegmentAllocator;

/** A descriptor of our own that becomes readable when a wait is to end. */
sealed interface Waker permits EventFdWaker, PipeWaker {

    /**
     * Opens one.
     *
     * @param linux whether by eventfd(2), which only Linux has, or by a pipe
     * @param memory for what that must live as long as the waker
     * @throws NativeIOException if the kernel refuses; nothing stays open
     */
    static Waker open(boolean linux, SegmentAllocator memory, Errno errno) throws NativeIOException {
        return linux ? EventFdWaker.open(memory, errno) : PipeWaker.open(memory, errno);
    }

    /** Returns the descriptor to watch for reading. */
    int fd();

    /** Returns whether {@code fd} belongs to it, as the number of a closed descriptor may by now. */
    boolean owns(int fd);

    /**
     * Makes the descriptor readable. <b>Thread:</b> any, also several at once; never blocks.
     *
     * @return whether that is a change: false if it takes no more, and is readable already
     */
    boolean wake();

    /**
     * Takes all wakeups so far, of which there is one at least.
     *
     * @throws NativeIOException if other code has closed the descriptor
     */
    void consume() throws NativeIOException;

    /** Closes the descriptor. Called once. */
    void close();
}
