package dev.pollux.spi;

import java.io.IOException;

/**
 * One open kernel object that watches sources.
 *
 * <p>A source comes as the object that the user registered and its descriptor: backends over descriptors use
 * {@code fd}, backends over Java channels use {@code fileobj}. Both are valid when they come from the selector, and the
 * same pair comes with every call about one source.
 *
 * <p>{@code events} is never empty of directions: it has {@link dev.pollux.Events#READ READ},
 * {@link dev.pollux.Events#WRITE WRITE} and {@link dev.pollux.Events#PRIORITY PRIORITY} bits as far as the backend has
 * the capabilities, plus {@link dev.pollux.Events#EDGE EDGE} if it has that. A source that is to be watched for nothing
 * is removed instead, because most kernels report a hang-up even for an empty set.
 *
 * <p>{@code token} names a registration. Its low 32 bits are the registration's slot: a number from 0 up, the smallest
 * one that was free, and never shared by two sources that are watched at the same time. So a backend that keeps
 * something for each source keeps it in an array indexed by slot and needs no map. Its high 32 bits distinguish the owners
 * of a slot. One source keeps its token until it is removed for good; it may be removed and added again with it.
 *
 * <p><b>Thread:</b> one at a time, {@link #wakeup} aside, but not always the same one: memory that is bound to the
 * thread that opened it does not do.
 */
public interface Backend extends AutoCloseable {

    /**
     * Starts watching a source that is not watched yet.
     *
     * @param fd its descriptor, or −1 if unknown
     * @param token to be reported with its events
     * @throws IOException if the kernel cannot watch it; nothing is watched then
     */
    void add(Object fileobj, int fd, int events, long token) throws IOException;

    /**
     * Watches a source for other events. With an edge-triggered source, what is pending is reported again.
     *
     * @throws IOException if the call into the kernel fails; what was watched before still is. {@code ENOENT} or {@code EBADF}
     *     where the kernel knows that the source was closed
     */
    void change(Object fileobj, int fd, int events, long token) throws IOException;

    /**
     * Stops watching a source at once: when this returns, the kernel holds nothing for it, so that closing the source
     * ends it for its peer. The source may be closed by now, and its number may belong to another file: whatever the
     * kernel says to that is no error.
     *
     * @param token the one that the source was added with
     */
    void remove(Object fileobj, int fd, long token);

    /**
     * Announces that {@code thread}, which calls this, runs a loop on this backend from now on: {@link #await} comes from
     * no other thread until that is announced in turn. A loop announces it once, before its first wait; again only if it is
     * stopped and then run by another thread, and after a swap to the new backend. A selector without a loop never does.
     * For mechanisms that are bound to a thread, as requests of io_uring are to the one that submitted them
     * (io_uring_enter(2)). Does nothing by default.
     *
     * @throws IOException if a call into the kernel fails
     */
    default void attach(Thread thread) throws IOException {}

    /**
     * Submits to the kernel what {@link #add} and {@link #change} have put off, if this backend does that. Called before
     * each wait, and after all registrations were added to a backend that takes the place of another one: a failure then
     * leaves that other one in use. Does nothing by default.
     *
     * @throws IOException if a call into the kernel fails
     */
    default void flush() throws IOException {}

    /**
     * Returns the descriptor of the kernel object itself, which is readable while a source is ready, or −1 if there is
     * none. A backend whose provider has the capability {@link dev.pollux.Capability#POLLABLE POLLABLE} returns one.
     */
    default int descriptor() {
        return -1;
    }

    /**
     * Waits until a source is ready, the time is over or {@link #wakeup} is called, and reports every event seen.
     *
     * <p>May return early with nothing, for instance when a signal arrives: the selector keeps the deadline and calls
     * again. May report a source in several parts, and fewer sources than are ready as long as each has its turn. A
     * pending wakeup is consumed and not reported.
     *
     * @param timeoutNanos zero does not wait, {@link Long#MAX_VALUE} waits without limit; rounded up to what the kernel
     *     can count, never down
     * @throws IOException if the wait fails
     */
    void await(long timeoutNanos, EventSink sink) throws IOException;

    /**
     * Ends the wait in progress or the next one. Never called after {@link #close}, and {@code close} is not called
     * while it runs.
     *
     * <p><b>Thread:</b> any, also several at once. Must not block.
     */
    void wakeup();

    /** Releases what this backend opened; the sources stay open. Called once. */
    @Override
    void close();
}
