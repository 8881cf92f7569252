package dev.pollux.internal.selector;

import dev.pollux.Capability;
import dev.pollux.Events;
import dev.pollux.SelectorKey;
import dev.pollux.spi.Backend;
import dev.pollux.spi.BackendOptions;
import dev.pollux.spi.BackendProvider;
import dev.pollux.spi.EventSink;
import java.io.IOException;
import java.util.BitSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The backend in use under the key table, and its replacement by another one. Keeps two things equal: what the table says
 * is armed, and what the kernel watches.
 */
final class ActiveBackend {

    /** Apart, because in most runs there is nothing to report, and a logger takes its time to start. */
    private static final class Log {

        static final Logger LOG = LoggerFactory.getLogger(ActiveBackend.class);
    }

    private final KeyTable table;
    private final WakeupGate gate;

    private BackendProvider provider;
    private Backend backend;
    private Set<Capability> capabilities;

    /** The thread that alone uses the backend, once it is known. */
    private @Nullable Thread attached;

    private long waits;
    private long rebuilds;
    private long swaps;
    private final AtomicLong wakeups = new AtomicLong();

    /** @throws IOException if the backend does not open */
    ActiveBackend(BackendProvider provider, KeyTable table, WakeupGate gate) throws IOException {
        this.table = table;
        this.gate = gate;
        this.provider = provider;
        this.capabilities = Set.copyOf(provider.capabilities());
        this.backend = provider.open(BackendOptions.defaults());
    }

    String name() {
        return provider.name();
    }

    Set<Capability> capabilities() {
        return capabilities;
    }

    /** Returns the descriptor of the kernel object, or −1 if it has none. */
    int descriptor() {
        return backend.descriptor();
    }

    /** Starts watching a new registration. For nothing it is tried out, so that every failure comes at registration. */
    void start(int slot) throws IOException {
        SelectorKey key = table.key(slot);
        int wanted = watched(key.events());
        if (wanted != Events.NONE) {
            add(slot, wanted);
        } else {
            backend.add(key.fileobj(), key.fd(), RegistrationChecks.anyDirection(key.fileobj()), table.token(slot));
            backend.remove(key.fileobj(), key.fd(), table.token(slot));
        }
    }

    /** Watches a registration for other events; arms again what is disarmed. */
    void change(int slot, int events) throws IOException {
        SelectorKey key = table.key(slot);
        int wanted = watched(events);
        int armed = table.armed(slot);
        if (wanted == Events.NONE) {
            disarm(slot);
        } else if (armed == Events.NONE) {
            add(slot, wanted);
        } else if (wanted != armed || (wanted & Events.EDGE) != 0) {
            backend.change(key.fileobj(), key.fd(), wanted, table.token(slot));
            table.arm(slot, wanted);
        }
    }

    /** Returns what the backend is to watch for; one-shot is the selector's own. */
    private static int watched(int events) {
        return events & ~Events.ONESHOT;
    }

    private void add(int slot, int wanted) throws IOException {
        SelectorKey key = table.key(slot);
        backend.add(key.fileobj(), key.fd(), wanted, table.token(slot));
        table.arm(slot, wanted);
    }

    /** Disarms the directions in {@code ready}, which a one-shot registration has been reported for. */
    void disarmReported(int slot, int ready) {
        int left = table.armed(slot) & ~ready;
        if ((left & Events.DIRECTIONS) == 0) {
            disarm(slot);
            return;
        }
        SelectorKey key = table.key(slot);
        try {
            backend.change(key.fileobj(), key.fd(), left, table.token(slot));
            table.arm(slot, left);
        } catch (IOException gone) {
            // The kernel no longer knows the source: what is left of it can never be reported.
            disarm(slot);
        }
    }

    /** Stops watching a registration, which stays in the table. */
    void disarm(int slot) {
        if (table.armed(slot) != Events.NONE) {
            SelectorKey key = table.key(slot);
            table.arm(slot, Events.NONE);
            backend.remove(key.fileobj(), key.fd(), table.token(slot));
        }
    }

