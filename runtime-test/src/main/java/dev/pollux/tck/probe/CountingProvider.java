package dev.pollux.tck.probe;

import dev.pollux.Availability;
import dev.pollux.Capability;
import dev.pollux.spi.Backend;
import dev.pollux.spi.BackendOptions;
import dev.pollux.spi.BackendProvider;
import dev.pollux.spi.CompletionBackend;
import dev.pollux.spi.EventSink;
import dev.pollux.spi.Submission;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts what selectors ask of the backends that another provider opens, and passes everything on. So a test can say
 * "no kernel call" or "does not spin" without a clock.
 *
 * <p><b>Thread:</b> any; a count is of the calls begun so far.
 */
public final class CountingProvider implements BackendProvider {

    private final BackendProvider counted;
    private final AtomicLong opened = new AtomicLong();
    private final AtomicLong closed = new AtomicLong();
    private final AtomicLong adds = new AtomicLong();
    private final AtomicLong changes = new AtomicLong();
    private final AtomicLong removes = new AtomicLong();
    private final AtomicLong waits = new AtomicLong();
    private final AtomicLong sleeps = new AtomicLong();
    private final AtomicLong wakeups = new AtomicLong();
    private final AtomicLong submissions = new AtomicLong();

    /** Whether what opens next does no operations. */
    private volatile boolean readinessOnly;

    /** Makes a provider that offers what {@code counted} does. */
    public CountingProvider(BackendProvider counted) {
        this.counted = Objects.requireNonNull(counted, "counted");
    }

    /** Returns how many backends were opened. */
    public long opened() {
        return opened.get();
    }

    /** Returns how many backends were closed. */
    public long closed() {
        return closed.get();
    }

    /** Returns how often a source was added. */
    public long adds() {
        return adds.get();
    }

    /** Returns how often a source was changed. */
    public long changes() {
        return changes.get();
    }

    /** Returns how often a source was removed. */
    public long removes() {
        return removes.get();
    }

    /** Returns how often anything was asked about a source. */
    public long sourceCalls() {
        return adds() + changes() + removes();
    }

    /** Returns how often a wait was begun, also one that may not block. */
    public long waits() {
        return waits.get();
    }

    /** Returns how often a wait was begun that may block. */
    public long sleeps() {
        return sleeps.get();
    }

    /** Returns how often a wait was ended by a call. */
    public long wakeups() {
        return wakeups.get();
    }

    /** Returns how many operations were begun by the kernel. */
    public long submissions() {
        return submissions.get();
    }

    /** Opens backends from now on as if they did no operations, or as they are. */
    public void showReadinessOnly(boolean only) {
        readinessOnly = only;
    }

    @Override
    public String name() {
        return counted.name();
    }

    @Override
    public int priority() {
        return counted.priority();
    }

    @Override
    public Set<Capability> capabilities() {
        return counted.capabilities();
    }

    @Override
    public Availability availability() {
        return counted.availability();
    }

    @Override
    public int descriptor(SelectableChannel channel) {
        return counted.descriptor(channel);
    }

    @Override
    public Optional<String> remedy(Capability missing) {
        return counted.remedy(missing);
    }

    @Override
    public Backend open(BackendOptions options) throws IOException {
        Backend backend = counted.open(options);
        opened.incrementAndGet();
        return backend instanceof CompletionBackend operating && !readinessOnly
                ? new CountingOperations(operating)
                : new Counting(backend);
    }

    private class Counting implements Backend {

        private final Backend backend;

        Counting(Backend backend) {
            this.backend = backend;
        }

        @Override
        public void add(Object fileobj, int fd, int events, long token) throws IOException {
            adds.incrementAndGet();
            backend.add(fileobj, fd, events, token);
        }

        @Override
        public void change(Object fileobj, int fd, int events, long token) throws IOException {
            changes.incrementAndGet();
            backend.change(fileobj, fd, events, token);
        }

        @Override
        public void remove(Object fileobj, int fd, long token) {
            removes.incrementAndGet();
            backend.remove(fileobj, fd, token);
        }

        @Override
        public void await(long timeoutNanos, EventSink sink) throws IOException {
            waits.incrementAndGet();
            if (timeoutNanos > 0) {
                sleeps.incrementAndGet();
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
            wakeups.incrementAndGet();
            backend.wakeup();
        }

        @Override
        public void close() {
            closed.incrementAndGet();
            backend.close();
        }
    }

    private final class CountingOperations extends Counting implements CompletionBackend {

        private final CompletionBackend backend;

        CountingOperations(CompletionBackend backend) {
            super(backend);
            this.backend = backend;
        }

        @Override
        public boolean submit(Submission submission, long token) throws IOException {
            submissions.incrementAndGet();
            return backend.submit(submission, token);
        }

        @Override
        public void cancel(long token) {
            backend.cancel(token);
        }

        @Override
        public ByteBuffer lent(int number) {
            return backend.lent(number);
        }

        @Override
        public void giveBack(int number) {
            backend.giveBack(number);
        }

        @Override
        public int availableBuffers() {
            return backend.availableBuffers();
        }

        @Override
        public IOException failure(Submission.Kind kind, int fd, int result) {
            return backend.failure(kind, fd, result);
        }
    }
}
