package dev.pollux.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Events;
import dev.pollux.loop.EventLoop;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Waits of other threads for a source: whatever ends one, nothing is registered after it. */
@Timeout(60)
class AwaitReadyTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final int TIMES = 300;

    private EventLoop loop;
    private Pipe pipe;

    @BeforeEach
    void open() throws Exception {
        loop = EventLoop.builder().backend(new NioBackendProvider()).open();
        loop.start();
        pipe = Pipe.open();
        pipe.source().configureBlocking(false);
    }

    @AfterEach
    void close() throws Exception {
        loop.close();
        pipe.source().close();
        pipe.sink().close();
    }

    private FutureTask<Integer> waiting(Thread[] thread) {
        FutureTask<Integer> wait = new FutureTask<>(() -> {
            try {
                return loop.awaitReady(pipe.source(), Events.READ, LONG);
            } finally {
                assertEquals(0, loop.registered());
            }
        });
        thread[0] = new Thread(wait, "waiter");
        thread[0].start();
        return wait;
    }

    private void awaitRegistered() {
        long deadline = System.nanoTime() + LONG.toNanos();
        while (loop.registered() == 0) {
            assertTrue(System.nanoTime() < deadline);
            Thread.onSpinWait();
        }
    }

    private static Throwable failure(FutureTask<?> task) {
        return assertThrows(ExecutionException.class, () -> task.get(30, TimeUnit.SECONDS))
                .getCause();
    }

    @Test
    void aWaitEndsWhenTheSourceIsReady() throws Exception {
        FutureTask<Integer> wait = waiting(new Thread[1]);
        awaitRegistered();
        pipe.sink().write(ByteBuffer.wrap(new byte[1]));
        assertEquals(Events.READ, wait.get());
    }

    @Test
    void aWaitThatIsOverLeavesNothingRegistered() throws Exception {
        for (int i = 0; i < TIMES; i++) {
            assertEquals(Events.NONE, loop.awaitReady(pipe.source(), Events.READ, Duration.ofNanos(i * 10_000L)));
            assertEquals(0, loop.registered(), "after wait " + i);
        }
    }

    @Test
    void aWaitThatIsInterruptedLeavesNothingRegistered() throws Exception {
        for (int i = 0; i < TIMES; i++) {
            Thread[] thread = new Thread[1];
            FutureTask<Integer> wait = waiting(thread);
            if (i % 2 == 0) {
                awaitRegistered();
            }
            thread[0].interrupt();
            assertInstanceOf(InterruptedException.class, failure(wait));
            assertEquals(0, loop.registered());
        }
    }

    @Test
    void aWaitWhileNoThreadRunsTheLoopLeavesNothingRegistered() throws Exception {
        try (EventLoop still =
                EventLoop.builder().backend(new NioBackendProvider()).open()) {
            assertEquals(Events.NONE, still.awaitReady(pipe.source(), Events.READ, Duration.ofMillis(1)));
            still.runOnce(Duration.ZERO);
            assertEquals(0, still.registered());
        }
    }

    @Test
    void othersThatWaitForTheSameSourceGoOn() throws Exception {
        CompletableFuture<Integer> other = loop.ready(pipe.source(), Events.READ);
        assertEquals(Events.NONE, loop.awaitReady(pipe.source(), Events.READ, Duration.ofMillis(1)));
        assertEquals(1, loop.registered());
        pipe.sink().write(ByteBuffer.wrap(new byte[1]));
        assertEquals(Events.READ, other.get(30, TimeUnit.SECONDS));
    }

    @Test
    void aWaitEndsWithTheLoop() throws Exception {
        FutureTask<Integer> wait = waiting(new Thread[1]);
        awaitRegistered();
        loop.close();
        assertInstanceOf(CancellationException.class, failure(wait));
    }

    @Test
    void whatCannotBeWatchedFails() {
        assertThrows(dev.pollux.UnsupportedSourceException.class, () -> loop.awaitReady("text", Events.READ, LONG));
        assertThrows(IllegalArgumentException.class, () -> loop.awaitReady(pipe.source(), Events.NONE, LONG));
    }

    @Test
    void theLoopThreadDoesNotWaitForItself() throws Exception {
        CompletableFuture<Throwable> outcome = new CompletableFuture<>();
        loop.execute(() -> outcome.complete(
                assertThrows(IllegalStateException.class, () -> loop.awaitReady(pipe.source(), Events.READ, LONG))));
        assertTrue(outcome.get(30, TimeUnit.SECONDS).getMessage().contains("own thread"));
        assertEquals(0, loop.registered());
    }
}
