package dev.pollux.tck.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.pollux.Capability;
import dev.pollux.EventSelector;
import dev.pollux.Events;
import dev.pollux.Fd;
import dev.pollux.Ready;
import dev.pollux.SelectorKey;
import dev.pollux.UnsupportedSourceException;
import dev.pollux.tck.probe.CountingProvider;
import dev.pollux.tck.probe.FaultyProvider;
import dev.pollux.tck.probe.OpenDescriptors;
import dev.pollux.tck.source.Descriptors;
import dev.pollux.tck.source.TestSource;
import dev.pollux.tck.source.TestSources;
import dev.pollux.tck.source.TestedBackend;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.function.Executable;
import org.opentest4j.TestAbortedException;

/** What one test works with: an open selector on the subject, sources for it, and threads. */
public final class Fixture implements AutoCloseable {

    /** How long to watch for something that must not happen, 40 ms unless {@code -Dpollux.tck.quiet} says otherwise. */
    static final Duration QUIET = Duration.ofMillis(Integer.getInteger("pollux.tck.quiet", 40));

    final TestedBackend subject;
    final FaultyProvider faults;
    final CountingProvider calls;
    final TestSources sources;
    final EventSelector selector;

    private final List<EventSelector> opened = new ArrayList<>();
    private final List<Future<?>> tasks = new ArrayList<>();

    /** Opens a selector on {@code subject}. */
    public Fixture(TestedBackend subject) throws IOException {
        this.subject = subject;
        this.faults = new FaultyProvider(subject.provider());
        this.calls = new CountingProvider(faults);
        this.sources = subject.newSources();
        this.selector = open();
    }

    /** Returns what is tested. */
    public TestedBackend subject() {
        return subject;
    }

    /** Opens another selector on the subject. */
    EventSelector open() throws IOException {
        EventSelector another = subject.open(calls);
        opened.add(another);
        return another;
    }

    /** Time for what must come. */
    Duration soon() {
        return subject.patience();
    }

    /** Returns what {@code source} is ready for without waiting; 0 if it is not reported. */
    int readyNow(TestSource source) throws IOException {
        return bitsOf(source, selector.selectNow());
    }

    /** Selects until {@code source} is reported with all of {@code bits}, and returns all that came with them. */
    int awaitReady(TestSource source, int bits) throws IOException {
        return awaitReady(selector, source, bits);
    }

    int awaitReady(EventSelector on, TestSource source, int bits) throws IOException {
        return awaitReady(on, source.fileobj(), bits);
    }

    /** Selects until {@code source} is reported with all of {@code bits}, and returns all that came with them. */
    int awaitReady(EventSelector on, Object source, int bits) throws IOException {
        long start = System.nanoTime();
        int seen = 0;
        long left = soon().toNanos();
        while (left > 0) {
            seen = bitsOf(source, on.select(Duration.ofNanos(left)));
            if ((seen & bits) == bits) {
                return seen;
            }
            left = soon().toNanos() - (System.nanoTime() - start);
        }
        return fail(source + " was last reported as " + Events.toString(seen) + ", " + Events.toString(bits & ~seen)
                + " is missing");
    }

    /** Checks that nothing is reported for a while, and that the selector sleeps meanwhile. */
    void assertQuiet() throws IOException {
        long sleeps = calls.sleeps();
        assertEquals(List.of(), selector.select(QUIET), "reported");
        assertSleptSince(sleeps);
    }

    /** Checks that the backend was made to wait a few times at most since {@code sleeps} were counted. */
    void assertSleptSince(long sleeps) {
        long since = calls.sleeps() - sleeps;
        assertTrue(since <= 3, () -> "one select waited " + since + " times: it spins");
    }

    static int bitsOf(TestSource source, List<Ready> reported) {
        return bitsOf(source.fileobj(), reported);
    }

    private static int bitsOf(Object source, List<Ready> reported) {
        int bits = 0;
        for (Ready ready : reported) {
            if (ready.key().fileobj() == source) {
                assertEquals(0, bits, () -> source + " has two entries in " + reported);
                bits = ready.ready();
            }
        }
        return bits;
    }

    /** Checks that {@code call} fails, that its message has all of {@code named}, and that it has changed nothing. */
    <T extends Throwable> T assertRefused(Class<T> type, Executable call, Object... named) {
        Map<Object, SelectorKey> keys = Map.copyOf(selector.keys());
        Map<Integer, String> descriptors = OpenDescriptors.now();
        long sourceCalls = calls.sourceCalls();

        T refusal = assertThrows(type, call);

        String message = String.valueOf(refusal.getMessage());
        for (Object part : named) {
            assertTrue(message.contains(part.toString()), () -> "\"" + part + "\" is not named in: " + message);
        }
        assertEquals(keys, selector.keys(), "registrations");
        assertEquals(descriptors, OpenDescriptors.now(), "open descriptors");
        if (refusal instanceof RuntimeException) {
            assertEquals(sourceCalls, calls.sourceCalls(), "a caller's mistake is found before any kernel call");
        }
        return refusal;
    }

