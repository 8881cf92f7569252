package dev.pollux.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Events;
import dev.pollux.Fd;
import dev.pollux.NanoClock;
import dev.pollux.SelectorMetrics;
import dev.pollux.internal.selector.ScriptedProvider;
import dev.pollux.testlog.LogLines;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a loop tells of itself, and the hooks and budgets that only its clock shows. */
@Timeout(60)
class IntrospectionTest {

    private final ScriptedProvider provider = ScriptedProvider.withEverything();
    private final ScriptedProvider other = new ScriptedProvider("other", 2);
    private final List<String> log = new ArrayList<>();
    private long now = Long.MAX_VALUE - 50;
    private EventLoop loop;

    @BeforeEach
    void open() throws IOException {
        loop = configured().open();
    }

    private EventLoopBuilder configured() throws IOException {
        return EventLoop.builder()
                .selector(ScriptedProvider.selectorOver(NanoClock.system(), provider, other))
                .threadName("observed")
                .clock(() -> now)
                .failureHandler(failure -> log.add("failure"));
    }

    @AfterEach
    void close() {
        loop.close();
    }

    private void turn() throws IOException {
        loop.runOnce(Duration.ZERO);
    }

    private static Runnable named(String name, Runnable work) {
        return new Runnable() {
            @Override
            public void run() {
                work.run();
            }

            @Override
            public String toString() {
                return name;
            }
        };
    }

    // Metrics.

    @Test
    void metricsCountWhatWasRunAndWhatIsPending() throws IOException {
        loop.register(Fd.of(3), Events.READ, (key, ready) -> {
            throw new IOException("callback");
        });
        loop.execute(() -> {});
        loop.execute(() -> loop.execute(() -> {}));
        loop.schedule(Duration.ZERO, () -> {});
        loop.schedule(Duration.ofDays(1), () -> {});
        provider.current().makeReady(3, Events.READ);
        now += 7;

        turn();

        LoopMetrics metrics = loop.metrics();
        assertEquals(1, metrics.turns());
        assertEquals(1, metrics.callbacks());
        assertEquals(3, metrics.tasks());
        assertEquals(1, metrics.timers());
        assertEquals(1, metrics.failures());
        assertEquals(0, metrics.pendingTasks());
        assertEquals(1, metrics.pendingTimers());
        assertEquals(7, metrics.longestTimerLagNanos());
        assertEquals(1, metrics.selector().registered());
        assertEquals(0, metrics.slowCallbacks());
        assertEquals(0, metrics.busyNanos());
    }

    @Test
    void whatWasCountedSinceASnapshotIsTheDifferenceAndWhatIsPendingIsNot() throws IOException {
        loop.schedule(Duration.ofDays(1), () -> {});
        loop.execute(() -> {});
        turn();
        LoopMetrics before = loop.metrics();
        loop.register(Fd.of(3), Events.READ, (key, ready) -> {});
        provider.current().makeReady(3, Events.READ);
        turn();
        turn();

        LoopMetrics since = loop.metrics().since(before);

        assertEquals(2, since.turns());
        assertEquals(1, since.callbacks());
        assertEquals(0, since.tasks());
        assertEquals(1, since.pendingTimers());
        assertEquals(1, since.selector().registered());
        assertEquals(2, since.selector().waits());
        assertEquals(1, since.selector().events());
    }

    @Test
    void everyCountIsADifferenceAndTheLongestAreThoseOfTheLaterSnapshot() {
        LoopMetrics earlier = metricsOf(1);
        LoopMetrics later = metricsOf(3);

        LoopMetrics since = later.since(earlier);

        LoopMetrics expected = LoopMetrics.builder()
                .turns(2)
                .callbacks(4)
                .tasks(6)
                .timers(8)
                .failures(10)
                .isolated(12)
                .pendingTasks(21)
                .pendingTimers(24)
                .longestTimerLagNanos(27)
                .slowCallbacks(20)
                .longestCallbackNanos(33)
                .busyNanos(24)
                .waitingNanos(26)
                .stalls(28)
                .selector(SelectorMetrics.builder()
                        .registered(45)
                        .waits(32)
                        .events(34)
                        .staleEvents(36)
                        .wakeups(38)
                        .rebuilds(40)
                        .swaps(42)
                        .build())
                .build();
        assertEquals(expected, since);
    }

