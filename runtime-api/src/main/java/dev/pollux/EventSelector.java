package dev.pollux;

import java.io.IOException;
import java.nio.channels.ClosedSelectorException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Watches many sources of I/O at once and reports which are ready. The contract is that of Python's {@code selectors},
 * and it is the same on every backend; <a href="https://github.com/pollux-runtime/pollux/blob/main/docs/spec.md">its rules</a> are numbered.
 *
 * <p>A <em>fileobj</em> is anything with a descriptor: a {@link java.nio.channels.SelectableChannel} in non-blocking
 * mode, an {@link Fd}, or an object of yours that implements {@link HasFd}. Its registration is found again by the
 * object itself or by any other object for the same descriptor. Sources stay the caller's: closing the selector does
 * not close them, and they are to be unregistered before they are closed.
 *
 * <p>A source that is closed while it is registered may lose its number to another file. Until it is unregistered, whether
 * the readiness of that file is reported under the old key is unspecified: epoll(7) is silent, poll(2) and select(2) see
 * only the number. {@link #unregister} works all the same and does not disturb the new owner; after {@link #modify} the next
 * select reports {@link Events#INVALID} where the kernel knows that the file is another one.
 *
 * <p>Readiness is level-triggered unless {@link Events#EDGE} is asked for: a source that is still ready is reported by
 * every select. It is a hint all the same, so sources should be non-blocking.
 *
 * <p><b>Thread:</b> one thread at a time; not always the same. A second one gets an {@link IllegalStateException}.
 * {@link #wakeup}, {@link #close} and {@link #isOpen} may be called from any thread. What a handler may call is in
 * {@link ReadyHandler}; a source's own {@code fd()} and {@code toString()} must not call the selector that is asking.
 *
 * <p>After {@link #close} everything else throws {@link ClosedSelectorException}. A method that throws leaves the
 * registrations and the kernel as they were.
 *
 * <p>Not for implementation outside Pollux: later versions add methods. A kernel mechanism of your own goes under it as a
 * {@link dev.pollux.spi.Backend}.
 */
public interface EventSelector extends AutoCloseable {

    /**
     * Starts watching {@code fileobj} and returns its key.
     * <a href="https://github.com/pollux-runtime/pollux/blob/main/docs/spec.md#reg-register">Rules REG-1 to REG-12</a>.
     *
     * @param events {@link Events} to watch for; {@link Events#NONE} keeps the key without watching
     * @param data handed back with each event; the selector never reads it
     * @throws IllegalArgumentException if {@code events} has unknown or report-only bits or a mode without a direction,
     *     does not fit the channel's operations, or the descriptor is negative
     * @throws UnsupportedEventsException if this backend lacks the capability for {@code events}
     * @throws UnsupportedSourceException if {@code fileobj} has no descriptor, or none that this backend can watch
     * @throws AlreadyRegisteredException if it, or another object for the same descriptor, is registered
     * @throws java.nio.channels.ClosedChannelException if the channel is closed
     * @throws java.nio.channels.IllegalBlockingModeException if the channel is in blocking mode
     * @throws IOException if the kernel cannot watch it, for instance {@code EPERM} for a regular file on epoll,
     *     {@code EINVAL} for a descriptor of this selector's own, {@code ELOOP} for selectors that watch each other too
     *     deep
     */
    SelectorKey register(Object fileobj, int events, @Nullable Object data) throws IOException;

    /** Starts watching {@code fileobj} with no data; otherwise as {@link #register(Object, int, Object)}. */
    default SelectorKey register(Object fileobj, int events) throws IOException {
        return register(fileobj, events, null);
    }

    /**
     * Watches {@code fileobj} for other events and keeps its data; otherwise as {@link #modify(Object, int, Object)}.
     */
    SelectorKey modify(Object fileobj, int events) throws IOException;

    /**
     * Changes what {@code fileobj} is watched for and what is attached to it. Arms again what {@link Events#ONESHOT}
     * has disarmed, and with {@link Events#EDGE} reports what is pending.
     * <a href="https://github.com/pollux-runtime/pollux/blob/main/docs/spec.md#mod-modify">Rules MOD-1 to MOD-7</a>.
     *
     * <p>The kernel learns of it just before the next wait, so what is changed and changed back costs no system call. If it
     * does not take the change then, that select reports the key once, in every direction asked for, with
     * {@link Events#INVALID} if the descriptor is gone and with {@link Events#ERROR} otherwise. The key stays, and nothing is
     * watched until it is modified again. Once {@link #descriptor} was called, a change is applied at once and fails at once.
     *
     * @return the new key, or the present one if nothing differs
     * @throws NotRegisteredException if neither the object nor its descriptor is registered
     * @throws IllegalArgumentException as {@link #register(Object, int, Object)}
     * @throws java.nio.channels.ClosedChannelException if the channel is closed, or the object's descriptor is negative; not
     *     for {@link Events#NONE}
     * @throws IOException if the change is applied at once and the call into the kernel fails; the old registration then stands
     */
    SelectorKey modify(Object fileobj, int events, @Nullable Object data) throws IOException;

    /**
     * Stops watching {@code fileobj} and returns the key it had. Also works, by the same object, once the descriptor is
     * closed, and never disturbs a new owner of its number. Nothing more is reported for it, not even what the select
     * in progress had already collected.
     * <a href="https://github.com/pollux-runtime/pollux/blob/main/docs/spec.md#unr-unregister">Rules UNR-1 to UNR-7</a>.
     *
     * @throws NotRegisteredException if neither the object nor its descriptor is registered
     */
    SelectorKey unregister(Object fileobj);

    /**
     * Returns the present key of {@code fileobj}.
     *
     * @throws NotRegisteredException if neither the object nor its descriptor is registered
     */
    SelectorKey key(Object fileobj);

    /** Returns a live, read-only view of the registrations by object, in no particular order; empty after close. */
    Map<Object, SelectorKey> keys();

    /** Waits until something is ready or a {@link #wakeup}; otherwise as {@link #select(Duration)}. */
    default List<Ready> select() throws IOException {
        List<Ready> ready = new ArrayList<>();
        selectNanos(Long.MAX_VALUE, (key, events) -> ready.add(new Ready(key, events)));
        return ready;
    }

    /**
     * Waits until something is ready, at least {@code timeout} has passed, or a {@link #wakeup}, and returns one entry
     * per ready key.
     *
     * @param timeout of any length; zero and negative ones do not wait
     * @throws NullPointerException if {@code timeout} is null; {@link #select()} waits without limit
     */
    default List<Ready> select(Duration timeout) throws IOException {
        List<Ready> ready = new ArrayList<>();
        select(timeout, (key, events) -> ready.add(new Ready(key, events)));
        return ready;
    }

    /** Returns what is ready without waiting. Consumes a pending {@link #wakeup}. */
    default List<Ready> selectNow() throws IOException {
        List<Ready> ready = new ArrayList<>();
        selectNanos(0, (key, events) -> ready.add(new Ready(key, events)));
        return ready;
    }

    /**
     * Waits as {@link #select(Duration)} and hands each ready key to {@code handler}. Allocates nothing itself.
     *
     * <p>An interrupt ends the wait early and stays set; the next select waits again, until the next interrupt.
     *
     * @return the number of calls of {@code handler}
     * @throws IllegalStateException if called from inside a handler of the same selector
     * @throws IOException what {@code handler} throws, or the failure of the wait
     * @throws ClosedSelectorException if another thread closes the selector meanwhile
     */
    int select(Duration timeout, ReadyHandler handler) throws IOException;

    /**
     * Waits as {@link #select(Duration, ReadyHandler)}, for loops that count in nanoseconds.
     *
     * @param timeoutNanos zero or less does not wait, {@link Long#MAX_VALUE} waits without limit
     * @return the number of calls of {@code handler}
     */
    int selectNanos(long timeoutNanos, ReadyHandler handler) throws IOException;

    /**
     * Ends the select in progress, or the next one if there is none. Many count as one; none is lost, and none is
     * reported as an event. Does nothing after close.
     *
     * <p><b>Thread:</b> any. Never blocks.
     */
    void wakeup();

    /**
     * Goes on with another backend: opens it, moves every registration, then closes the present one. Keys and data stay
     * as they are and no event is lost. Also with the present backend's name, which gives it a fresh kernel object.
     *
     * @throws IllegalArgumentException if no backend of that name was found; the message lists those that were
     * @throws RegistrationException if the other backend lacks a capability that a registration needs; names it
     * @throws IOException if the other backend is unavailable, does not open, or cannot take a registration; the present
     *     one then goes on untouched
     */
    void swap(String backend) throws IOException;

    /**
     * Returns the descriptor of the kernel object behind this selector, or nothing without
     * {@link Capability#POLLABLE}. It is readable while a source is ready, so another selector or a foreign loop can watch
     * this one: register {@code Fd.of} of it for {@link Events#READ} there, and {@link #selectNow} here when it is ready.
     * A {@link #wakeup} does not make it readable. From this call on {@link #modify} is applied at once.
     *
     * <p>It is the selector's: closed with it, and another one after a {@link #swap} or once {@link SelectorMetrics#rebuilds}
     * has grown. Unregister it where it is watched before a swap, and register the new one after it. Selectors may watch
     * each other as deep as the kernel allows, on Linux five in a row and in no circle (epoll_ctl(2), {@code ELOOP}).
     */
    OptionalInt descriptor();

    /** Returns the name of the present backend. */
    String backend();

    /** Returns what the present backend can do. */
    Set<Capability> capabilities();

    /** Returns what has been counted so far; approximate if another thread is selecting. */
    SelectorMetrics metrics();

    /** Returns whether {@link #close} has not been called. */
    boolean isOpen();

    /**
     * Releases what the selector opened, and nothing else. If another thread is inside, it is woken and does so when it
     * leaves; if called from a handler, the select in progress does.
     *
     * <p><b>Thread:</b> any. May be called more than once.
     */
    @Override
    void close();
}
