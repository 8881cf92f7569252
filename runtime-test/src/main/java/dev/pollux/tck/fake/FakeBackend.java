package dev.pollux.tck.fake;

import dev.pollux.Capability;
import dev.pollux.Events;
import dev.pollux.NativeIOException;
import dev.pollux.spi.Backend;
import dev.pollux.spi.EventSink;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.locks.Condition;
import org.jspecify.annotations.Nullable;

/** Watches descriptors of a {@link FakeKernel}. Guarded by the kernel's lock; a wait allocates nothing. */
class FakeBackend implements Backend {

    private static final int EPERM = 1;
    private static final int ENOENT = 2;
    private static final int EEXIST = 17;
    private static final int ELOOP = 40;

    /** What one descriptor is watched for. */
    private static final class Watch {

        final OpenFile file;
        int events;
        long token;
        long edgesTold = -1;

        Watch(OpenFile file) {
            this.file = file;
        }

        void set(int newEvents, long newToken) {
            events = newEvents;
            token = newToken;
            edgesTold = -1;
        }
    }

    final FakeKernel kernel;
    final SplittableRandom random;
    private final boolean tellsTrouble;
    private final Map<Integer, Watch> watches = new HashMap<>();

    // Whose turn it is: what was reported goes to the end, so that a small batch starves no one.
    private final List<Watch> turns = new ArrayList<>();
    private final List<Watch> batch = new ArrayList<>();

    /** The number of its own descriptor, −1 without POLLABLE. */
    int number = -1;

    private boolean woken;
    private boolean signalled;
    private @Nullable Thread waiting;

    FakeBackend(FakeKernel kernel, SplittableRandom random) {
        this.kernel = kernel;
        this.random = random;
        this.tellsTrouble = kernel.capabilities.contains(Capability.HANGUP);
    }

    @Override
    public void add(Object fileobj, int fd, int events, long token) throws IOException {
        kernel.provider().making(FakeBackendProvider.Call.ADD);
        kernel.lock.lock();
        try {
            OpenFile file = kernel.file("fake_add", fd);
            if (file.isRegular() && !kernel.capabilities.contains(Capability.REGULAR_FILES)) {
                throw new NativeIOException(
                        "fake_add", fd, EPERM, "EPERM", "files are not watched without REGULAR_FILES");
            }
            Watch watch = new Watch(file);
            watch.set(events, token);
            if (watches.putIfAbsent(fd, watch) != null) {
                throw new NativeIOException("fake_add", fd, EEXIST, "EEXIST", "it is watched already; change it");
            }
            turns.add(watch);
            if (file.backend() != null && kernel.nestTooDeep()) {
                forget(fd);
                throw new NativeIOException(
                        "fake_add", fd, ELOOP, "ELOOP", "backends form a circle or nest too deep; watch the sources");
            }
            // Another backend may watch this one.
            kernel.changed.signalAll();
        } finally {
            kernel.lock.unlock();
        }
    }

    @Override
    public void change(Object fileobj, int fd, int events, long token) throws IOException {
        kernel.provider().making(FakeBackendProvider.Call.CHANGE);
        kernel.lock.lock();
        try {
            Watch watch = watches.get(fd);
            if (watch == null) {
                throw new NativeIOException(
                        "fake_change",
                        fd,
                        ENOENT,
                        "ENOENT",
                        "another file has this number now; unregister the old one");
            }
            watch.set(events, token);
            kernel.changed.signalAll();
        } finally {
            kernel.lock.unlock();
        }
    }

    @Override
    public void remove(Object fileobj, int fd, long token) {
        kernel.lock.lock();
        try {
            forget(fd);
        } finally {
            kernel.lock.unlock();
        }
    }

    /** Stops watching a number, if it is watched. The caller holds the lock. */
    void forget(int fd) {
        Watch watch = watches.remove(fd);
        if (watch != null) {
            turns.remove(watch);
        }
    }

    /** Ends the wait in progress if {@code thread} is in it. The caller holds the lock. */
    void signal(long thread) {
        signalled |= waiting != null && waiting.getId() == thread;
    }

