package dev.pollux.internal.selector;

import dev.pollux.Capability;
import dev.pollux.EventSelector;
import dev.pollux.Events;
import dev.pollux.HasFd;
import dev.pollux.NanoClock;
import dev.pollux.NotRegisteredException;
import dev.pollux.ReadyHandler;
import dev.pollux.SelectorKey;
import dev.pollux.SelectorMetrics;
import dev.pollux.internal.discovery.BackendCatalog;
import dev.pollux.spi.Backend;
import dev.pollux.spi.BackendOptions;
import dev.pollux.spi.BackendProvider;
import dev.pollux.spi.Timeouts;
import java.io.IOException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectableChannel;
import java.time.Duration;
import java.util.BitSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The selectors contract over any backend: the only implementation of {@link EventSelector} there is.
 *
 * <p>A select has two steps that never mix. While the backend waits, {@link ReadyBatch} collects tokens; once it has
 * returned, they are looked up and delivered. So a handler may change anything, even close or replace the backend, and a
 * token whose registration is gone by then finds nothing.
 */
public final class KeyedSelector implements EventSelector {

    private final BackendCatalog catalog;
    private final Admission admission;
    private final NanoClock clock;
    private final KeyTable table = new KeyTable();
    private final ReadyBatch batch = new ReadyBatch(table);
    private final WakeupGate gate = new WakeupGate();
    private final SpinGuard spinGuard = new SpinGuard();
    private final InterruptHook interruptHook = new InterruptHook(this::nudge);
    private final AtomicReference<@Nullable Thread> owner = new AtomicReference<>();

    private BackendProvider provider;
    private Backend backend;
    private Set<Capability> capabilities;

    private boolean selecting;
    private boolean interruptTold;

    /** Whether the interrupt status was taken away for the length of a select, and is to be set again after it. */
    private boolean interruptHidden;

    private boolean released;

    private long waits;
    private long events;
    private long rebuilds;
    private long swaps;
    private final AtomicLong wakeups = new AtomicLong();

    /**
     * Opens a selector on a backend of {@code provider}.
     *
     * @param catalog tells descriptors of channels, and the other backends to swap to
     * @param clock tells how much of a wait is left
     * @throws IOException if the backend does not open
     */
    public KeyedSelector(BackendProvider provider, BackendCatalog catalog, NanoClock clock) throws IOException {
        this.catalog = catalog;
        this.clock = clock;
        this.admission = new Admission(catalog);
        this.provider = provider;
        this.capabilities = Set.copyOf(provider.capabilities());
        this.backend = provider.open(BackendOptions.defaults());
    }

    @Override
    public SelectorKey register(Object fileobj, int events, @Nullable Object data) throws IOException {
        boolean outermost = enter();
        try {
            checkEvents(events);
            Objects.requireNonNull(fileobj, "fileobj");
            int fd = admission.descriptor(fileobj);
            admission.checkSource(fileobj, fd, capabilities, provider.name());
            Admission.checkOperations(fileobj, events);
            int other = table.findObject(fileobj);
            if (other == KeyTable.NONE) {
                other = table.findFd(fd);
            }
            if (other != KeyTable.NONE) {
                throw Admission.alreadyRegistered(fileobj, table.key(other));
            }
            SelectorKey key = new SelectorKey(fileobj, fd, events, data);
            int slot = table.add(key);
            try {
                startWatching(slot, key);
            } catch (Throwable refused) {
                table.remove(slot);
                throw refused;
            }
            return key;
        } finally {
            exit(outermost);
        }
    }

    /** Arms a new registration. One that watches nothing is tried out, so that every refusal comes at registration. */
    private void startWatching(int slot, SelectorKey key) throws IOException {
        int wanted = watched(key.events());
        if (wanted != Events.NONE) {
            backend.add(key.fileobj(), key.fd(), wanted, table.token(slot));
            table.arm(slot, wanted);
        } else {
            backend.add(key.fileobj(), key.fd(), Admission.anyDirection(key.fileobj()), table.token(slot));
            backend.remove(key.fileobj(), key.fd(), table.token(slot));
        }
    }

