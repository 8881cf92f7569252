package dev.pollux.ffm.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.ffm.testing.LibcDescriptors;
import dev.pollux.loop.EventLoop;
import dev.pollux.spi.BackendProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A thousand signals per second at the loop thread. */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class SignalStormTest {

    private static final int TIMERS = 10;
    private static final Duration DELAY = Duration.ofMillis(20);

    private final LibcDescriptors system = new LibcDescriptors();

    /** A wait that began anew after each signal, a millisecond apart, would never reach twenty. */
    @ParameterizedTest
    @MethodSource("dev.pollux.ffm.SelectorFaultsTest#backends")
    void stretchesAndShortensNoTimer(BackendProvider provider) throws Exception {
        List<Long> early = new ArrayList<>();
        AtomicBoolean over = new AtomicBoolean();
        CompletableFuture<Integer> done = new CompletableFuture<>();
        try (EventLoop loop = EventLoop.builder().backend(provider.name()).open()) {
            loop.start();
            CompletableFuture<Long> thread = new CompletableFuture<>();
            loop.execute(() -> thread.complete(system.currentThread()));
            long target = thread.get(10, TimeUnit.SECONDS);
            Thread storm = new Thread(() -> {
                while (!over.get()) {
                    system.signal(target);
                    LockSupport.parkNanos(1_000_000);
                }
            });
            storm.start();
            try {
                loop.execute(() -> next(loop, 0, early, done));

                assertEquals(TIMERS, done.get(30, TimeUnit.SECONDS));
            } finally {
                over.set(true);
                storm.join();
            }
        }
        assertTrue(early.isEmpty(), early::toString);
    }

    private static void next(EventLoop loop, int count, List<Long> early, CompletableFuture<Integer> done) {
        if (count == TIMERS) {
            done.complete(count);
            return;
        }
        long start = System.nanoTime();
        loop.schedule(DELAY, () -> {
            long passed = System.nanoTime() - start;
            if (passed < DELAY.toNanos()) {
                early.add(passed);
            }
            next(loop, count + 1, early, done);
        });
    }
}
