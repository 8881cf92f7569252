package dev.pollux.internal.selector;

import dev.pollux.Capability;
import dev.pollux.Events;
import dev.pollux.SelectorKey;
import dev.pollux.spi.Backend;
import dev.pollux.spi.BackendOptions;
import dev.pollux.spi.BackendProvider;
import dev.pollux.spi.CompletionBackend;
import dev.pollux.spi.KernelSource;
import dev.pollux.spi.Submission;
import java.io.IOException;
import java.util.BitSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The backend in use under the key table, and its replacement by another one. Keeps two things equal: what the table says
 * is armed, and what the kernel watches.
 *
 * <p>What a registration is to be watched for is only noted at first and applied just before the next wait, so that what is
 * changed and changed back costs no system call. To begin and to end a registration is applied at once.
 */
final class ActiveBackend {

    /** Apart, because in most runs there is nothing to report, and a logger takes its time to start. */
    private static final class Log {

        static final Logger LOG = LoggerFactory.getLogger(ActiveBackend.class);
    }

    private final BackendOptions options;
    private final KeyTable table;
    private final SlotStates states;
    private final ReadyBatch batch;
    private final PutOff putOff;
    private final WakeupGate gate;
    private final KernelRequests requests;

    /** Whether someone may wait for the backend's descriptor: no wait of this selector need come before. */
    private boolean watchedFromOutside;

    private BackendProvider provider;
    private Backend backend;
    private Set<Capability> capabilities;

    /** The backend, if it does operations. */
    private @Nullable CompletionBackend operating;

    /** The thread that alone uses the backend, once it is known. */
    private @Nullable Thread attached;

    private long waits;
    private long rebuilds;
    private long swaps;
    private final AtomicLong wakeups = new AtomicLong();

    /**
     * Opens a backend.
     *
     * @param options for this backend and those that come after it
     * @param batch takes what is to be reported of sources that the backend does not take
     * @throws IOException if the backend does not open
     */
    ActiveBackend(
            BackendProvider provider,
            BackendOptions options,
            KeyTable table,
            ReadyBatch batch,
            WakeupGate gate,
            KernelRequests requests)
            throws IOException {
        this.options = options;
        this.table = table;
        this.states = table.states;
        this.batch = batch;
        this.putOff = new PutOff(states);
        this.gate = gate;
        this.requests = requests;
        this.provider = provider;
        this.capabilities = Set.copyOf(provider.capabilities());
        this.backend = provider.open(options);
        this.operating = backend instanceof CompletionBackend of ? of : null;
    }

