package dev.pollux.internal.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LoopFuturesTest {

    private final Lifecycle life = new Lifecycle();
    private final LoopFutures futures = new LoopFutures(new LoopInfo("loop", "scripted"), new Mailbox(life, () -> {}));
    private final CancellationException closed = new CancellationException("closed");

    /** Returns what it failed with; what a wait throws is a copy on some JDKs. */
    private static Throwable failureOf(CompletableFuture<String> future) {
        return future.handle((value, error) -> error).join();
    }

    @Test
    void theEndFailsWhatIsNotComplete() {
        CompletableFuture<String> complete = futures.make();
        complete.complete("value");
        CompletableFuture<String> open = futures.make();
        CompletableFuture<String> wait = futures.makeForOneWait();

        futures.failAll(closed);

        assertEquals("value", complete.join());
        assertSame(closed, failureOf(open));
        assertTrue(wait.isCompletedExceptionally());
    }

    @Test
    void whatIsMadeAfterTheEndHasFailedAlready() {
        futures.failAll(closed);

        assertSame(closed, failureOf(futures.make()));
        assertTrue(futures.makeForOneWait().isCompletedExceptionally());
    }

    @Test
    void theEndLeavesWhatItCompletesItself() {
        CompletableFuture<String> future = futures.makeForTheEnd();

        futures.failAll(closed);
        assertFalse(future.isDone());
        future.complete("value");

        assertEquals("value", future.copy().join());
    }

    @Test
    void theLoopThreadDoesNotWaitForAFutureThatItIsToComplete() throws Exception {
        CompletableFuture<String> future = futures.make();
        CompletableFuture<Integer> dependent = future.copy().thenApply(String::length);
        life.begin();

        assertThrows(IllegalStateException.class, future::join);
        assertThrows(IllegalStateException.class, future::get);
        assertThrows(IllegalStateException.class, dependent::join);
        future.complete("value");

        assertEquals(5, dependent.get());
    }
}