    private static LoopMetrics metricsOf(long times) {
        return LoopMetrics.builder()
                .turns(times)
                .callbacks(2 * times)
                .tasks(3 * times)
                .timers(4 * times)
                .failures(5 * times)
                .isolated(6 * times)
                .pendingTasks((int) (7 * times))
                .pendingTimers((int) (8 * times))
                .longestTimerLagNanos(9 * times)
                .slowCallbacks(10 * times)
                .longestCallbackNanos(11 * times)
                .busyNanos(12 * times)
                .waitingNanos(13 * times)
                .stalls(14 * times)
                .selector(SelectorMetrics.builder()
                        .registered((int) (15 * times))
                        .waits(16 * times)
                        .events(17 * times)
                        .staleEvents(18 * times)
                        .wakeups(19 * times)
                        .rebuilds(20 * times)
                        .swaps(21 * times)
                        .build())
                .build();
    }

    @Test
    void theLongestBeginAnewWithEachReadingThatResetsThem() throws IOException {
        loop.close();
        loop = configured().slowCallback(Duration.ofDays(1)).open();
        loop.schedule(Duration.ZERO, () -> now += 40);
        now += 30;
        turn();

        assertEquals(30, loop.metrics().longestTimerLagNanos());
        LoopMetrics first = loop.metricsAndResetLongest();
        assertEquals(30, first.longestTimerLagNanos());
        assertEquals(40, first.longestCallbackNanos());

        loop.schedule(Duration.ZERO, () -> now += 4);
        now += 3;
        turn();
        LoopMetrics second = loop.metricsAndResetLongest();
        assertEquals(3, second.longestTimerLagNanos());
        assertEquals(4, second.longestCallbackNanos());
        assertEquals(2, second.timers());
        assertEquals(0, loop.metrics().longestTimerLagNanos());
        assertEquals(0, loop.metrics().longestCallbackNanos());
    }

    @Test
    void metricsOfALoopThatHasEndedAreThoseOfItsEnd() throws IOException {
        loop.register(Fd.of(3), Events.READ, (key, ready) -> {});
        turn();

        loop.close();

        assertEquals(1, loop.metrics().turns());
        assertEquals(1, loop.metrics().selector().waits());
    }

    @Test
    void busyAndWaitingTimeAddUpToAllTimeAndTheLongestCallbackIsKnown() throws IOException {
        loop.close();
        loop = configured().slowCallback(Duration.ofNanos(10)).open();
        long start = now;
        provider.atAwait = () -> now += 100;
        loop.execute(() -> now += 9);
        loop.execute(() -> now += 11);

        turn();
        loop.execute(() -> now += 30);
        turn();
        turn();

        LoopMetrics metrics = loop.metrics();
        assertEquals(50, metrics.busyNanos());
        assertEquals(300, metrics.waitingNanos());
        assertEquals(now - start, metrics.busyNanos() + metrics.waitingNanos());
        assertEquals(30, metrics.longestCallbackNanos());
        assertEquals(2, metrics.slowCallbacks());
    }

    @Test
    void slowCallbacksAreLoggedByNameAFewTimesAndCountedAlways() throws IOException {
        loop.close();
        LogLines.clear();
        loop = configured().slowCallback(Duration.ofMillis(1)).open();
        for (int i = 0; i < 100; i++) {
            loop.execute(named("laggard", () -> now += 3_000_000));
        }
        for (int i = 0; i < 100; i++) {
            turn();
        }

        assertEquals(100, loop.metrics().slowCallbacks());
        List<String> lines = LogLines.with("observed TASK took 3 ms, backend=scripted callback=laggard");
        assertEquals(10, lines.size());
        assertTrue(lines.get(9).contains("further ones are counted and not logged"), lines.get(9));
    }

    // The dump.

