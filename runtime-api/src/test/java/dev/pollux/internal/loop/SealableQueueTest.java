package dev.pollux.internal.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.loop.LoopThreads;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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

    /** Where tasks are kept, with something that happens just before and just after one is added. */
    private static final class Interrupted extends ConcurrentLinkedQueue<Runnable> {

        private static final long serialVersionUID = 1;

        private transient Runnable beforeAdd = () -> {};
        private transient Runnable afterAdd = () -> {};

        @Override
        public boolean add(Runnable task) {
            beforeAdd.run();
            boolean added = super.add(task);
            afterAdd.run();
            return added;
        }
    }

    @Test
    void offerThatComesJustAfterTheSealIsRejectedAndNotKept() {
        Interrupted tasks = new Interrupted();
        SealableQueue late = new SealableQueue(tasks);
        Runnable kept = task();
        assertTrue(late.offer(kept));
        tasks.beforeAdd = () -> assertEquals(List.of(kept), late.seal());

        assertFalse(late.offer(task()));

        assertTrue(late.isEmpty());
        assertEquals(0, late.size());
    }

    @Test
    void offerThatTheSealHasTakenIsAccepted() {
        Interrupted tasks = new Interrupted();
        SealableQueue late = new SealableQueue(tasks);
        Runnable last = task();
        tasks.afterAdd = () -> assertEquals(List.of(last), late.seal());

        assertTrue(late.offer(last));
    }

    @Test
    void offersOfManyThreadsThatComeJustAfterTheSealAreAllRejected() throws Exception {
        Interrupted tasks = new Interrupted();
        SealableQueue late = new SealableQueue(tasks);
        CountDownLatch offering = new CountDownLatch(THREADS);
        CountDownLatch isSealed = new CountDownLatch(1);
        tasks.beforeAdd = () -> {
            offering.countDown();
            LoopThreads.await(isSealed);
        };
        List<CompletableFuture<Boolean>> accepted = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            CompletableFuture<Boolean> answer = new CompletableFuture<>();
            accepted.add(answer);
            new Thread(() -> answer.completeAsync(() -> late.offer(task()), Runnable::run)).start();
        }
        LoopThreads.await(offering);

        assertEquals(List.of(), late.seal());
        isSealed.countDown();

        for (CompletableFuture<Boolean> answer : accepted) {
            assertFalse(answer.get(LoopThreads.WATCHDOG_SECONDS, TimeUnit.SECONDS));
        }
        assertTrue(late.isEmpty());
    }
}