    /** Hands to the kernel what was put off, then waits. */
    void await(long timeoutNanos, EventSink sink) throws IOException {
        waits++;
        backend.flush();
        backend.await(timeoutNanos, sink);
    }

    /** Ends the wait in progress, after the gate has said that there is one. Any thread. */
    void wakeup() {
        wakeups.incrementAndGet();
        try {
            backend.wakeup();
        } finally {
            gate.called();
        }
    }

    /** Says that from now on {@code thread} alone uses the backend, and every one that takes its place. */
    void attach(Thread thread) throws IOException {
        backend.attach(thread);
        attached = thread;
    }

    /**
     * Goes on with a backend of another provider.
     *
     * @throws IOException if it does not open or a registration cannot be moved; nothing has changed then
     */
    void swap(BackendProvider next) throws IOException {
        moveTo(next, false);
        swaps++;
    }

    /**
     * Replaces a kernel object that reports a registration it should have forgotten: a descriptor that was duplicated,
     * closed and then unregistered keeps its entry in an epoll set, and nothing can name it any more (epoll(7), Q6).
     */
    void rebuild() throws IOException {
        moveTo(provider, true);
        rebuilds++;
    }

    /**
     * Goes on with a fresh backend under the same table. The old one is closed last, so every failure leaves it as is.
     *
     * @param dropFailing whether a source that cannot be added, because it was closed meanwhile, just stays silent
     */
    private void moveTo(BackendProvider nextProvider, boolean dropFailing) throws IOException {
        Set<Capability> offered = Set.copyOf(nextProvider.capabilities());
        Backend next = nextProvider.open(BackendOptions.defaults());
        BitSet dropped;
        try {
            if (attached != null) {
                next.attach(attached);
            }
            dropped = addAll(next, nextProvider.name(), dropFailing);
            // What the kernel says only now must come before the old backend is gone.
            next.flush();
        } catch (Throwable failed) {
            next.close();
            throw failed;
        }
        gate.awaitCalls();
        Backend old = backend;
        String oldName = provider.name();
        backend = next;
        provider = nextProvider;
        capabilities = offered;
        dropped.stream().forEach(slot -> table.arm(slot, Events.NONE));
        try {
            old.close();
        } catch (RuntimeException failed) {
            // The move is done and stays so: a caller who sees a failure may rely on the old backend.
            Log.LOG.warn("a backend failed to close after all was moved from it, backend={}", oldName, failed);
        }
    }

    private BitSet addAll(Backend next, String nextName, boolean dropFailing) throws IOException {
        BitSet dropped = new BitSet();
        for (int slot = table.nextUsed(0); slot != KeyTable.NONE; slot = table.nextUsed(slot + 1)) {
            if (table.armed(slot) == Events.NONE) {
                continue;
            }
            SelectorKey key = table.key(slot);
            try {
                RegistrationChecks.checkNotOwn(key.fd(), next.descriptor());
                next.add(key.fileobj(), key.fd(), table.armed(slot), table.token(slot));
            } catch (IOException failed) {
                if (!dropFailing) {
                    throw new IOException(
                            "swap to " + nextName + ": " + RegistrationChecks.describe(key.fileobj(), key.fd())
                                    + " cannot be moved; unregister it and swap again, " + provider.name()
                                    + " goes on meanwhile",
                            failed);
                }
                dropped.set(slot);
            }
        }
        return dropped;
    }

    /** Closes the backend. The gate is closed and no thread is inside. */
    void close() {
        gate.awaitCalls();
        backend.close();
    }

    long waits() {
        return waits;
    }

    long wakeups() {
        return wakeups.get();
    }

    long rebuilds() {
        return rebuilds;
    }

    long swaps() {
        return swaps;
    }
}