    @Test
    void theDumpOfALoopThatNobodyRunsListsRegistrations() throws IOException {
        loop.register(Fd.of(3), Events.READ, (key, ready) -> {});

        String dump = loop.dump();

        assertTrue(dump.startsWith("observed, backend=scripted, OPEN, not running"), dump);
        assertTrue(dump.contains("registered: 1\n  Registration[" + Fd.of(3) + ", READ]"), dump);
        assertTrue(dump.contains("LoopMetrics[turns=0"), dump);
    }

    @Test
    void theDumpListsAFewOfManyRegistrations() throws IOException {
        for (int fd = 0; fd < 1000; fd++) {
            loop.register(Fd.of(fd), Events.READ, (key, ready) -> {});
        }

        String dump = loop.dump();

        assertTrue(dump.contains("registered: 1000"), dump);
        assertEquals(
                40,
                dump.lines().filter(line -> line.startsWith("  Registration[")).count());
        assertTrue(dump.contains("…"), dump);
    }

    @Test
    void theDumpOfABusyLoopTellsWhatRunsAndWhereWithoutWaitingForIt() throws Exception {
        Thread thread = loop.start();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        loop.execute(named("culprit", () -> {
            begun.countDown();
            LoopThreads.await(go);
        }));
        LoopThreads.await(begun);
        // Until it waits, the thread may still be inside of countDown.
        LoopThreads.until(() -> thread.getState() == Thread.State.TIMED_WAITING);

        String dump = loop.dump();
        go.countDown();

        assertTrue(dump.contains("on thread observed"), dump);
        assertTrue(dump.contains("now: culprit"), dump);
        assertTrue(dump.contains(LoopThreads.class.getName() + ".await"), dump);
    }

    @Test
    void theDumpOfASleepingLoopSaysThatItWaits() throws Exception {
        LoopThreads.startAsleep(loop, provider);

        assertTrue(loop.dump().contains("now: waiting"), loop.dump());
    }

    @Test
    void theDumpOnTheLoopThreadListsRegistrationsToo() throws IOException {
        loop.register(Fd.of(3), Events.READ, (key, ready) -> log.add(loop.dump()));
        provider.current().makeReady(3, Events.READ);

        turn();

        assertTrue(log.get(0).contains("now: Registration["), log.get(0));
        assertTrue(log.get(0).contains("registered: 1"), log.get(0));
    }

    // The Flight Recorder.

    @Test
    void swapsSlowCallbacksAndStallsAreRecorded(@TempDir Path folder) throws Exception {
        loop.close();
        loop = configured()
                .slowCallback(Duration.ofNanos(10))
                .stallWatchdog(Duration.ofMillis(200)) // a busy machine holds a thread up for some
                .open();
        Path file = folder.resolve("loop.jfr");
        try (Recording recording = new Recording()) {
            recording.enable("dev.pollux.BackendSwap");
            recording.enable("dev.pollux.SlowCallback");
            recording.enable("dev.pollux.LoopStall");
            recording.start();

            loop.execute(named("laggard", () -> now += 20));
            turn();
            loop.swap("other").join();
            assertTrue(loop.swap("nonesuch").isCompletedExceptionally());
            loop.start();
            CountDownLatch go = new CountDownLatch(1);
            loop.execute(named("blocker", () -> LoopThreads.await(go)));
            LoopThreads.until(() -> loop.metrics().stalls() > 0);
            go.countDown();
            loop.close();

            recording.stop();
            recording.dump(file);
        }
        List<RecordedEvent> events = RecordingFile.readAllEvents(file);

        RecordedEvent slow = only(events, "dev.pollux.SlowCallback");
        assertEquals("laggard", slow.getString("callback"));
        assertEquals("TASK", slow.getString("kind"));
        assertEquals("observed", slow.getString("loop"));
        assertEquals(Duration.ofNanos(20), slow.getDuration("took"));
        List<RecordedEvent> swaps = named(events, "dev.pollux.BackendSwap");
        assertEquals(2, swaps.size());
        assertEquals("scripted", swaps.get(0).getString("from"));
        assertEquals("other", swaps.get(0).getString("to"));
        assertNull(swaps.get(0).getString("refusal"));
        assertTrue(swaps.get(1).getString("refusal").contains("nonesuch"), swaps::toString);
        RecordedEvent stall = only(events, "dev.pollux.LoopStall");
        assertEquals("blocker", stall.getString("callback"));
        assertEquals("other", stall.getString("backend"));
    }