    @Override
    public SelectorKey modify(Object fileobj, int events) throws IOException {
        boolean outermost = enter();
        try {
            checkEvents(events);
            int slot = find(fileobj);
            return modify(slot, events, table.key(slot).data());
        } finally {
            exit(outermost);
        }
    }

    @Override
    public SelectorKey modify(Object fileobj, int events, @Nullable Object data) throws IOException {
        boolean outermost = enter();
        try {
            checkEvents(events);
            return modify(find(fileobj), events, data);
        } finally {
            exit(outermost);
        }
    }

    private SelectorKey modify(int slot, int events, @Nullable Object data) throws IOException {
        SelectorKey old = table.key(slot);
        Admission.checkOperations(old.fileobj(), events);
        int wanted = watched(events);
        int armed = table.armed(slot);
        if (wanted == Events.NONE) {
            disarm(slot);
        } else if (armed == Events.NONE) {
            backend.add(old.fileobj(), old.fd(), wanted, table.token(slot));
            table.arm(slot, wanted);
        } else if (wanted != armed || (wanted & Events.EDGE) != 0) {
            backend.change(old.fileobj(), old.fd(), wanted, table.token(slot));
            table.arm(slot, wanted);
        }
        if (events == old.events() && data == old.data()) {
            return old;
        }
        SelectorKey key = new SelectorKey(old.fileobj(), old.fd(), events, data);
        table.replace(slot, key);
        return key;
    }

    @Override
    public SelectorKey unregister(Object fileobj) {
        boolean outermost = enter();
        try {
            int slot = find(fileobj);
            SelectorKey key = table.key(slot);
            try {
                disarm(slot);
            } finally {
                // Whatever the backend says to it, the key is gone.
                batch.forget(slot);
                spinGuard.freed(slot);
                table.remove(slot);
            }
            return key;
        } finally {
            exit(outermost);
        }
    }

    @Override
    public SelectorKey key(Object fileobj) {
        boolean outermost = enter();
        try {
            return table.key(find(fileobj));
        } finally {
            exit(outermost);
        }
    }

    @Override
    public Map<Object, SelectorKey> keys() {
        exit(enter());
        return KeysView.over(this);
    }

    @Override
    public int select(Duration timeout, ReadyHandler handler) throws IOException {
        return selectNanos(Timeouts.nanos(timeout), handler);
    }

    @Override
    public int selectNanos(long timeoutNanos, ReadyHandler handler) throws IOException {
        Objects.requireNonNull(handler, "handler");
        boolean outermost = enter();
        if (!outermost || selecting) {
            exit(outermost);
            throw new IllegalStateException("select inside a handler of the same selector; return from the handler and "
                    + "select again, or use another selector");
        }
        selecting = true;
        try {
            return waitAndDeliver(timeoutNanos, handler);
        } finally {
            showInterrupt();
            selecting = false;
            exit(true);
        }
    }

    /** Keeps the deadline: whatever ends the backend's wait early, except what the caller must learn, waits again. */
    private int waitAndDeliver(long timeoutNanos, ReadyHandler handler) throws IOException {
        boolean timed = timeoutNanos > 0 && timeoutNanos != Long.MAX_VALUE;
        long start = timed ? clock.nanoTime() : 0;
        long remaining = timeoutNanos;
        while (true) {
            boolean ended = collect(remaining);
            if (gate.isClosed()) {
                throw new ClosedSelectorException();
            }
            boolean zombieSeen = batch.takeZombieSeen();
            if (zombieSeen) {
                spinGuard.aboutToRebuild(provider.name());
                rebuild();
            }
            int delivered = batch.isEmpty() ? 0 : deliver(handler);
            if (delivered > 0) {
                spinGuard.calm();
                return delivered;
            }
            if (ended) {
                if (!zombieSeen) {
                    spinGuard.calm();
                }
                return 0;
            }
            long now = clock.nanoTime();
            if (timed) {
                remaining = timeoutNanos - (now - start);
                if (remaining <= 0) {
                    spinGuard.calm();
                    return 0;
                }
            }
            stopSpinning(spinGuard.premature(now, provider.name()));
        }
    }

