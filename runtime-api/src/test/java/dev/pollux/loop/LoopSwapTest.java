package dev.pollux.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Capability;
import dev.pollux.Events;
import dev.pollux.Fd;
import dev.pollux.NanoClock;
import dev.pollux.internal.selector.ScriptedProvider;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Going on with another backend, asked for in every place that a program can ask from. */
@Timeout(60)
class LoopSwapTest {

    private final ScriptedProvider a = new ScriptedProvider("a", 1, Capability.values());
    private final ScriptedProvider b = new ScriptedProvider("b", 2, Capability.values());
    private final ScriptedProvider plain = new ScriptedProvider("plain", 3, Capability.DESCRIPTORS);
    private final List<String> log = new ArrayList<>();
    private EventLoop loop;

    @BeforeEach
    void open() throws IOException {
        loop = EventLoop.builder()
                .selector(ScriptedProvider.selectorOver(NanoClock.system(), a, b, plain))
                .failureHandler(failure -> log.add("failure " + failure.error()))
                .open();
    }

    @AfterEach
    void close() {
        loop.close();
        for (ScriptedProvider provider : List.of(a, b, plain)) {
            provider.opened.forEach(backend -> assertTrue(backend.closed));
        }
    }

    private void turn() throws IOException {
        loop.runOnce(Duration.ZERO);
    }

    private static <T> T soon(CompletableFuture<T> future) throws Exception {
        return future.get(LoopThreads.WATCHDOG_SECONDS, TimeUnit.SECONDS);
    }

    private static Throwable refusal(CompletableFuture<?> swap) {
        return assertThrows(CompletionException.class, swap::join).getCause();
    }

    @Test
    void onALoopThatNobodyRunsTheSwapIsDoneAtOnce() {
        CompletableFuture<Void> swapped = loop.swap("b");

        assertTrue(swapped.isDone());
        assertEquals("b", loop.backend());
        assertTrue(a.current().closed);
        assertEquals(1, loop.metrics().selector().swaps());
    }

    @Test
    void anotherThreadSwapsASleepingLoop() throws Exception {
        Thread thread = LoopThreads.startAsleep(loop, a);
        CompletableFuture<Thread> told = loop.swap("b").thenApply(nothing -> Thread.currentThread());

        Thread teller = soon(told);

        assertTrue(teller == thread || teller == Thread.currentThread());
        assertEquals("b", loop.backend());
        CompletableFuture<Boolean> called = new CompletableFuture<>();
        loop.register(Fd.of(3), Events.READ, (key, ready) -> called.complete(loop.inLoop()));
        b.current().makeReady(3, Events.READ);
        assertTrue(soon(called));
    }

    @Test
    void aCallbackSwapsAndTheRestOfItsBatchIsStillDelivered() throws IOException {
        AtomicReference<CompletableFuture<Void>> swap = new AtomicReference<>();
        loop.register(Fd.of(3), Events.READ, (key, ready) -> {
            swap.set(loop.swap("b"));
            log.add("first on " + loop.backend());
        });
        loop.register(Fd.of(4), Events.READ, (key, ready) -> log.add("second on " + loop.backend()));
        a.current().makeReady(3, Events.READ);
        a.current().makeReady(4, Events.READ);

        turn();
        turn();

        assertTrue(swap.get().isDone());
        assertEquals(List.of("first on a", "second on a"), log);
        assertEquals("b", loop.backend());
        assertEquals(2, b.current().watched.size());
    }

    @Test
    void aTaskSwapsBeforeAnythingElseOfTheNextTurn() throws IOException {
        loop.execute(() -> {
            loop.swap("b").thenRun(() -> log.add("swapped"));
            loop.schedule(Duration.ZERO, () -> log.add("timer on " + loop.backend()));
        });

        turn();
        turn();

        assertEquals(List.of("swapped", "timer on b"), log);
    }

    @Test
    void aSwapAskedForTogetherWithAStopIsDoneBeforeRunReturns() throws IOException {
        loop.execute(() -> {
            loop.stop();
            loop.swap("b").thenRun(() -> log.add("swapped"));
        });

        loop.run();

        assertEquals(List.of("swapped"), log);
        assertEquals("b", loop.backend());
    }

    @Test
    void aSwapAskedForTogetherWithACloseIsDoneOrCancelled() throws Exception {
        AtomicReference<CompletableFuture<Void>> swap = new AtomicReference<>();
        loop.execute(() -> {
            loop.close();
            swap.set(loop.swap("b"));
        });

        loop.run();

        assertTrue(swap.get().isDone());
        CompletableFuture<Void> late = loop.swap("a");
        assertThrows(CancellationException.class, late::join);
    }

    @Test
    void ofSwapsThatRaceEachIsDoneAndTheLastOneStays() throws Exception {
        loop.start();
        CountDownLatch go = new CountDownLatch(1);
        List<CompletableFuture<Void>> swaps = new CopyOnWriteArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (String to : List.of("a", "b")) {
            Thread thread = new Thread(() -> {
                LoopThreads.await(go);
                for (int i = 0; i < 50; i++) {
                    swaps.add(loop.swap(to));
                }
            });
            thread.start();
            threads.add(thread);
        }
        go.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        for (CompletableFuture<Void> swap : swaps) {
            soon(swap);
        }

        assertEquals(100, loop.metrics().selector().swaps());
        assertEquals(101, a.opened.size() + b.opened.size());
        long open = a.opened.stream().filter(backend -> !backend.closed).count()
                + b.opened.stream().filter(backend -> !backend.closed).count();
        assertEquals(1, open);
    }

