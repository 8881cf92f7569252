package dev.pollux.internal.selector;

import dev.pollux.Capability;
import dev.pollux.EventSelector;
import dev.pollux.HasFd;
import dev.pollux.NanoClock;
import dev.pollux.NotRegisteredException;
import dev.pollux.ReadyHandler;
import dev.pollux.SelectorKey;
import dev.pollux.SelectorMetrics;
import dev.pollux.internal.discovery.BackendCatalog;
import dev.pollux.internal.leak.Leaks;
import dev.pollux.spi.BackendOptions;
import dev.pollux.spi.BackendProvider;
import dev.pollux.spi.Submission;
import dev.pollux.spi.Timeouts;
import java.io.IOException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectableChannel;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The selectors contract over any backend: the only implementation of {@link EventSelector} there is.
 *
 * <p>Each call first asks and checks, then changes: nothing of the user's runs from the first change on. What the parts do
 * is theirs: {@link Ownership} keeps a second thread out, {@link Selection} waits and delivers, {@link ActiveBackend}
 * watches and moves.
 */
public final class KeyedSelector implements EventSelector {

    /** In place of what {@link #keepLent} returns: nothing is kept. */
    public static final long NO_LOAN = LentNumbers.NO_LOAN;

    private final BackendCatalog catalog;
    private final RegistrationChecks checks;
    private final KeyTable table = new KeyTable();
    private final WakeupGate gate = new WakeupGate();
    private final ActiveBackend active;
    private final Ownership ownership;
    private final Selection selection;
    private final Leaks.@Nullable Watch watch;

    /**
     * Opens a selector on a backend of {@code provider}.
     *
     * @param catalog knows descriptors of channels, and the other backends to swap to
     * @param clock measures how much of a wait is left
     * @throws IOException if the backend does not open
     */
    public KeyedSelector(BackendProvider provider, BackendCatalog catalog, NanoClock clock) throws IOException {
        this(provider, catalog, clock, BackendOptions.defaults());
    }

    /**
     * As {@link #KeyedSelector(BackendProvider, BackendCatalog, NanoClock)}.
     *
     * @param options for this backend and those that come after it
     * @throws IOException if the backend does not open
     */
    public KeyedSelector(BackendProvider provider, BackendCatalog catalog, NanoClock clock, BackendOptions options)
            throws IOException {
        this.catalog = catalog;
        checks = new RegistrationChecks(catalog);
        KernelRequests requests = new KernelRequests();
        ReadyBatch batch = new ReadyBatch(table.states, requests);
        active = new ActiveBackend(provider, options, table, batch, gate, requests);
        ownership = new Ownership(gate, active::close);
        selection = new Selection(table, batch, requests, active, gate, ownership, clock, this::nudge);
        watch = Leaks.watch(this, "selector on backend ".concat(provider.name()));
    }

    /** Returns what this wishes of its backends. */
    public BackendOptions options() {
        return active.options();
    }

    @Override
    public SelectorKey register(Object fileobj, int events, @Nullable Object data) throws IOException {
        boolean outermost = ownership.enter();
        try {
            checkEvents(events);
            Objects.requireNonNull(fileobj, "fileobj");
            int fd = checks.descriptor(fileobj);
            checks.checkSource(fileobj, fd, active.capabilities(), active.name());
            RegistrationChecks.checkOperations(fileobj, events);
            RegistrationChecks.checkNotOwn(fd, active.descriptor());
            int other = table.findObject(fileobj);
            if (other == KeyTable.NONE) {
                other = table.findFd(fd);
            }
            if (other != KeyTable.NONE) {
                throw RegistrationChecks.alreadyRegistered(fileobj, table.key(other));
            }
            SelectorKey key = new SelectorKey(fileobj, fd, events, data);
            int slot = table.add(key);
            try {
                active.start(slot);
            } catch (Throwable failed) {
                table.remove(slot);
                throw failed;
            }
            return key;
        } finally {
            ownership.exit(outermost);
        }
    }

    @Override
    public SelectorKey modify(Object fileobj, int events) throws IOException {
        boolean outermost = ownership.enter();
        try {
            checkEvents(events);
            int slot = find(fileobj);
            return modify(slot, events, table.key(slot).data());
        } finally {
            ownership.exit(outermost);
        }
    }