    @Override
    public void await(long timeoutNanos, EventSink sink) throws IOException {
        kernel.lock.lock();
        try {
            collect();
            if (hasNothing() && !woken && timeoutNanos > 0) {
                waitFor(timeoutNanos);
            }
            woken = false;
            report(sink);
            shuffle();
            for (int i = 0; i < batch.size(); i++) {
                Watch watch = batch.get(i);
                sink.ready(watch.token, ready(watch));
                watch.edgesTold = watch.file.edges(watch.events);
            }
        } finally {
            kernel.lock.unlock();
        }
    }

    private boolean hasNothing() {
        return batch.isEmpty() && !hasCompletions();
    }

    /** Does what can be done by now besides watching. The caller holds the lock. */
    void proceed() {}

    /** Returns whether something was done that is to be reported. The caller holds the lock. */
    boolean hasCompletions() {
        return false;
    }

    /** Reports what was done. The caller holds the lock. */
    void report(EventSink sink) {}

    private void waitFor(long timeoutNanos) {
        ManualClock clock = kernel.clock;
        if (timeoutNanos == Long.MAX_VALUE && kernel.singleThreaded) {
            throw new IllegalStateException("a wait without limit has nothing to report, and no other thread of this "
                    + "kernel can change that; make a source ready, schedule a timer, or leave out singleThreaded()");
        }
        if (clock != null && timeoutNanos != Long.MAX_VALUE) {
            clock.advanceNanos(timeoutNanos);
            return;
        }
        waiting = Thread.currentThread();
        signalled = false;
        try {
            sleep(kernel.changed, timeoutNanos);
        } catch (InterruptedException e) {
            // The selector learns of it from the status, and a wait that ends early reports nothing.
            Thread.currentThread().interrupt();
        } finally {
            waiting = null;
        }
    }

    private void sleep(Condition changed, long timeoutNanos) throws InterruptedException {
        long left = timeoutNanos;
        while (hasNothing() && !woken && !signalled && left > 0) {
            if (timeoutNanos == Long.MAX_VALUE) {
                changed.await();
            } else {
                left = changed.awaitNanos(left);
            }
            collect();
        }
    }

    /** Chooses what is to be reported: what is ready and has waited longest, as many as a batch holds. */
    private void collect() {
        proceed();
        batch.clear();
        for (int i = 0; i < turns.size() && batch.size() < kernel.batchLimit; i++) {
            Watch watch = turns.get(i);
            if (ready(watch) != 0) {
                batch.add(watch);
            }
        }
        if (batch.size() == kernel.batchLimit) {
            turns.removeAll(batch);
            turns.addAll(batch);
        }
    }

    /** Returns what a watch has to be told now, 0 if nothing. */
    private int ready(Watch watch) {
        if ((watch.events & Events.EDGE) != 0 && watch.edgesTold == watch.file.edges(watch.events)) {
            return 0;
        }
        int told = (watch.events & Events.DIRECTIONS) | (tellsTrouble ? Events.REPORTED_ONLY : 0);
        return watch.file.ready() & told;
    }

    /** Returns whether a source is ready. The caller holds the lock. */
    boolean isAnyReady() {
        return turns.stream().anyMatch(watch -> ready(watch) != 0);
    }

    /** Returns a number that changes whenever there is news of a source. The caller holds the lock. */
    long edges() {
        return turns.stream().mapToLong(watch -> watch.file.edges(watch.events)).sum();
    }

    /** Returns how many backends there are in the longest row that begins here, {@code limit} + 1 if there are more. */
    int depth(int limit) {
        int below = 0;
        if (limit > 0) {
            for (Watch watch : turns) {
                FakeBackend other = watch.file.backend();
                below = Math.max(below, other == null ? 0 : other.depth(limit - 1));
            }
        }
        return below + 1;
    }

    @Override
    public int descriptor() {
        return number;
    }

    private void shuffle() {
        for (int i = batch.size() - 1; i > 0; i--) {
            batch.set(i, batch.set(random.nextInt(i + 1), batch.get(i)));
        }
    }

    @Override
    public void wakeup() {
        kernel.lock.lock();
        try {
            woken = true;
            kernel.changed.signalAll();
        } finally {
            kernel.lock.unlock();
        }
    }

    @Override
    public void close() {
        kernel.lock.lock();
        try {
            kernel.closed(this);
            watches.clear();
            turns.clear();
        } finally {
            kernel.lock.unlock();
        }
    }
}
