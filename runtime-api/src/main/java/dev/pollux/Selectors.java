package dev.pollux;

import dev.pollux.internal.discovery.Discovery;
import dev.pollux.internal.selector.SelectorOpener;
import dev.pollux.spi.BackendOptions;
import dev.pollux.spi.BackendProvider;
import dev.pollux.spi.Timeouts;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;

/**
 * Finds backends and opens selectors on them.
 *
 * <p>Backends are found by {@link java.util.ServiceLoader}. The one with the highest priority that is available and
 * meets the requirements is taken; their order on the class path does not matter. The settings of the JVM can decide
 * otherwise:
 *
 * <table>
 * <caption>Overrides</caption>
 * <tr><th>system property</th><th>environment</th><th>meaning</th></tr>
 * <tr><td>{@code pollux.backend}</td><td>{@code POLLUX_BACKEND}</td><td>take this one or fail, never another</td></tr>
 * <tr><td>{@code pollux.backend.avoid}</td><td>{@code POLLUX_BACKEND_AVOID}</td><td>leave these out, separated by
 * commas</td></tr>
 * </table>
 *
 * <p>Both apply where the choice is automatic, {@link #open()} and {@link #open(Requirements)}; the property wins over
 * the variable.
 *
 * <p><b>Thread:</b> any.
 */
public final class Selectors {

    private Selectors() {}

    private static SelectorOpener opener() {
        return new SelectorOpener(BackendOptions.defaults());
    }

    /**
     * Opens a selector on the best backend that watches Java channels.
     *
     * <p>Native backends need JVM flags for that. Without them this takes another backend and says once, at INFO, which
     * flag would have made the difference.
     *
     * @throws BackendUnavailableException if there is none; lists the candidates with their reasons
     * @throws IOException if the backend does not open, for instance for lack of descriptors
     */
    public static EventSelector open() throws IOException {
        return open(Requirements.of(Capability.JAVA_CHANNELS));
    }

    /**
     * Opens a selector on the best backend that meets {@code requirements}.
     *
     * @throws BackendUnavailableException if there is none; lists the candidates with their reasons
     * @throws IllegalArgumentException if the override names an unknown backend; lists the known ones
     * @throws IOException if the backend does not open, for instance for lack of descriptors
     */
    public static EventSelector open(Requirements requirements) throws IOException {
        return opener().open(requirements);
    }

    /**
     * Opens a selector on the backend {@code name} and no other.
     *
     * @throws IllegalArgumentException if no backend of that name was found; lists the known ones
     * @throws BackendUnavailableException if it is not available; the message says why
     * @throws IOException if the backend does not open, for instance for lack of descriptors
     */
    public static EventSelector open(String name) throws IOException {
        return opener().open(name);
    }

    /**
     * Opens a selector on a backend of {@code provider}, which need not be one that discovery finds.
     *
     * @throws IOException if the backend does not open
     */
    public static EventSelector open(BackendProvider provider) throws IOException {
        return open(provider, NanoClock.system());
    }

    /**
     * Opens a selector as {@link #open(BackendProvider)} that measures its waits by {@code clock}. With a clock that is
     * set by hand and a backend that sets it instead of waiting, hours of a program run in milliseconds.
     *
     * @throws IOException if the backend does not open
     */
    public static EventSelector open(BackendProvider provider, NanoClock clock) throws IOException {
        return opener().open(provider, clock);
    }

    /**
     * Waits once until something of three lists is ready, as {@code select(rlist, wlist, xlist, timeout)} of many
     * languages. A source may be in more than one list, and under
     * more than one object: a channel here, {@link Fd} of its number there. It opens a selector for this one call, which costs several system
     * calls: a program that waits again and again should keep an {@link EventSelector}.
     *
     * @param readable sources to read from
     * @param writable sources to write to
     * @param exceptional sources that may get urgent data; takes a backend with {@link Capability#PRIORITY}
     * @param timeout as {@link EventSelector#select(Duration)}
     * @return what is ready; empty once the time is over, or after an interrupt, which stays set
     * @throws BackendUnavailableException if no backend can watch sources of these kinds; lists the candidates
     * @throws NullPointerException if {@code timeout} is null; the message says how to wait without limit
     * @throws NativeIOException {@code EBADF} for a number that is not open
     * @throws IOException and others as {@link EventSelector#register(Object, int, Object)}
     */
    public static Selected select(
            Collection<?> readable, Collection<?> writable, Collection<?> exceptional, Duration timeout)
            throws IOException {
        long timeoutNanos = Timeouts.nanos(timeout);
        return new SelectLists(readable, writable, exceptional).select(timeoutNanos);
    }

    /**
     * Returns every backend that was found, best first, each tried out and judged as {@link #open()} would; then what
     * looked like one and is broken.
     */
    public static List<BackendCandidate> backends() {
        return Discovery.catalog().candidates(Requirements.of(Capability.JAVA_CHANNELS));
    }

    /** Returns a page on the backends that were found, judged as {@link #open()} would. */
    public static String explain() {
        return explain(Requirements.of(Capability.JAVA_CHANNELS));
    }

    /**
     * Returns a page on the backends that were found, judged as {@link #open(Requirements)} would: a table, below it what
     * to do about each verdict, and what each backend can do. One that a missing flag of the JVM keeps from being taken is
     * not tried out; the others are.
     */
    public static String explain(Requirements requirements) {
        return Discovery.catalog().explain(requirements);
    }

    /** Prints {@link #explain()}. */
    public static void main(String[] args) {
        System.out.print(explain());
    }
}
