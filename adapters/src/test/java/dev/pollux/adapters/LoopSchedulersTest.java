package dev.pollux.adapters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.loop.EventLoop;
import io.reactivex.rxjava3.core.Observable;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import kotlin.coroutines.EmptyCoroutineContext;
import kotlinx.coroutines.CoroutineScopeKt;
import kotlinx.coroutines.CoroutineStart;
import kotlinx.coroutines.DelayKt;
import kotlinx.coroutines.future.FutureKt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;

@Timeout(60)
class LoopSchedulersTest {

    private EventLoop loop;

    @BeforeEach
    void start() throws IOException {
        loop = EventLoop.builder().threadName("the-loop").open();
        loop.start();
    }

    @AfterEach
    void close() {
        loop.close();
    }

    private static String onWhichThread(Object unused) {
        return Thread.currentThread().getName();
    }

    @Test
    void reactorRunsOnTheLoopThread() {
        List<String> threads = Flux.just(1, 2, 3)
                .delayElements(Duration.ofMillis(1), LoopSchedulers.reactor(loop))
                .map(LoopSchedulersTest::onWhichThread)
                .collectList()
                .block();

        assertEquals(List.of("the-loop", "the-loop", "the-loop"), threads);
    }

    @Test
    void rxJavaRunsOnTheLoopThread() {
        List<String> threads = Observable.intervalRange(0, 3, 1, 1, TimeUnit.MILLISECONDS, LoopSchedulers.rxJava(loop))
                .map(LoopSchedulersTest::onWhichThread)
                .toList()
                .blockingGet();

        assertEquals(List.of("the-loop", "the-loop", "the-loop"), threads);
    }

    @Test
    void aCoroutineRunsOnTheLoopThread() {
        String thread = delayed(1).join();

        assertEquals("the-loop", thread);
    }

    /** Each delay is shorter than the one before, because only then another thread wakes the loop to take it. */
    @Test
    void delaysAreTimersOfTheLoop() {
        Flux.just(1)
                .delayElements(Duration.ofDays(3), LoopSchedulers.reactor(loop))
                .subscribe();
        awaitTimers(1);
        Observable.timer(2, TimeUnit.DAYS, LoopSchedulers.rxJava(loop)).subscribe();
        awaitTimers(2);
        delayed(TimeUnit.DAYS.toMillis(1));
        awaitTimers(3);
    }

    /** Returns the name of the thread on which a coroutine goes on after a delay. */
    private CompletableFuture<String> delayed(long millis) {
        return FutureKt.future(
                CoroutineScopeKt.CoroutineScope(LoopSchedulers.coroutines(loop)),
                EmptyCoroutineContext.INSTANCE,
                CoroutineStart.DEFAULT,
                (scope, continuation) -> DelayKt.delay(millis, new OnResumed(continuation)));
    }

    private void awaitTimers(int count) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (loop.metrics().pendingTimers() != count) {
            assertTrue(System.nanoTime() < deadline, loop.metrics()::toString);
            Thread.onSpinWait();
        }
    }
}
