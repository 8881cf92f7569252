package dev.pollux;

import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The three lists of {@link Selectors#select}, brought together: a descriptor is registered once, in however many lists and
 * under however many objects it comes.
 */
final class SelectLists {

    /** The same number on every system that has the name. */
    private static final int EBADF = 9;

    private final Collection<?> readable;
    private final Collection<?> writable;
    private final Collection<?> exceptional;

    /** What each object is wanted for. */
    private final IdentityHashMap<Object, Integer> wanted = new IdentityHashMap<>();

    private final Requirements requirements;

    SelectLists(Collection<?> readable, Collection<?> writable, Collection<?> exceptional) {
        this.readable = readable;
        this.writable = writable;
        this.exceptional = exceptional;
        want("readable", readable, Events.READ);
        want("writable", writable, Events.WRITE);
        want("exceptional", exceptional, Events.PRIORITY);
        requirements = Requirements.of(needed());
    }

    private void want(String list, Collection<?> sources, int event) {
        for (Object source : sources) {
            Objects.requireNonNull(source, () -> "null in " + list);
            wanted.merge(source, event, (a, b) -> a | b);
        }
    }

    private Capability[] needed() {
        Set<Capability> needed = EnumSet.noneOf(Capability.class);
        wanted.forEach((source, events) -> {
            boolean channel = source instanceof SelectableChannel && !(source instanceof HasFd);
            needed.add(channel ? Capability.JAVA_CHANNELS : Capability.DESCRIPTORS);
            if ((events & Events.PRIORITY) != 0) {
                needed.add(Capability.PRIORITY);
            }
        });
        return needed.toArray(Capability[]::new);
    }

    /** Waits with a selector of its own. */
    Selected select(long timeoutNanos) throws IOException {
        try (EventSelector selector = Selectors.open(requirements)) {
            // By listed object, the one under which its descriptor is registered.
            IdentityHashMap<Object, Object> registered = new IdentityHashMap<>();
            for (Map.Entry<Object, Integer> each : wanted.entrySet()) {
                Object source = each.getKey();
                registered.put(source, register(selector, source, each.getValue()));
            }
            IdentityHashMap<Object, Integer> found = new IdentityHashMap<>();
            selector.selectNanos(timeoutNanos, (key, ready) -> found.put(key.fileobj(), ready));
            IdentityHashMap<Object, Integer> ready = new IdentityHashMap<>();
            registered.forEach((source, under) -> ready.put(source, found.getOrDefault(under, 0)));
            return new Selected(
                    ready(readable, ready, Events.READ),
                    ready(writable, ready, Events.WRITE),
                    ready(exceptional, ready, Events.PRIORITY));
        }
    }

    private Object register(EventSelector selector, Object source, int events) throws IOException {
        SelectorKey present = selector.keys().get(source);
        if (present != null) {
            return selector.modify(present.fileobj(), present.events() | events).fileobj();
        }
        try {
            return selector.register(source, events).fileobj();
        } catch (NativeIOException failed) {
            throw failed.errnoName().equals("EINVAL") && isOwnNumber(source, events)
                    ? new NativeIOException(failed.call(), failed.fd(), EBADF, "EBADF", "the descriptor is not open")
                    : failed;
        }
    }

    /**
     * Returns whether a source that the selector of this call cannot watch is one of that selector's own descriptors: then
     * no file had the number when the call began. Another selector, opened while the first one holds the number, can
     * watch it.
     */
    private boolean isOwnNumber(Object source, int events) throws IOException {
        try (EventSelector beside = Selectors.open(requirements)) {
            beside.register(source, events);
            return true;
        } catch (NativeIOException alike) {
            return false;
        }
    }

    private static List<Object> ready(Collection<?> asked, IdentityHashMap<Object, Integer> found, int event) {
        List<Object> ready = new ArrayList<>();
        for (Object source : asked) {
            if ((found.getOrDefault(source, 0) & event) != 0) {
                ready.add(source);
            }
        }
        return ready;
    }
}