    /** Something that a selector is to do. */
    @FunctionalInterface
    interface Operation {

        void run() throws IOException;
    }

    /**
     * Has {@code operation} done with each call in turn refused that it makes of a backend, checks that the refusal is
     * told and nothing has changed, and in the end has it done with none refused. What is ready must be level-triggered.
     *
     * @return how many calls it makes
     */
    int refuseEachCallOf(Operation operation) throws IOException {
        for (int call = 1; ; call++) {
            Map<Object, SelectorKey> keys = Map.copyOf(selector.keys());
            Set<Ready> reported = Set.copyOf(selector.selectNow());
            Map<Integer, String> descriptors = OpenDescriptors.now();
            long backends = calls.opened() - calls.closed();
            IOException refusal = new IOException("call " + call + " fails");
            faults.refuseCall(call, refusal);
            IOException told = null;
            try {
                operation.run();
            } catch (IOException e) {
                told = e;
            }
            boolean refused = faults.recover();
            if (!refused) {
                if (told != null) {
                    throw told;
                }
                return call - 1;
            }
            String when = "after the failure of call " + call + ": ";
            assertNotNull(told, when + "no failure was reported");
            assertSame(refusal, told == refusal ? told : told.getCause(), when + "what was reported");
            assertEquals(keys, selector.keys(), when + "registrations");
            assertEquals(descriptors, OpenDescriptors.now(), when + "open descriptors");
            assertEquals(backends, calls.opened() - calls.closed(), when + "open backends");
            assertEquals(reported, Set.copyOf(selector.selectNow()), when + "what is ready");
        }
    }

    /** Returns the means to make descriptors. If the subject watches none, checks that it says so and ends the test. */
    Descriptors descriptors() {
        if (!subject.has(Capability.DESCRIPTORS)) {
            UnsupportedSourceException refusal = assertRefused(
                    UnsupportedSourceException.class,
                    () -> selector.register(Fd.of(0), Events.READ, null),
                    Fd.of(0),
                    subject.provider().name(),
                    Capability.DESCRIPTORS,
                    "; ");
            assertEquals(Capability.DESCRIPTORS, refusal.missing());
            throw new ProvenRefusal();
        }
        return subject.descriptors()
                .orElseThrow(() -> new TestAbortedException("needs a subject made with Subject.withDescriptors"));
    }

    /** Checks that the subject watches Java channels; otherwise as {@link #descriptors}. */
    void needsChannels() throws IOException {
        if (!subject.has(Capability.JAVA_CHANNELS)) {
            Object channel = sources.socketChannels().fileobj();
            UnsupportedSourceException refusal = assertRefused(
                    UnsupportedSourceException.class,
                    () -> selector.register(channel, Events.READ, null),
                    channel,
                    subject.provider().name(),
                    Capability.JAVA_CHANNELS,
                    "; ");
            assertEquals(Capability.JAVA_CHANNELS, refusal.missing());
            throw new ProvenRefusal();
        }
    }

    /** Runs {@code task} on a thread of its own. */
    <T> Future<T> background(Callable<T> task) {
        FutureTask<T> future = new FutureTask<>(task);
        Thread thread = new Thread(future, "background-" + tasks.size());
        // A subject that never wakes up must not keep the whole run from ending.
        thread.setDaemon(true);
        tasks.add(future);
        thread.start();
        return future;
    }

    /** Runs a select without limit on a thread of its own, and returns once it has begun. */
    Future<List<Ready>> backgroundSelect() {
        long sleeps = calls.sleeps();
        Future<List<Ready>> select = background(() -> selector.select());
        await(() -> calls.sleeps() > sleeps, "another thread waits in select");
        return select;
    }

    /** Returns the result of {@code task}, or throws what it threw. */
    <T> T result(Future<T> task) throws Exception {
        try {
            return task.get(soon().toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        } catch (TimeoutException e) {
            return fail("nothing after " + soon());
        }
    }

    void await(BooleanSupplier condition, String what) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > soon().toNanos()) {
                fail("not after " + soon() + ": " + what);
            }
            Thread.onSpinWait();
        }
    }

    /** Closes the selectors, waits for the threads that were inside, and closes the sources. */
    @Override
    public void close() {
        // A test's own interrupt must not disturb what is closed here, nor the next test.
        Thread.interrupted();
        opened.forEach(EventSelector::close);
        try {
            await(() -> tasks.stream().allMatch(Future::isDone), "background threads end when the selector closes");
        } finally {
            sources.close();
        }
    }
}
