package dev.pollux.internal.selector;

import dev.pollux.Availability;
import dev.pollux.Capability;
import dev.pollux.EventSelector;
import dev.pollux.NanoClock;
import dev.pollux.internal.discovery.BackendCatalog;
import dev.pollux.spi.Backend;
import dev.pollux.spi.BackendOptions;
import dev.pollux.spi.BackendProvider;
import dev.pollux.spi.EventSink;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Backends that report what a test tells them to, so that the policy can be shown what no kernel would do on demand:
 * stale tokens, events in parts, refusals at any call.
 */
public final class ScriptedProvider implements BackendProvider {

    private final String name;
    private final int priority;
    private final Set<Capability> capabilities;

    /** Every backend opened so far, the present one last. */
    public final List<ScriptedBackend> opened = new CopyOnWriteArrayList<>();

    /** What {@link #availability} answers. */
    public Availability availability = Availability.available();

    /** Thrown by the next {@link #open}, if set. */
    public Queue<IOException> openFailures = new ArrayDeque<>();

    /** Descriptors that every backend refuses to add. */
    public final Set<Integer> refused = new java.util.HashSet<>();

    /** Runs at the beginning of every wait of every backend, on the waiting thread. */
    public volatile Runnable atAwait = () -> {};

    /** Runs after every wakeup of every backend, on the thread that called it. */
    public volatile Runnable afterWakeup = () -> {};

    public ScriptedProvider(String name, int priority, Capability... capabilities) {
        this.name = name;
        this.priority = priority;
        this.capabilities = EnumSet.noneOf(Capability.class);
        this.capabilities.addAll(List.of(capabilities));
    }

    public static ScriptedProvider withEverything() {
        return new ScriptedProvider("scripted", 1, Capability.values());
    }

    /** Opens a selector on the first of {@code providers} that can be swapped to all of them. */
    public static EventSelector selectorOver(NanoClock clock, ScriptedProvider... providers) throws IOException {
        BackendCatalog catalog = BackendCatalog.of(providers);
        return new KeyedSelector(providers[0], catalog, clock);
    }

    public ScriptedBackend current() {
        return opened.get(opened.size() - 1);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int priority() {
        return priority;
    }

    @Override
    public Set<Capability> capabilities() {
        return capabilities;
    }

    @Override
    public Availability availability() {
        return availability;
    }

    @Override
    public Backend open(BackendOptions options) throws IOException {
        IOException failure = openFailures.poll();
        if (failure != null) {
            throw failure;
        }
        ScriptedBackend backend = new ScriptedBackend();
        opened.add(backend);
        return backend;
    }

    private static final int NO_FD = -1;
    private static final Iterator<Event> NOTHING = Collections.emptyIterator();

    /** One event to report: of a descriptor, or by a token. */
    private record Event(int fd, long token, int ready) {}

    /** What a descriptor is watched for. */
    public record Watch(int events, long token) {}

    /** One open backend. */
    public final class ScriptedBackend implements Backend {

        public final Map<Integer, Watch> watched = new LinkedHashMap<>();
        public final List<String> calls = new ArrayList<>();
        public final List<Long> timeouts = new ArrayList<>();
        public boolean closed;
        public int wakeups;

        /** Thrown by {@link #remove}, if set. */
        public RuntimeException removeFailure;

        /** Thrown by {@link #close}, if set. */
        public RuntimeException closeFailure;

        private final Queue<Event> events = new ArrayDeque<>();
        private boolean woken;
        private volatile long sleepsNanos;

        /** Has the next wait in which the source {@code fd} is watched report it, by the token of then. */
        public synchronized void makeReady(int fd, int ready) {
            events.add(new Event(fd, 0, ready));
            notifyAll();
        }

        public synchronized void report(long token, int ready) {
            events.add(new Event(NO_FD, token, ready));
            notifyAll();
        }

        /** Has the present or the next wait end at once, as a signal would. */
        public synchronized void returnEarly() {
            woken = true;
            notifyAll();
        }

        /** Returns how long the wait was to be that a thread is inside of; 0 if none is. */
        public long sleepsNanos() {
            return sleepsNanos;
        }

        @Override
        public synchronized void add(Object fileobj, int fd, int events, long token) throws IOException {
            calls.add("add " + fd);
            if (refused.contains(fd)) {
                throw new IOException("refused on fd " + fd);
            }
            if (watched.putIfAbsent(fd, new Watch(events, token)) != null) {
                throw new AssertionError("fd " + fd + " added twice");
            }
        }

        @Override
        public synchronized void change(Object fileobj, int fd, int events, long token) throws IOException {
            calls.add("change " + fd);
            if (refused.contains(fd)) {
                throw new IOException("refused on fd " + fd);
            }
            if (watched.replace(fd, new Watch(events, token)) == null) {
                throw new AssertionError("fd " + fd + " changed but not added");
            }
        }

        @Override
        public synchronized void remove(Object fileobj, int fd, long token) {
            calls.add("remove " + fd);
            if (watched.remove(fd) == null) {
                throw new AssertionError("fd " + fd + " removed but not added");
            }
            if (removeFailure != null) {
                throw removeFailure;
            }
        }

        @Override
        public void await(long timeoutNanos, EventSink sink) {
            atAwait.run();
            sleepsNanos = timeoutNanos;
            try {
                awaitEvents(timeoutNanos, sink);
            } finally {
                sleepsNanos = 0;
            }
        }

        private synchronized void awaitEvents(long timeoutNanos, EventSink sink) {
            timeouts.add(timeoutNanos);
            long deadline = System.nanoTime() + Math.min(timeoutNanos, Long.MAX_VALUE / 4);
            while (!isAnyDue() && !woken && System.nanoTime() - deadline < 0) {
                long left = deadline - System.nanoTime();
                try {
                    wait(left / 1_000_000, (int) Math.max(0, left % 1_000_000));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    break;
                }
            }
            woken = false;
            // Nothing is allocated where there is nothing to report: others are measured on this.
            for (Iterator<Event> i = isAnyDue() ? events.iterator() : NOTHING; i.hasNext(); ) {
                Event event = i.next();
                if (isDue(event)) {
                    i.remove();
                    sink.ready(
                            event.fd() == NO_FD
                                    ? event.token()
                                    : watched.get(event.fd()).token(),
                            event.ready());
                }
            }
        }

        private boolean isAnyDue() {
            return !events.isEmpty() && events.stream().anyMatch(this::isDue);
        }

        private boolean isDue(Event event) {
            return event.fd() == NO_FD || watched.containsKey(event.fd());
        }

        @Override
        public void wakeup() {
            synchronized (this) {
                if (closed) {
                    throw new AssertionError("wakeup after close");
                }
                wakeups++;
                woken = true;
                notifyAll();
            }
            afterWakeup.run();
        }

        @Override
        public synchronized void close() {
            closed = true;
            if (closeFailure != null) {
                throw closeFailure;
            }
        }
    }
}