    @Test
    void oneOfFiveThousandThatIsRefusedIsNamedAndTheOldBackendGoesOn() throws IOException {
        for (int fd = 0; fd < 5000; fd++) {
            int number = fd;
            loop.register(Fd.of(fd), Events.READ, (key, ready) -> log.add("called " + number));
        }
        b.refused.add(4321);

        Throwable refused = refusal(loop.swap("b"));

        assertTrue(refused instanceof IOException, refused::toString);
        assertTrue(refused.getMessage().contains("4321"), refused.getMessage());
        assertTrue(b.current().closed);
        assertEquals("a", loop.backend());
        a.current().makeReady(4321, Events.READ);
        a.current().makeReady(4999, Events.READ);
        turn();
        assertEquals(List.of("called 4321", "called 4999"), log);
        assertEquals(0, loop.metrics().selector().swaps());
    }

    @Test
    void anUnknownNameIsRefusedAndChangesNothing() throws Exception {
        Throwable refused = refusal(loop.swap("nonesuch"));

        assertTrue(refused instanceof IllegalArgumentException, refused::toString);
        assertTrue(refused.getMessage().contains("nonesuch"), refused.getMessage());
        assertEquals("a", loop.backend());
        LoopThreads.startAsleep(loop, a);
        assertThrows(ExecutionException.class, () -> soon(loop.swap("nonesuch")));
        assertEquals("a", loop.backend());
        assertThrows(NullPointerException.class, () -> loop.swap(null));
    }

    @Test
    void aBackendThatCannotDoWhatIsAskedOfItIsRefusedBeforeItIsOpened() throws IOException {
        loop.register(Fd.of(3), Events.READ | Events.EDGE, (key, ready) -> {});

        Throwable refused = refusal(loop.swap("plain"));

        assertTrue(refused.getMessage().contains("plain"), refused.getMessage());
        assertEquals(0, plain.opened.size());
        assertEquals("a", loop.backend());
    }

    @Test
    void everyKindOfRegistrationSurvivesASwap() throws IOException {
        Registration level = loop.register(Fd.of(3), Events.READ, note("level"));
        Registration edge = loop.register(Fd.of(4), Events.READ | Events.EDGE, note("edge"));
        Registration oneShot = loop.register(Fd.of(5), Events.READ | Events.ONESHOT, note("oneShot"));
        Registration fired = loop.register(Fd.of(6), Events.READ | Events.ONESHOT, note("fired"));
        Registration paused = loop.register(Fd.of(7), Events.READ, note("paused"));
        Registration none = loop.register(Fd.of(8), Events.NONE, note("none"));
        Registration cancelled = loop.register(Fd.of(9), Events.READ, note("cancelled"));
        paused.pause();
        cancelled.cancel();
        a.current().makeReady(6, Events.READ);
        turn();
        log.clear();

        loop.swap("b").join();

        assertEquals(List.of(3, 4, 5), List.copyOf(b.current().watched.keySet()));
        assertTrue((b.current().watched.get(4).events() & Events.EDGE) != 0);
        assertSame(level, Registration.of(level.key()));
        for (int fd = 3; fd <= 5; fd++) {
            b.current().makeReady(fd, Events.READ);
        }
        turn();
        turn();
        assertEquals(List.of("level", "edge", "oneShot"), log);
        assertEquals(List.of(3, 4), List.copyOf(b.current().watched.keySet()));
        log.clear();
        paused.resume();
        none.modify(Events.READ);
        fired.modify(Events.READ | Events.ONESHOT);
        oneShot.modify(Events.READ | Events.ONESHOT);
        for (int fd = 3; fd <= 8; fd++) {
            b.current().makeReady(fd, Events.READ);
        }
        turn();
        assertEquals(List.of("level", "edge", "oneShot", "fired", "paused", "none"), log);
        assertFalse(cancelled.isActive());
        assertTrue(edge.isActive());
    }

    private Callback note(String what) {
        return (key, ready) -> log.add(what);
    }

    @Test
    void theOrderOfTheEventsOfASourceIsTheSameAcrossSwaps() throws IOException {
        List<Integer> order = new ArrayList<>();
        int[] sent = {0};
        loop.register(Fd.of(3), Events.READ, (key, ready) -> order.add(sent[0]));
        ScriptedProvider present = a;

        for (int i = 0; i < 100; i++) {
            sent[0] = i;
            present.current().makeReady(3, Events.READ);
            turn();
            present = present == a ? b : a;
            loop.swap(present.name()).join();
        }

        assertEquals(IntStream.range(0, 100).boxed().toList(), order);
    }

    @Test
    void timersTasksAndWaitersAreUntouchedByASwap() throws IOException {
        loop.execute(() -> log.add("task"));
        loop.schedule(Duration.ZERO, () -> log.add("timer"));
        CompletableFuture<Integer> ready = loop.ready(Fd.of(3), Events.READ);
        turn();
        loop.execute(() -> log.add("later task"));

        loop.swap("b").join();
        b.current().makeReady(3, Events.READ);
        turn();

        assertEquals(List.of("timer", "task", "later task"), log);
        assertEquals(Events.READ, ready.join());
    }
}
