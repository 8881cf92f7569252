package dev.pollux.examples.adapters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.loop.EventLoop;
import dev.pollux.tck.fake.Simulation;
import io.reactivex.rxjava3.core.Observable;
import io.reactivex.rxjava3.core.Single;
import io.reactivex.rxjava3.disposables.Disposable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

@Timeout(60)
class LoopSchedulersTest {

    private static final Duration SOON = Duration.ofSeconds(10);

    @Test
    void reactorRunsOnTheLoopThreadAlsoAfterADelay() throws IOException {
        try (EventLoop loop = EventLoop.open()) {
            Thread thread = loop.start();
            Scheduler scheduler = LoopSchedulers.reactor(loop);

            List<Thread> threads = Mono.fromCallable(Thread::currentThread)
                    .subscribeOn(scheduler)
                    .delayElement(Duration.ofMillis(1), scheduler)
                    .map(first -> List.of(first, Thread.currentThread()))
                    .block(SOON);

            assertEquals(List.of(thread, thread), threads);
            scheduler.dispose();
            assertTrue(loop.isOpen());
        }
    }

    @Test
    void aDelayOfReactorIsATimerOfTheLoop() throws IOException {
        List<Long> ticks = new ArrayList<>();
        try (Simulation simulation = Simulation.open()) {
            reactor.core.Disposable ticking = Flux.interval(
                            Duration.ofHours(1), LoopSchedulers.reactor(simulation.loop()))
                    .subscribe(ticks::add);

            simulation.runFor(Duration.ofHours(3).minusNanos(1));
            assertEquals(List.of(0L, 1L), ticks);
            simulation.runFor(Duration.ofNanos(1));
            assertEquals(List.of(0L, 1L, 2L), ticks);

            ticking.dispose();
            simulation.runFor(Duration.ofHours(3));
            assertEquals(3, ticks.size());
        }
    }

    @Test
    void rxJavaRunsOnTheLoopThreadAlsoAfterADelay() throws IOException {
        try (EventLoop loop = EventLoop.open()) {
            Thread thread = loop.start();
            io.reactivex.rxjava3.core.Scheduler scheduler = LoopSchedulers.rxJava(loop);

            List<Thread> threads = Single.fromCallable(Thread::currentThread)
                    .subscribeOn(scheduler)
                    .delay(1, TimeUnit.MILLISECONDS, scheduler)
                    .map(first -> List.of(first, Thread.currentThread()))
                    .timeout(SOON.toSeconds(), TimeUnit.SECONDS)
                    .blockingGet();

            assertEquals(List.of(thread, thread), threads);
        }
    }

    @Test
    void aDelayOfRxJavaIsATimerOfTheLoop() throws IOException {
        List<Long> ticks = new ArrayList<>();
        try (Simulation simulation = Simulation.open()) {
            Disposable ticking = Observable.interval(1, TimeUnit.HOURS, LoopSchedulers.rxJava(simulation.loop()))
                    .subscribe(ticks::add);

            simulation.runFor(Duration.ofHours(3).minusNanos(1));
            assertEquals(List.of(0L, 1L), ticks);
            simulation.runFor(Duration.ofNanos(1));
            assertEquals(List.of(0L, 1L, 2L), ticks);

            ticking.dispose();
            simulation.runFor(Duration.ofHours(3));
            assertEquals(3, ticks.size());
        }
    }
}
