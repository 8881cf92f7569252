package dev.pollux.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.util.concurrent.Uninterruptibles;
import dev.pollux.Events;
import dev.pollux.Fd;
import dev.pollux.NanoClock;
import dev.pollux.internal.selector.ScriptedProvider;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When a loop looks at its sources without a wait, when it sleeps, and who wakes it. */
@Timeout(60)
class LooksBeforeSleepTest {

    private static final Duration LONG = Duration.ofDays(1);

    private final ScriptedProvider provider = ScriptedProvider.withEverything();
    private EventLoop loop;

    @BeforeEach
    void open() throws IOException {
        loop = configured().open();
    }

    private EventLoopBuilder configured() throws IOException {
        return EventLoop.builder().selector(ScriptedProvider.selectorOver(NanoClock.system(), provider));
    }

    @AfterEach
    void close() {
        loop.close();
    }

    private List<Long> timeouts() {
        return provider.current().timeouts;
    }

    private void makeReady() {
        provider.current().makeReady(3, Events.READ);
    }

    @Test
    void aLoopLooksFirstWhileItsSourcesAreReadyAllTheTime() throws IOException {
        loop.register(Fd.of(3), Events.READ, (registration, ready) -> {});
        makeReady();
        loop.runOnce(Duration.ZERO);
        int before = timeouts().size();

        for (int turn = 0; turn < 3; turn++) {
            makeReady();
            assertTrue(loop.runOnce(LONG));
        }

        assertEquals(List.of(0L, 0L, 0L), timeouts().subList(before, timeouts().size()));
    }

    @Test
    void aLookThatFindsNothingIsFollowedByASleepAndNotByAnotherLook() throws IOException {
        loop.register(Fd.of(3), Events.READ, (registration, ready) -> {});
        makeReady();
        loop.runOnce(Duration.ZERO);
        int before = timeouts().size();

        loop.runOnce(Duration.ofNanos(1));
        loop.runOnce(Duration.ofNanos(1));

        assertEquals(List.of(0L, 1L, 1L), timeouts().subList(before, timeouts().size()));
    }

    @Test
    void aLoopThatSleepsMostOfTheTimeSeldomLooks() throws IOException {
        int before = timeouts().size();

        for (int turn = 0; turn < 1_000; turn++) {
            loop.runOnce(Duration.ofNanos(1));
        }

        long looks = timeouts().subList(before, timeouts().size()).stream()
                .filter(timeout -> timeout == 0)
                .count();
        assertTrue(looks <= 1_000 / 50, looks + " looks");
    }

    @Test
    void tasksGivenToALoopThatIsAwakeWakeNoOne() throws Exception {
        AtomicInteger ran = new AtomicInteger();
        CompletableFuture<Void> done = new CompletableFuture<>();
        loop.execute(() -> {
            // Another thread gives its tasks while this one runs.
            Thread other = new Thread(() -> {
                for (int i = 0; i < 1_000; i++) {
                    loop.execute(ran::incrementAndGet);
                }
                loop.execute(() -> done.complete(null));
            });
            other.start();
            Uninterruptibles.joinUninterruptibly(other);
        });

        while (!done.isDone()) {
            loop.runOnce(Duration.ZERO);
        }

        assertEquals(1_000, ran.get());
        assertEquals(0, loop.metrics().selector().wakeups());
    }

    @Test
    void aTaskGivenToALoopThatSleepsWakesIt() throws Exception {
        loop.start();
        for (int i = 0; i < 100; i++) {
            CompletableFuture<Void> done = new CompletableFuture<>();
            loop.execute(() -> done.complete(null));
            done.get(LoopThreads.WATCHDOG_SECONDS, TimeUnit.SECONDS);
        }
    }

    @Test
    void aCancelOfAnotherThreadDoesNotWakeTheLoop() throws Exception {
        loop.start();
        TimerHandle timer = loop.schedule(LONG, () -> {});
        LoopThreads.until(() -> loop.metrics().pendingTimers() == 1);
        LoopThreads.untilAsleep(provider);
        long wakeups = loop.metrics().selector().wakeups();

        assertTrue(timer.cancel());

        assertEquals(wakeups, loop.metrics().selector().wakeups());
        assertEquals(1, loop.metrics().pendingTimers(), "until the next turn");
        CompletableFuture<Void> turned = new CompletableFuture<>();
        loop.execute(() -> turned.complete(null));
        turned.get(LoopThreads.WATCHDOG_SECONDS, TimeUnit.SECONDS);
        assertEquals(0, loop.metrics().pendingTimers());
    }

    @Test
    void aShutdownDoesNotWaitForATimerThatAnotherThreadHasCancelled() throws Exception {
        loop.start();
        TimerHandle timer = loop.schedule(LONG, () -> {});
        loop.shutdown();
        LoopThreads.untilAsleep(provider);

        timer.cancel();

        assertTrue(loop.awaitTermination(Duration.ofSeconds(LoopThreads.WATCHDOG_SECONDS)));
    }

    @Test
    void cancelsOfAnotherThreadDoNotPileUp() throws Exception {
        loop.start();
        TimerHandle first = loop.schedule(LONG, () -> {});
        LoopThreads.until(() -> loop.metrics().pendingTimers() == 1);
        LoopThreads.untilAsleep(provider);
        long turns = loop.metrics().turns();

        for (int i = 0; i < 5_000; i++) {
            loop.schedule(LONG, () -> {}).cancel(); // later than the first, so it needs no wakeup either
        }

        LoopThreads.until(() -> loop.metrics().turns() > turns);
        first.cancel();
    }

    @Test
    void aLoopThatSpinsSeesATaskWithoutAWakeup() throws Exception {
        loop.close();
        loop = configured().spin(Duration.ofSeconds(1)).open();
        CompletableFuture<Void> done = new CompletableFuture<>();
        AtomicInteger looks = new AtomicInteger();
        Thread other = new Thread(() -> loop.execute(() -> done.complete(null)));
        provider.atAwait = () -> {
            if (looks.incrementAndGet() == 3) {
                other.start();
            }
        };

        while (!done.isDone()) {
            loop.runOnce(LONG);
        }

        other.join();
        assertEquals(0, loop.metrics().selector().wakeups());
        assertFalse(timeouts().stream().anyMatch(timeout -> timeout > 0));
    }

    @Test
    void aLoopThatSpinsSeesASourceAndSleepsInTheEnd() throws IOException {
        loop.close();
        loop = configured().spin(Duration.ofMillis(1)).open();
        loop.register(Fd.of(3), Events.READ, (registration, ready) -> {});
        AtomicInteger looks = new AtomicInteger();
        provider.atAwait = () -> {
            if (looks.incrementAndGet() == 3) {
                makeReady();
            }
        };

        assertTrue(loop.runOnce(LONG));
        assertEquals(3, looks.get());
        assertFalse(loop.runOnce(Duration.ofMillis(2)));

        assertTrue(timeouts().get(timeouts().size() - 1) > 0);
    }
}
