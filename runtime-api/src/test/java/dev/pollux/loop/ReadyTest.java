package dev.pollux.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.AlreadyRegisteredException;
import dev.pollux.Events;
import dev.pollux.Fd;
import dev.pollux.Selectors;
import dev.pollux.internal.selector.ScriptedProvider;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Futures for sources being ready, by single turns. */
@Timeout(60)
class ReadyTest {

    private static final int BOTH = Events.READ | Events.WRITE;

    private final ScriptedProvider provider = ScriptedProvider.withEverything();
    private final List<LoopFailure> failures = new ArrayList<>();
    private final Fd source = Fd.of(3);
    private EventLoop loop;

    @BeforeEach
    void open() throws IOException {
        loop = EventLoop.builder()
                .selector(Selectors.open(provider))
                .failureHandler(failures::add)
                .open();
    }

    @AfterEach
    void close() {
        loop.close();
        assertEquals(List.of(), failures);
    }

    private void turn() throws IOException {
        loop.runOnce(Duration.ZERO);
    }

    private void turnWith(int ready) throws IOException {
        provider.current().makeReady(3, ready);
        turn();
    }

    private int watched() {
        ScriptedProvider.Watch watch = provider.current().watched.get(3);
        return watch == null ? Events.NONE : watch.events();
    }

    private static int bitsOf(CompletableFuture<Integer> ready) {
        assertTrue(ready.isDone());
        return ready.join();
    }

    @Test
    void aWaiterIsToldTheBitsAndTheSourceIsLetGo() throws IOException {
        CompletableFuture<Integer> ready = loop.ready(source, Events.READ);
        turn();
        assertFalse(ready.isDone());
        assertEquals(Events.READ, watched());

        turnWith(BOTH);

        assertEquals(Events.READ, bitsOf(ready));
        assertEquals(Events.NONE, watched());
        assertEquals(0, loop.registered());
    }

    @Test
    void manyWaitersForTheSameAreAllTold() throws IOException {
        List<CompletableFuture<Integer>> waiters = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            waiters.add(loop.ready(source, Events.READ));
        }
        turn();

        turnWith(Events.READ);

