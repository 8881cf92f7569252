package dev.pollux.tck.rules;

import static dev.pollux.Events.READ;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.EventSelector;
import dev.pollux.Ready;
import dev.pollux.SelectorKey;
import dev.pollux.tck.source.TestSource;
import java.io.IOException;
import java.nio.channels.ClosedSelectorException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** WAKE: ending a wait from outside. */
public interface WakeupRules extends RuleGroup {

    @Test
    @Rule("WAKE-1")
    default void wakeupEndsTheWaitInProgress() throws Exception {
        selector().register(sources().duplex().fileobj(), READ, null);
        Future<List<Ready>> select = fixture().backgroundSelect();

        selector().wakeup();

        assertEquals(List.of(), fixture().result(select));
    }

    @Test
    @Rule("WAKE-1")
    default void wakeupBeforeSelectIsNotLost() throws IOException {
        selector().wakeup();

        assertEquals(List.of(), selector().select(fixture().soon()));

        assertEquals(0, calls().sleeps());
    }

    @Test
    @Rule("WAKE-1")
    default void manyWakeupsCountAsOne() throws IOException {
        for (int i = 0; i < 100; i++) {
            selector().wakeup();
        }

        assertEquals(List.of(), selector().select(fixture().soon()));
        assertEquals(0, calls().sleeps());
        fixture().assertQuiet();
        assertEquals(1, calls().sleeps());
    }

    @Test
    @Rule("WAKE-1")
    default void noWakeupIsLost() throws Exception {
        int rounds = 2_000;
        AtomicInteger selected = new AtomicInteger();
        Future<Boolean> selecting = fixture().background(() -> {
            for (int i = 0; i < rounds; i++) {
                selector().select();
                selected.incrementAndGet();
            }
            return true;
        });

        for (int i = 0; i < rounds; i++) {
            int round = i;
            selector().wakeup();
            fixture().await(() -> selected.get() > round, "wakeup " + round + " ends a select");
        }

        assertTrue(fixture().result(selecting));
    }

    @Test
    @Rule("WAKE-1")
    default void wakeupsOfManyThreadsAreNotLost() throws Exception {
        int threads = 4;
        int rounds = 500;
        AtomicInteger pending = new AtomicInteger();
        AtomicInteger done = new AtomicInteger();
        Future<Boolean> selecting = fixture().background(() -> {
            while (done.get() < threads * rounds) {
                selector().select();
                done.addAndGet(pending.getAndSet(0));
            }
            return true;
        });

        List<Future<Boolean>> waking = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            waking.add(fixture().background(() -> {
                for (int i = 0; i < rounds; i++) {
                    pending.incrementAndGet();
                    selector().wakeup();
                }
                return true;
            }));
        }

