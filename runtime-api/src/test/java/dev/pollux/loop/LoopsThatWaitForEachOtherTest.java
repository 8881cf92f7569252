package dev.pollux.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Events;
import dev.pollux.Fd;
import dev.pollux.Selectors;
import dev.pollux.internal.selector.ScriptedProvider;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Loops whose threads wait for each other: at least one fails, with the way out, and none hangs. */
@Timeout(60)
class LoopsThatWaitForEachOtherTest {

    private static final Duration WATCHDOG = Duration.ofSeconds(LoopThreads.WATCHDOG_SECONDS);

    private final List<EventLoop> loops = new ArrayList<>();

    private void startLoops(int number) throws IOException {
        for (int i = 0; i < number; i++) {
            EventLoop loop = EventLoop.builder()
                    .selector(Selectors.open(ScriptedProvider.withEverything()))
                    .threadFactory(task -> {
                        Thread thread = new Thread(task);
                        thread.setDaemon(true);
                        return thread;
                    })
                    .open();
            loops.add(loop);
            loop.start();
        }
    }

    @AfterEach
    void closeAll() throws Exception {
        for (EventLoop loop : loops) {
            loop.shutdownNow();
            assertTrue(loop.awaitTermination(WATCHDOG));
        }
    }

    private static <T> T get(CompletableFuture<T> future) throws Exception {
        return future.get(LoopThreads.WATCHDOG_SECONDS, TimeUnit.SECONDS);
    }

    /** What one loop does with the next of the circle, on its own thread. */
    private interface Act {
        void with(EventLoop other, int number) throws Exception;
    }

    /** Has each loop do something with the next one, all at once. Returns what was thrown. */
    private List<Throwable> allAtOnce(Act act) throws Exception {
        CyclicBarrier together = new CyclicBarrier(loops.size());
        List<CompletableFuture<Throwable>> outcomes = new ArrayList<>();
        for (int i = 0; i < loops.size(); i++) {
            EventLoop other = loops.get((i + 1) % loops.size());
            int number = i;
            CompletableFuture<Throwable> outcome = new CompletableFuture<>();
            outcomes.add(outcome);
            loops.get(i).execute(() -> {
                Throwable thrown = null;
                try {
                    together.await();
                    act.with(other, number);
                } catch (Throwable e) {
                    thrown = e;
                }
                outcome.complete(thrown);
            });
        }
        List<Throwable> thrown = new ArrayList<>();
        for (CompletableFuture<Throwable> outcome : outcomes) {
            Throwable e = get(outcome);
            if (e != null) {
                thrown.add(e);
            }
        }
        return thrown;
    }

    private void atLeastOneFails(int number) throws Exception {
        startLoops(number);
        for (int round = 0; round < 200; round++) {
            int descriptors = 10 + round * number;
            List<Throwable> thrown = allAtOnce(
                    (other, i) -> other.register(Fd.of(descriptors + i), Events.READ, (registration, ready) -> {}));

            for (Throwable e : thrown) {
                assertEquals(IllegalStateException.class, e.getClass(), e::toString);
                assertTrue(e.getMessage().contains("registerAsync"), e::getMessage);
            }
            assertTrue(!thrown.isEmpty(), "in round " + round);
            int registered = loops.stream().mapToInt(EventLoop::registered).sum();
            assertEquals((round + 1) * number, registered + failed(thrown), "in round " + round);
        }
    }

    private int failedSoFar;

    private int failed(List<Throwable> thrown) {
        failedSoFar += thrown.size();
        return failedSoFar;
    }

    @Test
    void ofTwoThatRegisterWithEachOtherAtLeastOneFailsAndTheOtherGoesOn() throws Exception {
        atLeastOneFails(2);
    }

    @Test
    void ofThreeInACircleAtLeastOneFailsAndTheOthersGoOn() throws Exception {
        atLeastOneFails(3);
    }

    @Test
    void twoThatCloseEachOtherEnd() throws Exception {
        startLoops(2);

        List<Throwable> thrown = allAtOnce((other, i) -> other.close());

        assertEquals(List.of(), thrown);
        for (EventLoop loop : loops) {
            assertTrue(loop.awaitTermination(WATCHDOG));
        }
    }

    @Test
    void oneThatClosesAnotherWhichRegistersWithItEndsIt() throws Exception {
        startLoops(2);

        List<Throwable> thrown = allAtOnce((other, i) -> {
            if (i == 0) {
                other.close();
            } else {
                other.register(Fd.of(3), Events.READ, (registration, ready) -> {});
            }
        });

        thrown.forEach(e -> assertEquals(IllegalStateException.class, e.getClass(), e::toString));
        assertTrue(loops.get(1).awaitTermination(WATCHDOG));
        assertTrue(loops.get(0).isOpen());
    }

    @Test
    void twoMayRegisterWithEachOtherWithoutWaiting() throws Exception {
        startLoops(2);
        List<CompletableFuture<Registration>> registered = new CopyOnWriteArrayList<>();

        List<Throwable> thrown = allAtOnce(
                (other, i) -> registered.add(other.registerAsync(Fd.of(3), Events.READ, (registration, ready) -> {})));

        assertEquals(List.of(), thrown);
        for (CompletableFuture<Registration> registration : registered) {
            assertTrue(get(registration).isActive());
        }
        assertEquals(1, loops.get(0).registered());
        assertEquals(1, loops.get(1).registered());
    }

    @Test
    void twoThatRegisterWithEachOtherOneAfterTheOtherNeverFail() throws Exception {
        startLoops(2);
        int times = 10_000;
        CompletableFuture<Void> done = new CompletableFuture<>();
        AtomicReference<Throwable> thrown = new AtomicReference<>();

        passBack(0, times, thrown, done);

        get(done);
        assertNull(thrown.get());
    }

    /** One registers with the other, which then does the same, while the first may still be about to return. */
    private void passBack(int number, int left, AtomicReference<Throwable> thrown, CompletableFuture<Void> done) {
        loops.get(number).execute(() -> {
            EventLoop other = loops.get(1 - number);
            try {
                Registration registration = other.register(Fd.of(3), Events.READ, (same, ready) -> {});
                registration.pause();
                registration.cancel();
                if (left == 0) {
                    done.complete(null);
                } else {
                    passBack(1 - number, left - 1, thrown, done);
                }
            } catch (Throwable e) {
                thrown.set(e);
                done.complete(null);
            }
        });
    }

    @Test
    void oneThatRegistersAllTheTimeWithABusyOneNeverFails() throws Exception {
        startLoops(2);
        CountDownLatch go = new CountDownLatch(1);
        CompletableFuture<Throwable> outcome = new CompletableFuture<>();
        loops.get(0).execute(() -> {
            Throwable thrown = null;
            go.countDown();
            try {
                for (int i = 0; i < 10_000; i++) {
                    loops.get(1)
                            .register(Fd.of(3), Events.READ, (same, ready) -> {})
                            .cancel();
                }
            } catch (Throwable e) {
                thrown = e;
            }
            outcome.complete(thrown);
        });
        LoopThreads.await(go);
        while (!outcome.isDone()) {
            // Both others wait for the second loop as well, and for no one that waits for them.
            loops.get(1).register(Fd.of(4), Events.READ, (same, ready) -> {}).cancel();
        }

        assertNull(get(outcome));
    }
}
