package dev.pollux.tck;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.pollux.AlreadyRegisteredException;
import dev.pollux.Events;
import dev.pollux.loop.AcceptedConnection;
import dev.pollux.loop.Acceptor;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopFailure;
import dev.pollux.loop.Registration;
import dev.pollux.loop.TimerHandle;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * The rules of the event loop, on the subject's backend and real sources. Extend it as {@link SelectorRules}.
 *
 * <p><b>Thread:</b> the tests must run one at a time.
 */
@DisplayNameGeneration(RuleNames.class)
@ExtendWith({FindingsAreKept.class, LeakCheck.class, RefusalsPass.class, FailuresNameRules.class})
@Isolated
@Timeout(value = SelectorRules.WATCHDOG_SECONDS, unit = TimeUnit.SECONDS)
@SuppressWarnings("exports") // The extensions work for this class and are nobody else's.
public abstract class LoopRules {

    private static final int TASK_BUDGET = 64;

    private @Nullable Subject subject;
    private @Nullable CountingProvider calls;
    private @Nullable Links links;
    private @Nullable EventLoop loop;

    /** Where the loop's clock stands still, so that delays given one after the other begin at once; 0 lets it run. */
    private volatile long frozenNanos;

    private final Queue<LoopFailure> failures = new ConcurrentLinkedQueue<>();

    /** For subclasses. */
    protected LoopRules() {}

    /** Returns what is tested; called once for each test. */
    protected abstract Subject newSubject();

    @BeforeEach
    final void openLoop() throws IOException {
        subject = newSubject();
        calls = new CountingProvider(subject.provider());
        links = Links.of(subject);
        loop = EventLoop.builder()
                .selector(subject.open(calls))
                .taskBudget(TASK_BUDGET)
                .failureLimit(5)
                .clock(subject.clock(() -> frozenNanos == 0 ? System.nanoTime() : frozenNanos))
                .failureHandler(failures::add)
                .open();
    }

