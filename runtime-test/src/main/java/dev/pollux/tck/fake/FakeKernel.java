package dev.pollux.tck.fake;

import dev.pollux.Capability;
import dev.pollux.Events;
import dev.pollux.NativeIOException;
import dev.pollux.spi.BackendOptions;
import dev.pollux.tck.source.Descriptors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Descriptors, pipes and connections in memory, and the backends that watch them. A number that is closed goes to
 * the one who opens something next, as POSIX has it, and is forgotten by every backend at once.
 *
 * <p>All numbers are the fake's own: a descriptor of the process means nothing to it.
 *
 * <p><b>Thread:</b> any.
 */
public final class FakeKernel implements Descriptors {

    /** Below are those that a process is born with. */
    private static final int FIRST_NUMBER = 3;

    /** A process of Linux may raise its limit to this many, but no further by default (fs.nr_open, proc(5)). */
    private static final int NUMBERS = 1 << 20;

    /** As many backends may watch each other in a row, as on Linux (epoll_ctl(2), ELOOP). */
    private static final int NESTED = 5;

    private static final int EBADF = 9;
    private static final int EINVAL = 22;
    private static final int EPIPE = 32;
    private static final int ECONNREFUSED = 111;

    final ReentrantLock lock = new ReentrantLock();

    /** Signalled whenever a wait may have an end: something became ready, a wakeup, a signal. */
    final Condition changed = lock.newCondition();

    final Set<Capability> capabilities;
    final @Nullable ManualClock clock;
    final boolean singleThreaded;
    final int batchLimit;

    private final SplittableRandom random;
    private final FakeBackendProvider provider;
    private final Map<Integer, OpenFile> files = new HashMap<>();
    private final BitSet numbers = new BitSet();
    private final OperationFaults operationFaults = new OperationFaults();
    private final List<FakeBackend> backends = new ArrayList<>();

    private FakeKernel(Builder builder) {
        this.capabilities = Collections.unmodifiableSet(builder.capabilities);
        this.clock = builder.clock;
        this.singleThreaded = builder.singleThreaded;
        this.batchLimit = builder.batchLimit;
        this.random = new SplittableRandom(builder.seed);
        this.provider = new FakeBackendProvider(this);
        numbers.set(0, FIRST_NUMBER);
    }

    /** Returns a kernel that waits in real time. */
    public static FakeKernel create() {
        return builder().build();
    }

    /** Returns a builder for a kernel with other settings. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns what opens backends that watch this kernel's descriptors. */
    public FakeBackendProvider provider() {
        return provider;
    }

    /** Makes a connection whose one end is a source. */
    public FakeSource source() {
        return new FakeSource(this, socketPair());
    }

