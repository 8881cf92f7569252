package dev.pollux.ffm.bridge;

import dev.pollux.EventSelector;
import dev.pollux.Events;
import dev.pollux.ReadyHandler;
import dev.pollux.ffm.file.EventCounter;
import java.io.FileDescriptor;
import java.io.IOException;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import sun.nio.ch.Net;
import sun.nio.ch.SelChImpl;
import sun.nio.ch.SelectionKeyImpl;

/**
 * How a virtual thread waits: not in the kernel, where it would keep its carrier thread, but parked until the JDK finds the kernel
 * object of the selector readable. On a backend without {@link dev.pollux.Capability#POLLABLE} there is no such object, and the
 * carrier waits.
 */
final class VirtualWait implements AutoCloseable {

    private final EventSelector selector;

    /** What makes the kernel object readable for a wakeup. Opened with the first wait. */
    private volatile @Nullable EventCounter doorbell;

    VirtualWait(EventSelector selector) {
        this.selector = selector;
    }

    /** Waits, once: may return before anything is ready. In the turn. */
    void await(long nanos, ReadyHandler handler) throws IOException {
        OptionalInt descriptor = selector.descriptor();
        if (descriptor.isEmpty()) {
            selector.selectNanos(nanos, handler);
            return;
        }
        if (doorbell == null) {
            doorbell = openDoorbell();
            // A wakeup before this was not heard; the caller looks again.
            selector.selectNanos(0, handler);
            return;
        }
        if (selector.selectNanos(0, handler) == 0) {
            new Pollable(descriptor.getAsInt()).park(Net.POLLIN, nanos == Long.MAX_VALUE ? 0 : nanos);
            selector.selectNanos(0, handler);
        }
    }

    private EventCounter openDoorbell() throws IOException {
        EventCounter opened = EventCounter.open();
        try {
            selector.register(opened, Events.READ);
            return opened;
        } catch (IOException | RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    /** Ends a wait. Any thread. */
    void wakeup() {
        EventCounter present = doorbell;
        if (present != null) {
            try {
                present.add(1);
            } catch (IOException e) {
                // Closed: no one waits any more.
            }
        }
    }

    /** Forgets wakeups. In the turn. */
    void clear() throws IOException {
        EventCounter present = doorbell;
        if (present != null) {
            present.take();
        }
    }

    @Override
    public void close() throws IOException {
        EventCounter present = doorbell;
        if (present != null) {
            present.close();
        }
    }

    /** A channel in name: what is used is the JDK's {@link SelChImpl#park}, which parks a virtual thread until a descriptor is ready. */
    private record Pollable(int descriptor) implements SelChImpl {

        @Override
        public int getFDVal() {
            return descriptor;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public FileDescriptor getFD() {
            throw notAChannel();
        }

        @Override
        public boolean translateAndUpdateReadyOps(int ops, SelectionKeyImpl key) {
            throw notAChannel();
        }

        @Override
        public boolean translateAndSetReadyOps(int ops, SelectionKeyImpl key) {
            throw notAChannel();
        }

        @Override
        public int translateInterestOps(int ops) {
            throw notAChannel();
        }

        @Override
        public void kill() {
            throw notAChannel();
        }

        @Override
        public void close() {
            throw notAChannel();
        }

        private static AssertionError notAChannel() {
            return new AssertionError("never handed out");
        }
    }
}