    /** On a thread of its own: a loop that cannot be woken must not keep the whole run from ending. */
    @AfterEach
    final void closeLoop() throws Exception {
        FutureTask<Void> closing = new FutureTask<>(() -> loop().close(), null);
        Thread closer = new Thread(closing, "closes-the-loop");
        closer.setDaemon(true);
        closer.start();
        try {
            closing.get(patienceNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            fail("the loop does not end when it is closed", e);
        } finally {
            links().close();
        }
    }

    /** Returns what the last test was about, if it got as far. */
    final Optional<Subject> lastSubject() {
        return Optional.ofNullable(subject);
    }

    private EventLoop loop() {
        return Objects.requireNonNull(loop, "loop");
    }

    private Links links() {
        return Objects.requireNonNull(links, "links");
    }

    private CountingProvider calls() {
        return Objects.requireNonNull(calls, "calls");
    }

    private Subject subject() {
        return Objects.requireNonNull(subject, "subject");
    }

    private long patienceNanos() {
        return subject().patience().toNanos();
    }

    private <T> T soon(CompletableFuture<T> future) throws Exception {
        return future.get(patienceNanos(), TimeUnit.NANOSECONDS);
    }

    private void await(BooleanSupplier condition, String what) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > patienceNanos()) {
                fail("not after " + subject().patience() + ": " + what);
            }
            Thread.onSpinWait();
        }
    }

    /** Turns the loop on this thread until {@code condition} holds. */
    private void turnUntil(BooleanSupplier condition, String what) throws IOException {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > patienceNanos()) {
                fail("not after " + subject().patience() + ": " + what);
            }
            loop().runOnce(Duration.ofMillis(1));
        }
    }

    /** Returns once the loop's thread waits in the kernel. */
    private void awaitAsleep(long sleepsBefore) {
        await(() -> calls().sleeps() > sleepsBefore, "the loop sleeps");
    }

    private void startAsleep() {
        long sleeps = calls().sleeps();
        loop().start();
        awaitAsleep(sleeps);
    }

    @Test
    @Rule("LOOP-1")
    public void callbacksTimersAndTasksRunOnTheLoopThread() throws Exception {
        Thread thread = loop().start();
        Link link = links().reader();
        CompletableFuture<Thread> callback = new CompletableFuture<>();
        CompletableFuture<Thread> timer = new CompletableFuture<>();
        CompletableFuture<Thread> task = new CompletableFuture<>();

        loop().register(link.source(), Events.READ, (key, ready) -> {
            link.drain();
            callback.complete(Thread.currentThread());
        });
        link.makeReadable();
        loop().schedule(Duration.ofMillis(1), () -> timer.complete(Thread.currentThread()));
        loop().execute(() -> task.complete(Thread.currentThread()));

        assertSame(thread, soon(callback));
        assertSame(thread, soon(timer));
        assertSame(thread, soon(task));
        assertFalse(loop().inLoop());
    }

    @Test
    @Rule("LOOP-2")
    public void tasksOfOneThreadRunInOrder() throws Exception {
        loop().start();
        List<Integer> order = new ArrayList<>();
        CompletableFuture<List<Integer>> done = new CompletableFuture<>();
        for (int i = 0; i < 10 * TASK_BUDGET; i++) {
            int number = i;
            loop().execute(() -> order.add(number));
        }
        loop().execute(() -> done.complete(List.copyOf(order)));

        List<Integer> ran = soon(done);

        assertEquals(10 * TASK_BUDGET, ran.size());
        assertEquals(ran.stream().sorted().toList(), ran);
    }

    @Test
    @Rule({"LOOP-2", "LOOP-3"})
    public void timersRunByDeadlineAndNeverEarly() throws Exception {
        CompletableFuture<List<String>> done = new CompletableFuture<>();
        List<String> ran = new ArrayList<>();
        long start = System.nanoTime();
        frozenNanos = start;
        List<Long> early = new ArrayList<>();
        int[] delaysMicros = {3_000, 100, 1_700, 900, 5_000, 1};
        for (int delay : delaysMicros) {
            loop().schedule(Duration.ofNanos(delay * 1000L), () -> {
                long passed = System.nanoTime() - start;
                if (passed < delay * 1000L) {
                    early.add(passed);
                }
                ran.add(delay + " µs");
            });
        }
        loop().schedule(Duration.ofMillis(6), () -> done.complete(ran));
        frozenNanos = 0;
        loop().start();

        assertEquals(List.of("1 µs", "100 µs", "900 µs", "1700 µs", "3000 µs", "5000 µs"), soon(done));
        assertEquals(List.of(), early);
    }

    @Test
    @Rule("LOOP-3")
    public void waitingForATimerDoesNotSpin() throws Exception {
        CompletableFuture<Void> done = new CompletableFuture<>();
        loop().schedule(Duration.ofMillis(50), () -> done.complete(null));
        loop().start();
        soon(done);

        long waits = calls().waits();
        assertTrue(waits <= 4, () -> "one timer took " + waits + " waits");
    }

    @Test
    @Rule("LOOP-3")
    public void cancelledTimerNeverRuns() throws Exception {
        AtomicBoolean ran = new AtomicBoolean();
        AtomicBoolean otherRan = new AtomicBoolean();
        long start = System.nanoTime();
        frozenNanos = start;
        TimerHandle timer = loop().schedule(Duration.ofMillis(5), () -> ran.set(true));
        loop().schedule(Duration.ofMillis(5), () -> otherRan.set(true));

        assertTrue(timer.cancel());
        frozenNanos = start + Duration.ofMillis(5).toNanos();
        loop().runOnce(Duration.ZERO);

        assertTrue(otherRan.get());
        assertFalse(ran.get());
        assertFalse(timer.cancel());
    }

    @Test
    @Rule({"LOOP-3", "LOOP-5"})
    public void timerThatRearmsItselfAtOnceAndATaskFloodStarveNobody() throws Exception {
        Link link = links().reader();
        CompletableFuture<Void> callback = new CompletableFuture<>();
        AtomicBoolean stopped = new AtomicBoolean();
        loop().register(link.source(), Events.READ, (key, ready) -> {
            link.drain();
            callback.complete(null);
        });
        Runnable endlessTimer = new Runnable() {
            @Override
            public void run() {
                if (!stopped.get()) {
                    loop().schedule(Duration.ZERO, this);
                }
            }
        };
        Runnable endlessTask = new Runnable() {
            @Override
            public void run() {
                if (!stopped.get()) {
                    loop().execute(this);
                }
            }
        };
        loop().schedule(Duration.ZERO, endlessTimer);
        loop().execute(endlessTask);
        loop().start();

        link.makeReadable();

        soon(callback);
        stopped.set(true);
    }

    @Test
    @Rule("LOOP-5")
    public void sourceThatIsAlwaysReadyStarvesNeitherTimersNorTasks() throws Exception {
        Link link = links().reader();
        link.makeReadable();
        AtomicInteger callbacks = new AtomicInteger();
        loop().register(link.source(), Events.READ, (key, ready) -> callbacks.incrementAndGet());
        loop().start();
        CompletableFuture<Void> timer = new CompletableFuture<>();
        CompletableFuture<Void> task = new CompletableFuture<>();

        loop().schedule(Duration.ofMillis(1), () -> timer.complete(null));
        loop().execute(() -> task.complete(null));

        soon(timer);
        soon(task);
        await(() -> callbacks.get() > 0, "the source has its turn too");
    }

    @Test
    @Rule("LOOP-4")
    public void throwingCallbackTaskAndTimerAffectNothingElse() throws Exception {
        Link bad = links().reader();
        Link good = links().reader();
        CompletableFuture<Void> reached = new CompletableFuture<>();
        loop().register(bad.source(), Events.READ, (key, ready) -> {
            bad.drain();
            throw new IOException("callback");
        });
        loop().register(good.source(), Events.READ, (key, ready) -> {
            good.drain();
            loop().execute(() -> reached.complete(null));
        });
        loop().execute(() -> {
            throw new IllegalStateException("task");
        });
        loop().schedule(Duration.ZERO, () -> {
            throw new AssertionError("timer");
        });
        loop().start();
        bad.makeReadable();
        await(() -> failures.size() >= 3, "three failures are told");
        good.makeReadable();

        soon(reached);
        assertEquals(3, failures.size());
    }

    @Test
    @Rule("LOOP-4")
    public void callbackThatAlwaysThrowsIsIsolated() throws Exception {
        Link link = links().reader();
        link.makeReadable();
        Registration registration = loop().register(link.source(), Events.READ, (key, ready) -> {
            throw new IOException("always");
        });
        for (int turn = 0; turn < 5; turn++) {
            assertTrue(loop().runOnce(Duration.ofSeconds(5)));
        }

        assertFalse(loop().runOnce(Duration.ofMillis(5)));

        assertEquals(5, failures.size());
        assertEquals(Events.NONE, registration.key().events());
    }

    @Test
    @Rule("LOOP-6")
    public void tasksForABusyLoopMakeAtMostOneWakeupPerSleep() throws Exception {
        startAsleep();
        long wakeups = calls().wakeups();
        long sleeps = calls().sleeps();
        CountDownLatch all = new CountDownLatch(10_000);
        for (int i = 0; i < 10_000; i++) {
            loop().execute(all::countDown);
        }
        assertTrue(all.await(patienceNanos(), TimeUnit.NANOSECONDS), "every task runs");

        long written = calls().wakeups() - wakeups;
        long slept = calls().sleeps() - sleeps;
        assertTrue(written <= slept + 1, () -> written + " wakeups for " + slept + " sleeps");
    }

    @Test
    @Rule("LOOP-6")
    public void loopThreadMakesNoWakeupCall() throws Exception {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Link link = links().reader();
        loop().execute(() -> {
            for (int i = 0; i < 100; i++) {
                loop().execute(() -> {});
                loop().schedule(Duration.ZERO, () -> {});
            }
            try {
                loop().register(link.source(), Events.READ, (key, ready) -> {}).cancel();
                done.complete(null);
            } catch (IOException e) {
                done.completeExceptionally(e);
            }
        });
        for (int turn = 0; turn < 10; turn++) {
            loop().runOnce(Duration.ZERO);
        }

        soon(done);
        assertEquals(0, calls().wakeups());
    }

    @Test
    @Rule({"THR-2", "LOOP-6"})
    public void otherThreadsRegisterModifyAndCancelOnASleepingLoop() throws Exception {
        startAsleep();
        Link link = links().reader();
        CompletableFuture<Void> ready = new CompletableFuture<>();

        Registration registration = loop().register(link.source(), Events.NONE, (key, bits) -> ready.complete(null));
        link.makeReadable();
        registration.modify(Events.READ);
        soon(ready);
        registration.cancel();
        long events = loop().metrics().callbacks();
        CompletableFuture<Void> later = new CompletableFuture<>();
        loop().execute(() -> loop().execute(() -> later.complete(null)));
        soon(later);

        assertFalse(registration.isActive());
        assertEquals(events, loop().metrics().callbacks());
    }

    @Test
    @Rule("THR-2")
    public void refusalReachesTheThreadThatRegisters() throws Exception {
        startAsleep();
        Link link = links().reader();
        loop().register(link.source(), Events.READ, (key, ready) -> {});

        assertThrows(
                AlreadyRegisteredException.class,
                () -> loop().register(link.source(), Events.READ, (key, ready) -> {}));
        assertThrows(
                IllegalArgumentException.class,
                () -> loop().register(links().reader().source(), 1 << 20, (key, ready) -> {}));
    }

    @Test
    @Rule("LOOP-7")
    public void stopEndsASleepingLoop() throws Exception {
        long sleeps = calls().sleeps();
        Thread thread = loop().start();
        awaitAsleep(sleeps);

        loop().stop();

        thread.join(subject().patience().toMillis());
        assertFalse(thread.isAlive());
    }

    @Test
    @Rule("LOOP-7")
    public void closeRunsWhatWasAcceptedRefusesTheRestAndReleasesTheBackend() throws Exception {
        loop().start();
        AtomicInteger ran = new AtomicInteger();
        for (int i = 0; i < 5 * TASK_BUDGET; i++) {
            loop().execute(ran::incrementAndGet);
        }

        loop().close();

        assertEquals(5 * TASK_BUDGET, ran.get());
        assertThrows(RejectedExecutionException.class, () -> loop().execute(() -> {}));
        assertEquals(calls().opened(), calls().closed());
    }

    @Test
    @Rule("LOOP-7")
    public void closeLeavesSourcesOpen() throws Exception {
        Link link = links().reader();
        loop().register(link.source(), Events.READ, (key, ready) -> {});

        loop().close();

        link.makeReadable();
        assertEquals(1, link.drain());
    }

    @Test
    @Rule("LOOP-8")
    public void anAcceptorThatRunsOutOfDescriptorsRestsWhileOthersAreServedAndRecovers() throws Exception {
        long now = System.nanoTime();
        frozenNanos = now;
        Link listener = links().reader();
        Link client = links().reader();
        AtomicBoolean full = new AtomicBoolean(true);
        AtomicInteger tries = new AtomicInteger();
        AtomicInteger served = new AtomicInteger();
        loop().register(client.source(), Events.READ, (key, ready) -> served.addAndGet(client.drain()));
        // Any source will do: what waits in it stands for the connections that wait in a listener.
        Acceptor<Closeable> acceptor = Acceptor.builder()
                .rest(Duration.ofMillis(10), Duration.ofMillis(20))
                .listen(
                        loop(),
                        (Closeable) listener.source(),
                        () -> {
                            tries.incrementAndGet();
                            if (full.get()) {
                                throw new IOException("Too many open files");
                            }
                            return listener.drain() == 0 ? null : () -> {};
                        },
                        AcceptedConnection::close);
        listener.makeReadable();

        long[] restsMillis = {10, 20, 20};
        for (int rest = 0; rest < restsMillis.length; rest++) {
            int before = rest;
            turnUntil(() -> acceptor.rests() > before, "the acceptor rests");
            client.makeReadable();
            turnUntil(() -> served.get() > before, "the open connection is served");
            now += TimeUnit.MILLISECONDS.toNanos(restsMillis[rest]);
            frozenNanos = now - 1;
            loop().runOnce(Duration.ZERO);
            loop().runOnce(Duration.ZERO);
            assertEquals(rest + 1, tries.get(), "tries before the rest is over");
            frozenNanos = now;
        }
        full.set(false);

        turnUntil(() -> acceptor.accepted() == 1, "the connection that waited is accepted");
        assertEquals(0, acceptor.connections());
        assertEquals(restsMillis.length, acceptor.rests());
        assertEquals(0, failures.size(), failures::toString);
    }

    @Test
    @Rule("SWAP-2")
    public void swappingUnderLoadLosesNoByteTaskOrTimer() throws Exception {
        int rounds = 300;
        byte[] sent = new byte[rounds * 100];
        for (int i = 0; i < sent.length; i++) {
            sent[i] = (byte) (i * 31 + i / 251);
        }
        Link.Connection link = links().connection();
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        CompletableFuture<byte[]> all = new CompletableFuture<>();
        List<Integer> tasks = new ArrayList<>();
        AtomicInteger timers = new AtomicInteger();
        byte[] some = new byte[64];
        loop().register(link.source(), Events.READ, (key, ready) -> {
            received.write(some, 0, link.end().read(some));
            if (received.size() >= sent.length) {
                all.complete(received.toByteArray());
            }
        });
        loop().start();
        List<CompletableFuture<Void>> swaps = new ArrayList<>();

        for (int round = 0; round < rounds; round++) {
            int number = round;
            link.send(Arrays.copyOfRange(sent, round * 100, (round + 1) * 100));
            loop().execute(() -> tasks.add(number));
            loop().schedule(Duration.ofNanos(round * 1000L), timers::incrementAndGet);
            if (round % 10 == 0) {
                swaps.add(loop().swap(subject().provider().name()));
            }
        }

        assertArrayEquals(sent, soon(all));
        for (CompletableFuture<Void> swap : swaps) {
            soon(swap);
        }
        await(() -> timers.get() == rounds, "every timer has run");
        CompletableFuture<List<Integer>> ran = new CompletableFuture<>();
        loop().execute(() -> ran.complete(List.copyOf(tasks)));
        assertEquals(IntStream.range(0, rounds).boxed().toList(), soon(ran));
        assertEquals(calls().opened(), calls().closed() + 1, "every backend but the last is closed");
        assertEquals(0, failures.size(), failures::toString);
    }
}