    private void stopSpinning(SpinGuard.Remedy remedy) throws IOException {
        if (remedy == SpinGuard.Remedy.REBUILD) {
            rebuild();
        } else if (remedy == SpinGuard.Remedy.ISOLATE) {
            int slot = spinGuard.culprit();
            spinGuard.isolated(table.key(slot), provider.name());
            disarm(slot);
        }
    }

    /** Waits once and collects what is ready. Returns whether a wakeup, an interrupt or the lack of time ends it. */
    private boolean collect(long timeoutNanos) throws IOException {
        waits++;
        Thread me = Thread.currentThread();
        boolean set = me.isInterrupted();
        boolean tellInterrupt = set && (interruptHidden || !interruptTold);
        interruptTold = set || interruptHidden;
        if (timeoutNanos <= 0 || tellInterrupt || !batch.isEmpty()) {
            gate.consume();
            backend.await(0, batch);
            return true;
        }
        if (gate.enter() != 0) {
            backend.await(0, batch);
            return true;
        }
        if (set) {
            // Told before and still set: java.nio would not wait at all. Hidden meanwhile, it cannot make this spin,
            // and
            // another one can be told apart, also between two waits of one select.
            Thread.interrupted();
            interruptHidden = true;
        }
        int end;
        interruptHook.before();
        try {
            backend.await(timeoutNanos, batch);
        } finally {
            interruptHook.after();
            end = gate.leave();
            if (me.isInterrupted()) {
                interruptTold = true;
                end |= WakeupGate.WOKEN;
            }
        }
        return end != 0;
    }

    private void showInterrupt() {
        if (interruptHidden) {
            interruptHidden = false;
            Thread.currentThread().interrupt();
        }
    }

    private int deliver(ReadyHandler handler) throws IOException {
        showInterrupt();
        int delivered = 0;
        try {
            for (int slot = batch.next(); slot != KeyTable.NONE; slot = batch.next()) {
                int ready = visible(batch.take(slot), table.armed(slot));
                if (ready == 0) {
                    spinGuard.unasked(slot);
                    continue;
                }
                SelectorKey key = table.key(slot);
                if ((ready & Events.INVALID) != 0) {
                    // poll(2) and select(2) would report a closed descriptor for ever: it is told once.
                    disarm(slot);
                } else if ((key.events() & Events.ONESHOT) != 0) {
                    disarmDelivered(slot, key, ready);
                }
                events++;
                delivered++;
                handler.onReady(key, ready);
                if (gate.isClosed()) {
                    break;
                }
            }
        } finally {
            batch.endDelivery();
        }
        return delivered;
    }

    /**
     * Returns the part of {@code ready} that was asked for. A hang-up or an error shows as every direction asked for,
     * so that the callback's own read or write meets the cause.
     */
    private static int visible(int ready, int armed) {
        int asked = armed & Events.DIRECTIONS;
        int trouble = ready & Events.REPORTED_ONLY;
        if (asked == 0 || trouble == 0) {
            return ready & asked;
        }
        int implied = asked & (Events.READ | Events.WRITE);
        return (ready & asked) | trouble | (implied == 0 ? asked : implied);
    }

    private void disarmDelivered(int slot, SelectorKey key, int ready) {
        int left = table.armed(slot) & ~ready;
        if ((left & Events.DIRECTIONS) == 0) {
            disarm(slot);
            return;
        }
        try {
            backend.change(key.fileobj(), key.fd(), left, table.token(slot));
            table.arm(slot, left);
        } catch (IOException gone) {
            // The kernel no longer knows the source: what is left of it can never be reported.
            disarm(slot);
        }
    }

