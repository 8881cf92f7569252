package dev.pollux.tck.probe;

import dev.pollux.Availability;
import dev.pollux.Capability;
import dev.pollux.spi.Backend;
import dev.pollux.spi.BackendOptions;
import dev.pollux.spi.BackendProvider;
import dev.pollux.spi.EventSink;
import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Offers the backends of another provider and lets the kernel seem to fail on demand: refusals that a test cannot
 * provoke for real, or not on every kind of source. Passes everything on until told otherwise.
 */
public final class FaultyProvider implements BackendProvider {

    private final BackendProvider sound;
    private final AtomicInteger earlyReturns = new AtomicInteger();
    private final AtomicInteger callsToRefusal = new AtomicInteger();
    private volatile @Nullable IOException openFailure;
    private volatile @Nullable Object refused;
    private volatile @Nullable IOException refusal;

    public FaultyProvider(BackendProvider sound) {
        this.sound = sound;
    }

    /** From here on no backend opens. */
    public void failToOpen(IOException failure) {
        openFailure = failure;
    }

    /** From here on {@code fileobj} is neither added nor changed. */
    public void refuse(Object fileobj, IOException failure) {
        refusal = failure;
        refused = fileobj;
    }

    /** Refuses one call, the {@code number}th from here on to open a backend or to add or change a source. */
    public void refuseCall(int number, IOException failure) {
        refusal = failure;
        callsToRefusal.set(number);
    }

    /** Ends every fault but early returns. Returns whether a call that was to be refused was made. */
    public boolean recover() {
        openFailure = null;
        refused = null;
        return callsToRefusal.getAndSet(0) == 0;
    }

    /** Lets the next {@code times} waits that may block return with nothing at once, as a signal would. */
    public void returnEarly(int times) {
        earlyReturns.set(times);
    }

    @Override
    public String name() {
        return sound.name();
    }

    @Override
    public int priority() {
        return sound.priority();
    }

    @Override
    public Set<Capability> capabilities() {
        return sound.capabilities();
    }

    @Override
    public Availability availability() {
        return sound.availability();
    }

    @Override
    public int descriptor(SelectableChannel channel) {
        return sound.descriptor(channel);
    }

    @Override
    public Optional<String> remedy(Capability missing) {
        return sound.remedy(missing);
    }

    @Override
    public Backend open(BackendOptions options) throws IOException {
        IOException failure = openFailure;
        if (failure != null) {
            throw failure;
        }
        count();
        return new Faulty(sound.open(options));
    }

    private void check(Object fileobj) throws IOException {
        if (fileobj == refused) {
            throw Objects.requireNonNull(refusal);
        }
        count();
    }

    private void count() throws IOException {
        if (callsToRefusal.get() > 0 && callsToRefusal.decrementAndGet() == 0) {
            throw Objects.requireNonNull(refusal);
        }
    }

    private final class Faulty implements Backend {

        private final Backend backend;

        Faulty(Backend backend) {
            this.backend = backend;
        }

        @Override
        public void add(Object fileobj, int fd, int events, long token) throws IOException {
            check(fileobj);
            backend.add(fileobj, fd, events, token);
        }

        @Override
        public void change(Object fileobj, int fd, int events, long token) throws IOException {
            check(fileobj);
            backend.change(fileobj, fd, events, token);
        }

        @Override
        public void remove(Object fileobj, int fd, long token) {
            backend.remove(fileobj, fd, token);
        }

        @Override
        public void await(long timeoutNanos, EventSink sink) throws IOException {
            if (timeoutNanos > 0 && earlyReturns.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                return;
            }
            backend.await(timeoutNanos, sink);
        }

        @Override
        public void attach(Thread thread) throws IOException {
            backend.attach(thread);
        }

        @Override
        public void flush() throws IOException {
            backend.flush();
        }

        @Override
        public int descriptor() {
            return backend.descriptor();
        }

        @Override
        public void wakeup() {
            backend.wakeup();
        }

        @Override
        public void close() {
            backend.close();
        }
    }
}