    @Override
    public SelectorKey modify(Object fileobj, int events, @Nullable Object data) throws IOException {
        boolean outermost = ownership.enter();
        try {
            checkEvents(events);
            return modify(find(fileobj), events, data);
        } finally {
            ownership.exit(outermost);
        }
    }

    private SelectorKey modify(int slot, int events, @Nullable Object data) throws IOException {
        SelectorKey old = table.key(slot);
        RegistrationChecks.checkOperations(old.fileobj(), events);
        if (active.asksToWatch(slot, events)) {
            RegistrationChecks.checkOpen(old.fileobj());
        }
        active.change(slot, events);
        if (events == old.events() && data == old.data()) {
            return old;
        }
        SelectorKey key = new SelectorKey(old.fileobj(), old.fd(), events, data);
        table.replace(slot, key);
        return key;
    }

    @Override
    public SelectorKey unregister(Object fileobj) {
        boolean outermost = ownership.enter();
        try {
            int slot = find(fileobj);
            SelectorKey key = table.key(slot);
            try {
                active.disarm(slot);
            } finally {
                // Whatever the backend says to it, the key is gone.
                selection.forget(slot);
                table.remove(slot);
            }
            return key;
        } finally {
            ownership.exit(outermost);
        }
    }

    private void checkEvents(int events) {
        RegistrationChecks.checkBits(events);
        checks.checkEvents(events, active.capabilities(), active.name());
    }