    BackendOptions options() {
        return options;
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

    /** As {@link #descriptor}, for someone who may wait for it: from now on every change is applied at once. */
    int descriptorToWatch() {
        watchedFromOutside = true;
        applyAllPutOff();
        return backend.descriptor();
    }

    /**
     * Starts watching a new registration. For nothing it is tried out, so that every failure comes at registration; unless the
     * kernel will do operations on the source, for which it need not be watched.
     */
    void start(int slot) throws IOException {
        SelectorKey key = table.key(slot);
        int wanted = watched(key.events());
        if (wanted != Events.NONE) {
            states.want(slot, wanted, false);
            add(slot, wanted);
        } else if (operating == null || !(key.fileobj() instanceof KernelSource)) {
            backend.add(key.fileobj(), key.fd(), RegistrationChecks.anyDirection(key.fileobj()), table.token(slot));
            backend.remove(key.fileobj(), key.fd(), table.token(slot));
        }
    }

    /** Returns whether {@link #change} to {@code events} has something to ask of the backend, now or before a wait. */
    boolean asksToWatch(int slot, int events) {
        int wanted = watched(events);
        return (wanted & Events.EDGE) != 0 || (wanted != Events.NONE && wanted != states.wanted(slot));
    }

    /**
     * Watches a registration for other events; arms again what is disarmed.
     *
     * @throws IOException if it is applied at once and fails; nothing has changed then
     */
    void change(int slot, int events) throws IOException {
        int wanted = watched(events);
        int before = states.wanted(slot);
        boolean again = (wanted & Events.EDGE) != 0;
        if (wanted == before && !again) {
            return;
        }
        if (states.want(slot, wanted, again)) {
            if (!watchedFromOutside) {
                putOff.add(slot);
                return;
            }
            try {
                apply(slot);
            } catch (Throwable failed) {
                states.want(slot, before, false);
                throw failed;
            }
        }
    }

    /** Returns what the backend is to watch for; one-shot is the selector's own. */
    private static int watched(int events) {
        return events & ~Events.ONESHOT;
    }

    private void add(int slot, int wanted) throws IOException {
        SelectorKey key = table.key(slot);
        backend.add(key.fileobj(), key.fd(), wanted, table.token(slot));
        states.arm(slot, wanted);
    }

    /** Has the backend watch for what is wanted. */
    private void apply(int slot) throws IOException {
        int wanted = states.wanted(slot);
        if (wanted == Events.NONE) {
            remove(slot);
        } else if (states.armed(slot) == Events.NONE) {
            add(slot, wanted);
        } else {
            SelectorKey key = table.key(slot);
            backend.change(key.fileobj(), key.fd(), wanted, table.token(slot));
            states.arm(slot, wanted);
        }
    }

    /** Applies what was put off. Does not fail for one source: what the backend does not take is reported for that one. */
    void applyAllPutOff() {
        if (putOff.isEmpty()) {
            return;
        }
        for (int slot = putOff.poll(); slot != SlotStates.NONE; slot = putOff.poll()) {
            try {
                apply(slot);
            } catch (IOException | RuntimeException refused) {
                giveUp(slot, refused);
            }
        }
    }

    private void giveUp(int slot, Exception refused) {
        SelectorKey key = table.key(slot);
        boolean gone = RegistrationChecks.isGone(refused);
        if (!gone) {
            Log.LOG.warn(
                    "{} is not watched any more until it is modified, and is reported with ERROR: {}, backend={}",
                    key,
                    refused.toString(),
                    name());
        }
        if (states.armed(slot) != Events.NONE) {
            backend.remove(key.fileobj(), key.fd(), table.token(slot));
        }
        batch.failed(slot, gone ? Events.INVALID : Events.ERROR);
    }

    /** Disarms the directions in {@code ready}, which a one-shot registration has been reported for. */
    void disarmReported(int slot, int ready) {
        int left = states.wanted(slot) & ~ready;
        if ((left & Events.DIRECTIONS) == 0) {
            left = Events.NONE;
        }
        if (states.want(slot, left, false)) {
            putOff.add(slot);
        }
        if (watchedFromOutside) {
            applyAllPutOff();
        }
    }

    /** Stops watching a registration at once; it stays in the table. */
    void disarm(int slot) {
        states.want(slot, Events.NONE, false);
        remove(slot);
    }

    private void remove(int slot) {
        if (states.armed(slot) != Events.NONE) {
            SelectorKey key = table.key(slot);
            states.arm(slot, Events.NONE);
            backend.remove(key.fileobj(), key.fd(), table.token(slot));
        }
    }

    /** Hands to the kernel what the backend put off, then waits. */
    void await(long timeoutNanos) throws IOException {
        waits++;
        backend.flush();
        backend.await(timeoutNanos, batch);
    }

    /** Returns what does operations, or null if they are to be done on readiness. */
    @Nullable
    CompletionBackend operating() {
        return operating;
    }

    /** Has the kernel do what {@code submission} says. The backend is one that does operations. */
    void submit(Submission submission, KernelRequest request) throws IOException {
        requests.submit(Objects.requireNonNull(operating), submission, request);
    }

    void cancel(KernelRequest request) {
        if (operating != null) {
            requests.cancel(operating, request);
        }
    }

    long keepLent() {
        return requests.keepLent();
    }

    int lentNumber(long loan) {
        return requests.lentNumber(loan);
    }

    void giveBackLent(long loan) {
        if (operating != null) {
            requests.giveBackLent(operating, loan);
        }
    }

    /** Returns how many receives may find a buffer to be lent; any number, if they need none. */
    int availableBuffers() {
        return operating == null ? Integer.MAX_VALUE : operating.availableBuffers();
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
        Backend next = nextProvider.open(options);
        BitSet dropped;
        try {
            if (attached != null) {
                next.attach(attached);
            }
            dropped = addAll(next, nextProvider.name(), dropFailing);
            // What the kernel says only now must come before the old backend is gone.
            next.flush();
            drainRequests(nextProvider.name());
        } catch (Throwable failed) {
            next.close();
            throw failed;
        }
        gate.awaitCalls();
        Backend old = backend;
        String oldName = provider.name();
        backend = next;
        operating = next instanceof CompletionBackend of ? of : null;
        requests.movedOn();
        provider = nextProvider;
        capabilities = offered;
        for (int slot = table.nextUsed(0); slot != KeyTable.NONE; slot = table.nextUsed(slot + 1)) {
            if (dropped.get(slot)) {
                states.want(slot, Events.NONE, false);
            }
            if (!states.hasFailed(slot)) {
                states.arm(slot, states.wanted(slot));
            }
        }
        try {
            old.close();
        } catch (RuntimeException failed) {
            // The move is done and stays so: a caller who sees a failure may rely on the old backend.
            Log.LOG.warn("a backend failed to close after all was moved from it, backend={}", oldName, failed);
        }
    }

    /** An operation in the kernel cannot be moved: it ends, and what was not done by then is begun again. */
    private void drainRequests(String nextName) throws IOException {
        if (operating != null && (requests.inFlight() > 0 || !requests.isEmpty())) {
            if (requests.isLending()) {
                throw new IllegalStateException("swap to " + nextName
                        + " inside a completion that uses a lent buffer; swap once it has returned");
            }
            requests.drain(operating, batch);
        }
    }

    /** Ends what the kernel does at present, so that every completion is there to be delivered. */
    void drainRequests() throws IOException {
        if (operating != null && requests.inFlight() > 0) {
            requests.drain(operating, batch);
        }
    }

    private BitSet addAll(Backend next, String nextName, boolean dropFailing) throws IOException {
        BitSet dropped = new BitSet();
        for (int slot = table.nextUsed(0); slot != KeyTable.NONE; slot = table.nextUsed(slot + 1)) {
            if (states.wanted(slot) == Events.NONE || states.hasFailed(slot)) {
                continue;
            }
            SelectorKey key = table.key(slot);
            try {
                RegistrationChecks.checkNotOwn(key.fd(), next.descriptor());
                next.add(key.fileobj(), key.fd(), states.wanted(slot), table.token(slot));
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
        requests.close();
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
