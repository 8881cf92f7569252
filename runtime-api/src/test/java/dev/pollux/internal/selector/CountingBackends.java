package dev.pollux.internal.selector;

import dev.pollux.Availability;
import dev.pollux.Capability;
import dev.pollux.spi.Backend;
import dev.pollux.spi.BackendOptions;
import dev.pollux.spi.BackendProvider;
import dev.pollux.spi.EventSink;
import java.io.IOException;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Backends in memory that watch nothing and count what must not happen to them. A wait without an end lasts until a
 * wakeup; any other one is over at once.
 */
final class CountingBackends {

    /** Far longer than a thread that is to wake another may be held up. */
    private static final long WATCHDOG_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Queue<Counting> opened = new ConcurrentLinkedQueue<>();
    private final AtomicInteger lateWakeups = new AtomicInteger();
    private final AtomicInteger overslept = new AtomicInteger();

    Provider provider(String name) {
        return new Provider(name);
    }

    /** Returns how many wakeups met a closed backend, or were inside one when it was closed. */
    int lateWakeups() {
        return lateWakeups.get();
    }

    /** Returns how many of the backends were not closed exactly once. */
    int notClosedOnce() {
        return (int) opened.stream().filter(b -> b.closes.get() != 1).count();
    }

    /** Returns how many waits no wakeup ended. */
    int overslept() {
        return overslept.get();
    }

    final class Provider implements BackendProvider {

        private final String name;

        private Provider(String name) {
            this.name = name;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public int priority() {
            return 1;
        }

        @Override
        public Set<Capability> capabilities() {
            return Set.of();
        }

        @Override
        public Availability availability() {
            return Availability.available();
        }

        @Override
        public Backend open(BackendOptions options) {
            Counting backend = new Counting();
            opened.add(backend);
            return backend;
        }
    }

    private final class Counting implements Backend {

        private final AtomicInteger closes = new AtomicInteger();
        private final AtomicInteger inside = new AtomicInteger();
        private volatile boolean woken;

        @Override
        public void add(Object fileobj, int fd, int events, long token) {}

        @Override
        public void change(Object fileobj, int fd, int events, long token) {}

        @Override
        public void remove(Object fileobj, int fd, long token) {}

        @Override
        @SuppressWarnings("ThreadPriorityCheck") // The thread that wakes this one may need the processor.
        public void await(long timeoutNanos, EventSink sink) throws IOException {
            if (timeoutNanos == Long.MAX_VALUE) {
                long start = System.nanoTime();
                while (!woken) {
                    if (System.nanoTime() - start > WATCHDOG_NANOS) {
                        overslept.incrementAndGet();
                        throw new IOException("no wakeup has come");
                    }
                    Thread.yield();
                }
            }
            woken = false;
        }

        @Override
        public void wakeup() {
            inside.incrementAndGet();
            if (closes.get() > 0) {
                lateWakeups.incrementAndGet();
            }
            woken = true;
            inside.decrementAndGet();
        }

        @Override
        public void close() {
            closes.incrementAndGet();
            lateWakeups.addAndGet(inside.get());
        }
    }
}
