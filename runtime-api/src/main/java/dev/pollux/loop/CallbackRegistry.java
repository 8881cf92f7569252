package dev.pollux.loop;

import dev.pollux.EventSelector;
import dev.pollux.ReadyHandler;
import dev.pollux.SelectorKey;
import dev.pollux.internal.loop.Failures;
import dev.pollux.internal.loop.Guard;
import dev.pollux.internal.selector.ConfinedSelector;
import dev.pollux.internal.selector.Confinement;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sources with callbacks over a selector: the loop {@code for key, events in sel.select(): key.data(key, events)} of the
 * tutorials, where the callback is the key's data, in one call.
 *
 * <p><b>Thread:</b> the one that selects.
 */
public final class CallbackRegistry {

    private static final Logger log = LoggerFactory.getLogger(Failures.LOGGER);

    private final ConfinedSelector confined;

    /** Makes a registry over {@code selector}, which stays the caller's to close. */
    public CallbackRegistry(EventSelector selector) {
        this(Objects.requireNonNull(selector, "selector"), Confinement.TO_THE_CALLER);
    }

    CallbackRegistry(EventSelector selector, Confinement confinement) {
        this.confined = new ConfinedSelector(selector, confinement);
    }

    /**
     * Starts watching {@code fileobj} and calls {@code callback} whenever it is ready.
     *
     * @throws IOException and others as {@link EventSelector#register(Object, int, Object)}
     */
    public Registration register(Object fileobj, int events, Callback callback) throws IOException {
        Objects.requireNonNull(fileobj, "fileobj");
        Objects.requireNonNull(callback, "callback");
        Registration registration = new Registration(confined, events, callback);
        // Nothing else is allocated on the loop thread, where a server registers every connection.
        if (confined.isHere()) {
            begin(registration, fileobj, events);
        } else {
            confined.call(() -> begin(registration, fileobj, events));
        }
        return registration;
    }

    private Registration begin(Registration registration, Object fileobj, int events) throws IOException {
        registration.begin(confined.selector().register(fileobj, events, registration));
        return registration;
    }

    /**
     * Waits as {@link EventSelector#select(Duration)} and calls the callbacks of what is ready. What a callback throws
     * ends the dispatch; what was not yet dispatched comes again with the next one.
     *
     * @return the number of callbacks called
     * @throws IllegalArgumentException if a source is ready that was registered with the selector itself
     */
    public int dispatch(Duration timeout) throws IOException {
        return confined.selector().select(timeout, CallbackRegistry::fire);
    }

    /** Waits until something is ready or a wakeup; otherwise as {@link #dispatch(Duration)}. */
    public int dispatch() throws IOException {
        return confined.selector().selectNanos(Long.MAX_VALUE, CallbackRegistry::fire);
    }

    private static void fire(SelectorKey key, int ready) throws IOException {
        Registration.of(key).fire(ready);
    }

    /** Returns what calls the callback of a ready key on a loop: a failure of one affects no other. */
    static ReadyHandler guardedBy(Guard guard) {
        return (key, ready) -> {
            Registration registration = Registration.of(key);
            long begun = guard.beginCallback(registration);
            try {
                registration.fire(ready);
                registration.succeeded();
            } catch (Throwable e) {
                guard.failed(key, e);
                if (registration.failed() >= guard.failures().limit() && registration.isActive()) {
                    isolate(registration, guard.failures());
                }
            } finally {
                guard.endCallback(registration, begun);
            }
        };
    }

    /** Stops calling a callback that fails every time: its source would keep the loop busy for nothing. */
    private static void isolate(Registration registration, Failures failures) {
        registration.succeeded();
        failures.reportIsolated(registration, "paused", failures.limit());
        try {
            registration.pause();
        } catch (IOException | RuntimeException e) {
            log.error("{} cannot be paused and is cancelled", registration, e);
            registration.cancel();
        }
    }
}
