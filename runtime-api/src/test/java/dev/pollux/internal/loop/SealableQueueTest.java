package dev.pollux.internal.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SealableQueueTest {

    private static final int ROUNDS = 200;
    private static final int THREADS = 3;
    private static final int OFFERS = 1000;

    private final SealableQueue queue = new SealableQueue(4);

    /** A task with an identity of its own. */
    private static Runnable task() {
        return new Runnable() {
            @Override
            public void run() {}
        };
    }

    @Test
    void tasksComeOutInTheOrderTheyWereOffered() {
        List<Runnable> offered = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            Runnable task = task();
            assertTrue(queue.offer(task));
            offered.add(task);
        }

        assertFalse(queue.isEmpty());
        assertEquals(50, queue.size());
        for (Runnable task : offered) {
            assertSame(task, queue.poll());
        }
        assertNull(queue.poll());
        assertTrue(queue.isEmpty());
        assertEquals(0, queue.size());
    }

    @Test
    void sealingHandsBackWhatWasNotPolledAndTakesNothingAfterIt() {
        Runnable polled = task();
        Runnable left = task();
        Runnable last = task();
        queue.offer(polled);
        queue.offer(left);
        queue.offer(last);
        assertSame(polled, queue.poll());

        assertEquals(List.of(left, last), queue.seal());

        assertFalse(queue.offer(task()));
        assertTrue(queue.isEmpty());
        assertThrows(AssertionError.class, queue::seal);
    }

    @Test
    void noTaskIsBothRefusedAndKeptHoweverThreadsInterleave() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            Set<Runnable> accepted = Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));
            SealableQueue contended = new SealableQueue(64);

            List<Runnable> kept = sealedAmidOffers(contended, SealableQueueTest::task, accepted::add);

            Set<Runnable> found = Collections.newSetFromMap(new IdentityHashMap<>());
            found.addAll(kept);
            assertEquals(accepted, found);
            assertTrue(contended.isEmpty());
        }
    }

    @Test
    void theSameTaskFromManyThreadsIsKeptAsOftenAsItWasAccepted() throws Exception {
        Runnable same = task();
        for (int round = 0; round < ROUNDS; round++) {
            AtomicInteger accepted = new AtomicInteger();
            SealableQueue contended = new SealableQueue(64);

            List<Runnable> kept = sealedAmidOffers(contended, () -> same, task -> accepted.incrementAndGet());

            assertEquals(accepted.get(), kept.size());
            assertTrue(contended.isEmpty());
        }
    }

    /** Has threads offer, for a while or until they are refused, seals meanwhile, and returns what sealing handed back. */
    private static List<Runnable> sealedAmidOffers(
            SealableQueue queue, Supplier<Runnable> tasks, Consumer<Runnable> accepted) throws InterruptedException {
        CountDownLatch underWay = new CountDownLatch(THREADS);
        List<Thread> offering = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            Thread thread = new Thread(() -> {
                Runnable task = tasks.get();
                for (int left = OFFERS; left > 0 && queue.offer(task); left--) {
                    accepted.accept(task);
                    underWay.countDown();
                    task = tasks.get();
                }
            });
            offering.add(thread);
            thread.start();
        }
        underWay.await();
        List<Runnable> kept = queue.seal();
        for (Thread thread : offering) {
            thread.join();
        }
        return kept;
    }
}