    private void disarm(int slot) {
        if (table.armed(slot) != Events.NONE) {
            SelectorKey key = table.key(slot);
            table.arm(slot, Events.NONE);
            backend.remove(key.fileobj(), key.fd(), table.token(slot));
        }
    }

    @Override
    public void wakeup() {
        if (gate.wake()) {
            callBackend();
        }
    }

    private void nudge() {
        if (gate.nudge()) {
            callBackend();
        }
    }

    private void callBackend() {
        wakeups.incrementAndGet();
        try {
            backend.wakeup();
        } finally {
            gate.called();
        }
    }

    @Override
    public void swap(String name) throws IOException {
        Objects.requireNonNull(name, "name");
        boolean outermost = enter();
        try {
            BackendProvider next = catalog.available(name);
            Set<Capability> offered = next.capabilities();
            for (int slot = 0; slot < table.slotLimit(); slot++) {
                SelectorKey key = table.keyOrNull(slot);
                if (key != null) {
                    admission.checkSource(key.fileobj(), key.fd(), offered, name);
                    admission.checkEvents(key.events(), offered, name);
                }
            }
            moveTo(next, false);
            swaps++;
        } finally {
            exit(outermost);
        }
    }

    /**
     * Replaces a kernel object that reports a registration it should have forgotten: a descriptor that was duplicated,
     * closed and then unregistered keeps its entry in an epoll set, and nothing can name it any more (epoll(7), Q6).
     */
    private void rebuild() throws IOException {
        try {
            moveTo(provider, true);
        } catch (Throwable failed) {
            // What was collected is not delivered by this select, and may not hold any more at the next.
            batch.endDelivery();
            throw failed;
        }
        rebuilds++;
    }

    /**
     * Goes on with a fresh backend under the same table. The old one is closed last, so every failure leaves it as is.
     *
     * @param dropRefused whether a source that the kernel refuses, because it was closed meanwhile, just stays silent
     */
    private void moveTo(BackendProvider nextProvider, boolean dropRefused) throws IOException {
        Backend next = nextProvider.open(BackendOptions.defaults());
        BitSet dropped = new BitSet();
        try {
            for (int slot = 0; slot < table.slotLimit(); slot++) {
                SelectorKey key = table.keyOrNull(slot);
                if (key == null || table.armed(slot) == Events.NONE) {
                    continue;
                }
                try {
                    next.add(key.fileobj(), key.fd(), table.armed(slot), table.token(slot));
                } catch (IOException refused) {
                    if (!dropRefused) {
                        throw new IOException(
                                "swap to " + nextProvider.name() + ": " + Admission.describe(key.fileobj(), key.fd())
                                        + " is refused; unregister it and swap again, " + provider.name()
                                        + " goes on meanwhile",
                                refused);
                    }
                    dropped.set(slot);
                }
            }
        } catch (Throwable failed) {
            next.close();
            throw failed;
        }
        gate.awaitCalls();
        Backend old = backend;
        backend = next;
        provider = nextProvider;
        capabilities = Set.copyOf(nextProvider.capabilities());
        dropped.stream().forEach(slot -> table.arm(slot, Events.NONE));
        old.close();
    }

    @Override
    public String backend() {
        boolean outermost = enter();
        try {
            return provider.name();
        } finally {
            exit(outermost);
        }
    }

    @Override
    public Set<Capability> capabilities() {
        boolean outermost = enter();
        try {
            return capabilities;
        } finally {
            exit(outermost);
        }
    }

    @Override
    public SelectorMetrics metrics() {
        if (gate.isClosed()) {
            throw new ClosedSelectorException();
        }
        return new SelectorMetrics(table.size(), waits, events, batch.staleEvents(), wakeups.get(), rebuilds, swaps);
    }

    @Override
    public boolean isOpen() {
        return !gate.isClosed();
    }

    @Override
    public void close() {
        if (gate.close()) {
            callBackend();
        }
        if (owner.get() != Thread.currentThread()) {
            releaseIfUnused();
        }
    }