        waiters.forEach(ready -> assertEquals(Events.READ, bitsOf(ready)));
        assertEquals(0, loop.registered());
    }

    @Test
    void waitersForDifferentEventsAreToldEachTheirOwn() throws IOException {
        CompletableFuture<Integer> readable = loop.ready(source, Events.READ);
        CompletableFuture<Integer> writable = loop.ready(source, Events.WRITE);
        turn();
        assertEquals(BOTH, watched());

        turnWith(Events.WRITE);
        assertFalse(readable.isDone());
        assertEquals(Events.WRITE, bitsOf(writable));
        turn();
        assertEquals(Events.READ, watched());
        turnWith(Events.READ);

        assertEquals(Events.READ, bitsOf(readable));
        assertEquals(0, loop.registered());
    }

    @Test
    void anErrorIsToldToEveryWaiter() throws IOException {
        CompletableFuture<Integer> readable = loop.ready(source, Events.READ);
        CompletableFuture<Integer> writable = loop.ready(source, Events.WRITE);
        turn();

        turnWith(Events.ERROR);

        assertEquals(Events.READ | Events.ERROR, bitsOf(readable));
        assertEquals(Events.WRITE | Events.ERROR, bitsOf(writable));
    }

    @Test
    void cancellingEndsTheWaitOfOneAndNotOfTheOthers() throws IOException {
        CompletableFuture<Integer> cancelled = loop.ready(source, Events.READ);
        CompletableFuture<Integer> other = loop.ready(source, Events.WRITE);
        turn();

        cancelled.cancel(false);
        turn();
        assertEquals(Events.WRITE, watched());
        turnWith(Events.WRITE);

        assertTrue(cancelled.isCancelled());
        assertEquals(Events.WRITE, bitsOf(other));
        assertEquals(0, loop.registered());
    }

    @Test
    void cancelledBeforeTheLoopHasSeenItAWaitRegistersNothing() throws IOException {
        loop.ready(source, Events.READ).cancel(false);

        turn();

        assertEquals(List.of(), provider.current().calls);
    }

    @Test
    void completedBySomebodyElseAWaitEnds() throws IOException {
        CompletableFuture<Integer> ready = loop.ready(source, Events.READ);
        turn();

        ready.complete(Events.NONE);
        turn();

        assertEquals(0, loop.registered());
    }

    @Test
    void timedOutAWaitEnds() throws Exception {
        loop.start();
        CompletableFuture<Integer> ready = loop.ready(source, Events.READ).orTimeout(1, TimeUnit.MILLISECONDS);

        assertThrows(ExecutionException.class, () -> ready.get(30, TimeUnit.SECONDS));

        LoopThreads.until(() -> loop.registered() == 0);
    }

    @Test
    void aRefusalCompletesTheFutureAndLeavesNothing() throws IOException {
        provider.refused.add(3);
        CompletableFuture<Integer> ready = loop.ready(source, Events.READ);
        CompletableFuture<Integer> badEvents = loop.ready(Fd.of(4), 1 << 20);

        turn();

        CompletionException refused = assertThrows(CompletionException.class, ready::join);
        assertEquals("refused on fd 3", refused.getCause().getMessage());
        assertTrue(
                assertThrows(CompletionException.class, badEvents::join).getCause()
                        instanceof IllegalArgumentException);
        assertEquals(0, loop.registered());
        provider.refused.clear();
        CompletableFuture<Integer> again = loop.ready(source, Events.READ);
        turn();
        turnWith(Events.READ);
        assertEquals(Events.READ, bitsOf(again));
    }

    @Test
    void aRefusalOfOneWaiterLeavesTheOthersWaiting() throws IOException {
        CompletableFuture<Integer> first = loop.ready(source, Events.READ);
        turn();
        CompletableFuture<Integer> refused = loop.ready(source, 1 << 20);
        turn();

        assertTrue(refused.isCompletedExceptionally());
        assertFalse(first.isDone());
        turnWith(Events.READ);
        assertEquals(Events.READ, bitsOf(first));
    }

    @Test
    void aSourceThatHasACallbackAlreadyIsRefused() throws IOException {
        Registration registration = loop.register(source, Events.READ, (key, ready) -> {});
        CompletableFuture<Integer> ready = loop.ready(source, Events.WRITE);

        turn();

        assertTrue(
                assertThrows(CompletionException.class, ready::join).getCause() instanceof AlreadyRegisteredException);
        assertEquals(Events.READ, registration.key().events());
        assertTrue(registration.isActive());
    }

    @Test
    void whoeverIsToldMayWaitAgainAtOnce() throws IOException {
        List<Integer> told = new ArrayList<>();
        CompletableFuture<Integer> second = loop.ready(source, Events.READ).thenCompose(bits -> {
            told.add(bits);
            return loop.ready(source, Events.WRITE);
        });
        turn();

        turnWith(Events.READ);
        assertFalse(second.isDone());
        assertEquals(Events.WRITE, watched());
        turnWith(Events.WRITE);

        assertEquals(List.of(Events.READ), told);
        assertEquals(Events.WRITE, bitsOf(second));
    }

    @Test
    void whoeverIsToldMayRegisterACallbackAtOnce() throws IOException {
        CompletableFuture<Registration> registered = loop.ready(source, Events.READ)
                .thenApply(bits -> {
                    try {
                        return loop.register(source, Events.WRITE, (key, ready) -> {});
                    } catch (IOException e) {
                        throw new CompletionException(e);
                    }
                });
        turn();

        turnWith(Events.READ);

        assertEquals(Events.WRITE, registered.join().key().events());
    }

    @Test
    void theEndOfTheLoopEndsEveryWait() throws IOException {
        CompletableFuture<Integer> seen = loop.ready(source, Events.READ);
        turn();
        CompletableFuture<Integer> notSeen = loop.ready(Fd.of(4), Events.READ);

        loop.close();
        CompletableFuture<Integer> late = loop.ready(source, Events.READ);

        assertThrows(CancellationException.class, seen::join);
        assertThrows(CancellationException.class, notSeen::join);
        assertThrows(CancellationException.class, late::join);
    }

    @Test
    void nullsAreRefusedAtOnce() {
        assertThrows(NullPointerException.class, () -> loop.ready(null, Events.READ));
    }
}