        for (Future<Boolean> thread : waking) {
            assertTrue(fixture().result(thread));
        }
        assertTrue(fixture().result(selecting), "whatever was handed over before a wakeup is seen after it");
    }

    @Test
    @Rule("WAKE-1")
    default void oneSleepIsEndedByOneCallAtMost() throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        Future<Boolean> selecting = fixture().background(() -> {
            while (!stop.get()) {
                selector().select();
            }
            return true;
        });
        List<Future<Boolean>> waking = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            waking.add(fixture().background(() -> {
                for (int i = 0; i < 5_000; i++) {
                    selector().wakeup();
                }
                return true;
            }));
        }
        for (Future<Boolean> thread : waking) {
            assertTrue(fixture().result(thread));
        }
        stop.set(true);
        selector().wakeup();
        assertTrue(fixture().result(selecting));

        assertTrue(
                calls().wakeups() <= calls().sleeps(),
                () -> calls().wakeups() + " calls to end " + calls().sleeps() + " sleeps");
    }

    @Test
    @Rule("WAKE-1")
    default void wakingNobodyCostsNoCall() throws IOException {
        for (int i = 0; i < 100; i++) {
            selector().wakeup();
            selector().selectNow();
        }

        assertEquals(0, calls().wakeups());
    }

    @Test
    @Rule("WAKE-2")
    default void aWakeupIsNoEvent() throws Exception {
        TestSource source = sources().duplex();
        SelectorKey key = selector().register(source.fileobj(), READ, null);
        source.makeReadable();
        fixture().awaitReady(source, READ);

        selector().wakeup();

        assertEquals(List.of(new Ready(key, READ)), selector().select(fixture().soon()));
        source.drain();
        fixture().assertQuiet();
        assertEquals(0, selector().metrics().staleEvents());
    }

    @Test
    @Rule("WAKE-2")
    default void aWakeupThatEndsASelectLeavesNothingBehind() throws Exception {
        long before = calls().sleeps();
        Future<List<Ready>> select = fixture().background(() -> selector().select());
        fixture().await(() -> calls().sleeps() > before, "another thread waits in select");

        selector().wakeup();

        assertEquals(List.of(), fixture().result(select));
        fixture().assertQuiet();
    }

    @Test
    @Rule("WAKE-2")
    default void aWakeupThatComesWithAnEventLeavesNothingBehind() throws Exception {
        TestSource source = sources().reader();
        selector().register(source.fileobj(), READ, null);
        for (int i = 0; i < 100; i++) {
            int before = (int) calls().sleeps();
            Future<List<Ready>> select = fixture().background(() -> selector().select());
            fixture().await(() -> calls().sleeps() > before, "another thread waits in select");
            source.makeReadable();
            selector().wakeup();
            fixture().result(select);
            // Either of the two may have ended it; the other one may still be pending.
            selector().selectNow();
            source.drain();
        }

        fixture().assertQuiet();
    }

    @Test
    @Rule("WAKE-2")
    default void wakeupAfterCloseDoesNothing() {
        selector().close();

        for (int i = 0; i < 10; i++) {
            selector().wakeup();
        }

        assertEquals(0, calls().wakeups());
    }

    @Test
    @Rule({"WAKE-2", "CLO-1"})
    default void wakeupsDuringCloseReachNobodyElse() throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        EventSelector[] current = {selector()};
        List<Future<Boolean>> waking = new ArrayList<>();
        for (int t = 0; t < 3; t++) {
            waking.add(fixture().background(() -> {
                while (!stop.get()) {
                    current[0].wakeup();
                }
                return true;
            }));
        }

        for (int i = 0; i < 100; i++) {
            EventSelector selector = fixture().open();
            current[0] = selector;
            selector.select(Duration.ofMillis(1));
            Future<Boolean> closing = fixture().background(() -> {
                selector.close();
                return true;
            });
            try {
                selector.select(Duration.ofMillis(1));
            } catch (ClosedSelectorException closed) {
                // What the other thread is there for.
            }
            assertTrue(fixture().result(closing));
            // Takes the numbers that the selector has just given back: a late wakeup would write into this pipe.
            TestSource.Connection canary = sources().pipeReader();
            assertEquals(0, canary.drain(), "bytes that no one sent");
            sources().discard(canary);
        }
        stop.set(true);

        for (Future<Boolean> thread : waking) {
            assertTrue(fixture().result(thread));
        }
    }

    @Test
    @Rule("WAKE-3")
    default void selectNowConsumesAWakeup() throws IOException {
        selector().wakeup();

        assertEquals(List.of(), selector().selectNow());

        fixture().assertQuiet();
        assertEquals(1, calls().sleeps());
    }

    @Test
    @Rule("WAKE-3")
    default void anySelectWithoutTimeConsumesAWakeup() throws IOException {
        for (Duration timeout : List.of(Duration.ZERO, Duration.ofSeconds(-1))) {
            long sleeps = calls().sleeps();
            selector().wakeup();

            assertEquals(List.of(), selector().select(timeout));

            fixture().assertQuiet();
            assertEquals(sleeps + 1, calls().sleeps());
        }
    }
}