    @Override
    public SelectorKey key(Object fileobj) {
        boolean outermost = ownership.enter();
        try {
            return table.key(find(fileobj));
        } finally {
            ownership.exit(outermost);
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

    @Override
    public Map<Object, SelectorKey> keys() {
        ownership.exit(ownership.enter());
        return KeysView.over(table, ownership, this::lookUp);
    }

    @Override
    public int select(Duration timeout, ReadyHandler handler) throws IOException {
        return selectNanos(Timeouts.nanos(timeout), handler);
    }

    @Override
    public int selectNanos(long timeoutNanos, ReadyHandler handler) throws IOException {
        Objects.requireNonNull(handler, "handler");
        boolean outermost = enterSelect();
        try {
            return selection.run(timeoutNanos, handler);
        } finally {
            ownership.exit(outermost);
        }
    }

    private boolean enterSelect() {
        boolean outermost = ownership.enter();
        if (!outermost) {
            ownership.exit(false);
            throw new IllegalStateException("select inside a handler of the same selector; return from the handler "
                    + "and select again, or use another selector");
        }
        return true;
    }

    /** Returns whether {@code time} is what {@link #selectAt} is to be given. */
    public boolean isTimedBy(NanoClock time) {
        return selection.isTimedBy(time);
    }

    /**
     * Waits as {@link #selectNanos}, from a moment that the caller has just read.
     *
     * @param nowNanos the time of this selector's clock
     */
    public int selectAt(long nowNanos, long timeoutNanos, ReadyHandler handler) throws IOException {
        boolean outermost = enterSelect();
        try {
            return selection.run(nowNanos, timeoutNanos, handler);
        } finally {
            ownership.exit(outermost);
        }
    }

    /**
     * Keeps this selector for the calling thread, whose calls cost less from now on, until {@link #release}. A thread that
     * claimed it before loses it; the caller sees to it that the two are ordered. Does nothing after a close.
     *
     * <p>If the selector is closed by another thread meanwhile, the claiming one releases what it opened: at the end of its
     * call, at its next one, or with {@link #release}.
     *
     * @throws IllegalStateException if a thread is inside
     */
    public void claim() {
        ownership.claim(Thread.currentThread() instanceof NudgingThread thread && thread.nudges(this));
    }

    /** Gives back what {@link #claim} took, outside any other call. Does nothing if another thread has claimed since. */
    public void release() {
        ownership.disclaim();
    }

    /**
     * Ends the wait in progress, if any, and leaves the next one alone. For {@link NudgingThread}, after its status is set.
     *
     * <p><b>Thread:</b> any. Never blocks.
     */
    public void nudge() {
        if (gate.nudge()) {
            active.wakeup();
        }
    }

    /** Returns the key whose handler runs now, or null. For reports: any thread may ask, and is answered without order. */
    public @Nullable SelectorKey delivering() {
        return selection.delivering();
    }

    @Override
    public void wakeup() {
        if (gate.wake()) {
            active.wakeup();
        }
    }

    @Override
    public void swap(String name) throws IOException {
        Objects.requireNonNull(name, "name");
        boolean outermost = ownership.enter();
        try {
            BackendProvider next = catalog.available(name);
            Set<Capability> offered = next.capabilities();
            for (int slot = table.nextUsed(0); slot != KeyTable.NONE; slot = table.nextUsed(slot + 1)) {
                SelectorKey key = table.key(slot);
                checks.checkSource(key.fileobj(), key.fd(), offered, name);
                checks.checkEvents(key.events(), offered, name);
            }
            active.swap(next);
        } finally {
            ownership.exit(outermost);
        }
    }

    /**
     * Says that from now on {@code thread} alone uses this selector; a loop does so on its own thread before it waits.
     * Every backend that is swapped in later learns of it as well.
     *
     * @throws IOException if the backend cannot be bound to the thread
     */
    public void attach(Thread thread) throws IOException {
        boolean outermost = ownership.enter();
        try {
            active.attach(thread);
        } finally {
            ownership.exit(outermost);
        }
    }

    /** Returns whether the kernel does operations, so that {@link #submit} may be called. */
    public boolean doesOperations() {
        boolean outermost = ownership.enter();
        try {
            return active.operating() != null;
        } finally {
            ownership.exit(outermost);
        }
    }

    /**
     * Has the kernel do what {@code submission} says; {@code request} learns what became of it, within a select.
     *
     * @throws IOException if it cannot be begun
     */
    public void submit(Submission submission, KernelRequest request) throws IOException {
        boolean outermost = ownership.enter();
        try {
            active.submit(submission, request);
        } finally {
            ownership.exit(outermost);
        }
    }

    /**
     * Keeps the buffer that a completion has been lent, beyond that completion.
     *
     * @return what {@link #giveBackLent} takes; {@link #NO_LOAN} if nothing is lent, or so much is kept that the rest is
     *     needed
     */
    public long keepLent() {
        return active.keepLent();
    }

    /** Returns the number of a buffer that {@link #keepLent} has kept; −1 for any other, or if the backend that lent it is gone. */
    public int lentNumber(long loan) {
        return active.lentNumber(loan);
    }

    /** Gives back what {@link #keepLent} has kept. Does nothing if the backend that lent it is gone. */
    public void giveBackLent(long loan) {
        active.giveBackLent(loan);
    }

    /** Returns how many receives may find a buffer that the kernel lends; any number, if the kernel lends none. */
    public int availableBuffers() {
        return active.availableBuffers();
    }

    /**
     * Has the kernel end every request, and delivers all that it has done: for the end of a loop.
     *
     * @throws IOException if some do not end
     */
    public void endRequests() throws IOException {
        boolean outermost = enterSelect();
        try {
            selection.endRequests();
        } finally {
            ownership.exit(outermost);
        }
    }

    /** Has the kernel end a request, which completes all the same. Does nothing if it is not in flight. */
    public void cancel(KernelRequest request) {
        boolean outermost = ownership.enter();
        try {
            active.cancel(request);
        } finally {
            ownership.exit(outermost);
        }
    }

    @Override
    public OptionalInt descriptor() {
        boolean outermost = ownership.enter();
        try {
            return active.capabilities().contains(Capability.POLLABLE)
                    ? OptionalInt.of(active.descriptorToWatch())
                    : OptionalInt.empty();
        } finally {
            ownership.exit(outermost);
        }
    }

    @Override
    public String backend() {
        boolean outermost = ownership.enter();
        try {
            return active.name();
        } finally {
            ownership.exit(outermost);
        }
    }

    @Override
    public Set<Capability> capabilities() {
        boolean outermost = ownership.enter();
        try {
            return active.capabilities();
        } finally {
            ownership.exit(outermost);
        }
    }

    @Override
    public SelectorMetrics metrics() {
        if (gate.isClosed()) {
            throw new ClosedSelectorException();
        }
        return SelectorMetrics.builder()
                .registered(table.size())
                .waits(active.waits())
                .events(selection.events())
                .staleEvents(selection.staleEvents())
                .wakeups(active.wakeups())
                .rebuilds(active.rebuilds())
                .swaps(active.swaps())
                .build();
    }

    @Override
    public boolean isOpen() {
        return !gate.isClosed();
    }

    @Override
    public void close() {
        if (gate.close()) {
            active.wakeup();
        }
        if (watch != null) {
            watch.closed();
        }
        ownership.closed();
    }
}