    private static List<RecordedEvent> named(List<RecordedEvent> events, String name) {
        return events.stream()
                .filter(event -> event.getEventType().getName().equals(name))
                .sorted(Comparator.comparing(RecordedEvent::getStartTime))
                .toList();
    }

    private static RecordedEvent only(List<RecordedEvent> events, String name) {
        List<RecordedEvent> found = named(events, name);
        assertEquals(1, found.size(), found::toString);
        return found.get(0);
    }

    // Hooks and budgets.

    @Test
    void whenIdleRunsBeforeASleepAndNotBeforeAPoll() throws IOException {
        loop.close();
        AtomicInteger idle = new AtomicInteger();
        loop = configured().whenIdle(idle::incrementAndGet).open();

        turn();
        assertEquals(0, idle.get());
        loop.execute(() -> {});
        loop.runOnce(Duration.ofNanos(1));
        assertEquals(0, idle.get(), "a turn that has run a task does not sleep");
        loop.runOnce(Duration.ofNanos(1));

        assertEquals(1, idle.get());
    }

    @Test
    void whenIdleIsNotRunWhileTasksAreLeftOver() throws IOException {
        loop.close();
        loop = configured().taskBudget(1).whenIdle(() -> log.add("idle")).open();
        loop.execute(() -> log.add("first"));
        loop.execute(() -> log.add("second"));

        loop.runOnce(Duration.ofNanos(1));
        loop.runOnce(Duration.ofNanos(1));
        loop.runOnce(Duration.ofNanos(1));

        assertEquals(List.of("first", "second", "idle"), log);
    }

    @Test
    void whatWhenIdleAsksForIsSeenToBeforeTheSleep() throws IOException {
        loop.close();
        List<Runnable> once = new ArrayList<>();
        loop = configured()
                .whenIdle(() -> {
                    once.forEach(loop::execute);
                    once.clear();
                })
                .open();
        once.add(() -> log.add("task"));

        loop.runOnce(Duration.ofDays(1));
        assertEquals(List.of(0L), provider.current().timeouts);
        turn();

        assertEquals(List.of("task"), log);
    }

    @Test
    void whenIdleThatThrowsIsAFailureLikeOthers() throws IOException {
        loop.close();
        loop = configured()
                .whenIdle(() -> {
                    throw new IllegalStateException("hook");
                })
                .open();

        loop.runOnce(Duration.ofNanos(1));

        assertEquals(List.of("failure"), log);
        assertTrue(loop.isOpen());
    }

    @Test
    void tasksThatTakeTheirBudgetOfTimeLetTheRestWait() throws IOException {
        loop.close();
        loop = configured().taskBudget(Duration.ofNanos(100)).open();
        for (int i = 0; i < 100; i++) {
            loop.execute(() -> {
                now += 4;
                log.add("task");
            });
        }

        loop.runOnce(Duration.ofDays(1));
        assertEquals(32, log.size());
        assertEquals(List.of(0L), provider.current().timeouts);
        loop.runOnce(Duration.ofDays(1));

        assertEquals(64, log.size());
    }

    @Test
    void timeThatTimersTakeCountsForTheBudget() throws IOException {
        loop.close();
        loop = configured().taskBudget(Duration.ofNanos(100)).open();
        loop.schedule(Duration.ZERO, () -> now += 1000);
        for (int i = 0; i < 100; i++) {
            loop.execute(() -> log.add("task"));
        }

        turn();

        assertEquals(16, log.size());
        assertFalse(loop.metrics().pendingTasks() == 0);
    }

    @Test
    void timeWithoutAThreadIsNeitherBusyNorWaiting() throws IOException {
        try (EventLoop measured = configured().slowCallback(Duration.ofDays(1)).open()) {
            now += 1_000;
            measured.execute(() -> now += 7);
            measured.runOnce(Duration.ZERO);
            now += 1_000;
            measured.execute(() -> now += 5);
            measured.runOnce(Duration.ZERO);

            assertEquals(12, measured.metrics().busyNanos());
            assertEquals(0, measured.metrics().waitingNanos());
        }
    }
}