    private void releaseIfUnused() {
        if (owner.compareAndSet(null, Thread.currentThread())) {
            if (!released) {
                released = true;
                gate.awaitCalls();
                backend.close();
            }
            owner.set(null);
        }
    }

    /** Returns whether this call is the outermost one of its thread, which must then {@link #exit}. */
    private boolean enter() {
        boolean outermost = enterUnlessClosed();
        if (gate.isClosed()) {
            exit(outermost);
            throw new ClosedSelectorException();
        }
        return outermost;
    }

    private boolean enterUnlessClosed() {
        Thread me = Thread.currentThread();
        Thread inside = owner.get();
        if (inside == me) {
            return false;
        }
        if (owner.compareAndSet(null, me)) {
            return true;
        }
        if (gate.isClosed()) {
            throw new ClosedSelectorException();
        }
        inside = owner.get();
        throw new IllegalStateException("thread " + me.getName() + " uses a selector that thread "
                + (inside == null ? "(just left)" : inside.getName())
                + " is using; only wakeup and close may be called from other threads");
    }

    private void exit(boolean outermost) {
        if (outermost) {
            owner.set(null);
            // A close that found this thread inside left the release to it. Both write before they read, so one sees
            // it.
            if (gate.isClosed()) {
                releaseIfUnused();
            }
        }
    }

    private int find(Object fileobj) {
        Objects.requireNonNull(fileobj, "fileobj");
        int slot = lookUp(fileobj);
        if (slot == KeyTable.NONE) {
            throw new NotRegisteredException(
                    "not registered: " + fileobj + "; register it first (" + table.size() + " registered)");
        }
        return slot;
    }

    /** By identity first: a closed object still finds its registration, whatever became of its number. */
    private int lookUp(Object fileobj) {
        int slot = table.findObject(fileobj);
        if (slot == KeyTable.NONE && fileobj instanceof HasFd source) {
            slot = table.findFd(source.fd());
        } else if (slot == KeyTable.NONE && fileobj instanceof SelectableChannel channel && channel.isOpen()) {
            slot = table.findFd(catalog.descriptor(channel));
        }
        return slot;
    }

    /** Returns what the live view asks of the table; nothing once closed, for a view is empty then and does not throw. */
    private <T> Optional<T> view(Supplier<Optional<T>> answer) {
        boolean outermost;
        try {
            outermost = enter();
        } catch (ClosedSelectorException closed) {
            return Optional.empty();
        }
        try {
            return answer.get();
        } finally {
            exit(outermost);
        }
    }

    /** Returns the key of {@code fileobj} for the live view, or null. */
    @Nullable
    SelectorKey peek(Object fileobj) {
        return view(() -> {
                    int slot = lookUp(fileobj);
                    return slot == KeyTable.NONE ? Optional.empty() : Optional.of(table.key(slot));
                })
                .orElse(null);
    }

    /** Returns the number of registrations for the live view. */
    int registered() {
        return view(() -> Optional.of(table.size())).orElse(0);
    }

    /** Returns the next slot in use from {@code slot} on for the live view, or {@link KeyTable#NONE}. */
    int nextRegistered(int slot) {
        return view(() -> Optional.of(table.nextUsed(slot))).orElse(KeyTable.NONE);
    }

    /** Returns the key in {@code slot} for the live view, or null if it is free. */
    @Nullable
    SelectorKey keyInSlot(int slot) {
        return view(() -> Optional.ofNullable(table.keyOrNull(slot))).orElse(null);
    }

    private void checkEvents(int events) {
        Admission.checkBits(events);
        admission.checkEvents(events, capabilities, provider.name());
    }

    /** Returns what the backend is to watch for: no directions means nothing at all, and one-shot is ours alone. */
    private static int watched(int events) {
        return (events & Events.DIRECTIONS) == 0 ? Events.NONE : events & ~Events.ONESHOT;
    }
}