    /** Returns how many descriptors are open. */
    public int openDescriptors() {
        lock.lock();
        try {
            return files.size();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Pair pipe() {
        return connected(Events.READ, Events.WRITE);
    }

    @Override
    public Pair socketPair() {
        return connected(Events.DIRECTIONS & ~Events.PRIORITY, Events.DIRECTIONS & ~Events.PRIORITY);
    }

    private Pair connected(int directions, int peerDirections) {
        lock.lock();
        try {
            OpenFile end = OpenFile.connected(directions, peerDirections);
            return new Pair(numbered(end), numbered(Objects.requireNonNull(end.peer())));
        } finally {
            lock.unlock();
        }
    }

    /** Makes a descriptor that is always ready, whatever the path. */
    @Override
    public int open(Path path) {
        lock.lock();
        try {
            return numbered(OpenFile.regular());
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int listen() {
        lock.lock();
        try {
            return numbered(OpenFile.listener());
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int connect(int listener) throws IOException {
        lock.lock();
        try {
            OpenFile client = file("connect", listener).connect();
            if (client == null) {
                throw new NativeIOException("connect", listener, ECONNREFUSED, "ECONNREFUSED", "no one listens there");
            }
            changed.signalAll();
            return numbered(client);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int accept(int listener) throws IOException {
        lock.lock();
        try {
            return accepted(file("accept", listener));
        } finally {
            lock.unlock();
        }
    }

    /** Returns the descriptor of the next connection; −1 if none waits. The caller holds the lock. */
    int accepted(OpenFile listener) {
        OpenFile connection = listener.accept();
        if (connection == null) {
            return -1;
        }
        int number = numbered(connection);
        connection.release();
        return number;
    }

    /** Closes a descriptor that no one has been told of. The caller holds the lock. */
    void drop(int fd) {
        release(fd, Objects.requireNonNull(files.get(fd)));
    }

    /** Makes an empty file in memory, whatever the path. */
    @Override
    public int openForUpdate(Path path) {
        lock.lock();
        try {
            return numbered(OpenFile.storage());
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int readAt(int fd, byte[] into, long offset) throws IOException {
        lock.lock();
        try {
            return file("pread", fd).readAt(into, offset);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int writeAt(int fd, byte[] from, long offset) throws IOException {
        lock.lock();
        try {
            int count = file("pwrite", fd).writeAt(from, offset);
            if (count < 0) {
                throw new NativeIOException("pwrite", fd, EINVAL, "EINVAL", "this is no file to write that far");
            }
            return count;
        } finally {
            lock.unlock();
        }
    }

    private int numbered(OpenFile file) {
        int number = numbers.nextClearBit(0);
        give(number, file);
        return number;
    }

    private void give(int number, OpenFile file) {
        numbers.set(number);
        files.put(number, file);
        file.hold();
    }

    @Override
    public int dup(int fd) throws IOException {
        lock.lock();
        try {
            return numbered(file("dup", fd));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void dup2(int fd, int number) throws IOException {
        lock.lock();
        try {
            OpenFile file = file("dup2", fd);
            if (number < 0 || number >= NUMBERS) {
                throw new NativeIOException("dup2", number, EBADF, "EBADF", "numbers end at " + (NUMBERS - 1));
            }
            if (fd != number) {
                if (files.containsKey(number)) {
                    close(number);
                }
                give(number, file);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close(int fd) throws IOException {
        lock.lock();
        try {
            release(fd, file("close", fd));
        } finally {
            lock.unlock();
        }
    }

    private void release(int fd, OpenFile file) {
        files.remove(fd);
        numbers.clear(fd);
        backends.forEach(backend -> backend.forget(fd));
        if (file.release()) {
            changed.signalAll();
        }
    }

    @Override
    public int read(int fd, byte[] into) throws IOException {
        lock.lock();
        try {
            OpenFile file = file("read", fd);
            if (!file.reads()) {
                throw new NativeIOException("read", fd, EBADF, "EBADF", "this end only writes");
            }
            int count = file.read(into);
            changed.signalAll();
            return count;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int write(int fd, byte[] from) throws IOException {
        lock.lock();
        try {
            OpenFile file = file("write", fd);
            int count = file.writes() ? file.write(from) : -1;
            if (count < 0) {
                throw new NativeIOException("write", fd, EPIPE, "EPIPE", "no one is there to read it");
            }
            changed.signalAll();
            return count;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void shutdownOutput(int fd) throws IOException {
        change("shutdown", fd, OpenFile::endOutput);
    }

    @Override
    public void sendUrgent(int fd) throws IOException {
        change("send", fd, OpenFile::sendUrgent);
    }

    private void change(String call, int fd, Consumer<OpenFile> change) throws IOException {
        lock.lock();
        try {
            OpenFile file = file(call, fd);
            if (file.isRegular()) {
                throw new NativeIOException(call, fd, EINVAL, "EINVAL", "this is no connection");
            }
            change.accept(file);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public OptionalInt poll(int fd) {
        lock.lock();
        try {
            OpenFile file = files.get(fd);
            return OptionalInt.of(file == null ? Events.INVALID : file.ready());
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long currentThread() {
        return Thread.currentThread().getId();
    }

    @Override
    public void signal(long thread) {
        lock.lock();
        try {
            backends.forEach(backend -> backend.signal(thread));
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Returns what {@code fd} stands for. The caller holds the lock. */
    OpenFile file(String call, int fd) throws IOException {
        OpenFile file = files.get(fd);
        if (file == null) {
            throw new NativeIOException(call, fd, EBADF, "EBADF", "the descriptor is not open; open it first");
        }
        return file;
    }

    /** Returns what may go wrong with operations, for a test to ask for. */
    public OperationFaults operationFaults() {
        return operationFaults;
    }

    FakeBackend openBackend(BackendOptions options) {
        lock.lock();
        try {
            FakeBackend backend = capabilities.contains(Capability.OPERATIONS)
                    ? new FakeCompletionBackend(this, random.split(), options)
                    : new FakeBackend(this, random.split());
            backends.add(backend);
            if (capabilities.contains(Capability.POLLABLE)) {
                backend.number = numbered(OpenFile.of(backend));
            }
            return backend;
        } finally {
            lock.unlock();
        }
    }

    /** Forgets a backend, and closes its descriptor unless another one has the number by now. The caller holds the lock. */
    void closed(FakeBackend backend) {
        backends.remove(backend);
        OpenFile file = files.get(backend.number);
        if (file != null && file.backend() == backend) {
            release(backend.number, file);
        }
    }

    /** Returns whether backends that watch each other nest deeper than allowed. The caller holds the lock. */
    boolean nestTooDeep() {
        return backends.stream().anyMatch(backend -> backend.depth(NESTED) > NESTED);
    }

    /**
     * Settings of a kernel.
     *
     * <p><b>Thread:</b> one at a time.
     */
    public static final class Builder {

        private long seed;
        private Set<Capability> capabilities = EnumSet.complementOf(
                EnumSet.of(Capability.JAVA_CHANNELS, Capability.CONSTANT_TIME, Capability.OPERATIONS));
        private int batchLimit = Integer.MAX_VALUE;
        private @Nullable ManualClock clock;
        private boolean singleThreaded;

        private Builder() {}

        /** Sets what decides the order in which a wait reports what is ready; 0 if not set. */
        public Builder seed(long seed) {
            this.seed = seed;
            return this;
        }

        /**
         * Sets what the backends can do. If not set: everything but to watch Java channels, to do so at the same
         * cost for any number, and to do operations.
         *
         * @throws IllegalArgumentException if Java channels are among it, or descriptors are not
         */
        public Builder capabilities(Set<Capability> capabilities) {
            if (capabilities.contains(Capability.JAVA_CHANNELS) || !capabilities.contains(Capability.DESCRIPTORS)) {
                throw new IllegalArgumentException(
                        "capabilities " + capabilities + ": a fake watches DESCRIPTORS and no JAVA_CHANNELS");
            }
            this.capabilities = EnumSet.copyOf(capabilities);
            return this;
        }

        /** Has the backends do operations too. They do not if not set. */
        public Builder operations() {
            this.capabilities = EnumSet.copyOf(capabilities);
            capabilities.add(Capability.OPERATIONS);
            return this;
        }

        /**
         * Sets how many sources one wait reports at most; each has its turn. Without limit if not set.
         *
         * @throws IllegalArgumentException if it is less than 1
         */
        public Builder batchLimit(int sources) {
            if (sources < 1) {
                throw new IllegalArgumentException("batchLimit " + sources + ": use 1 or more");
            }
            this.batchLimit = sources;
            return this;
        }

        /**
         * Sets the clock that a wait with a limit moves on by that limit, instead of waiting, if there is nothing to
         * report. Without one, waits take their time.
         */
        public Builder clock(ManualClock clock) {
            this.clock = Objects.requireNonNull(clock, "clock");
            return this;
        }

        /**
         * Says that only one thread uses this kernel, so that a wait without limit and with nothing to report can never
         * end. It then throws {@link IllegalStateException} instead of hanging.
         */
        public Builder singleThreaded() {
            this.singleThreaded = true;
            return this;
        }

        /** Returns a kernel with these settings. */
        public FakeKernel build() {
            return new FakeKernel(this);
        }
    }
}
