package dev.pollux.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.internal.selector.ScriptedProvider;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What happens elsewhere and comes back to the loop: blocking work, processes, signals. */
@Timeout(60)
class OutsideWorkTest {

    private EventLoop loop;
    private Thread thread;

    @BeforeEach
    void open() throws IOException {
        loop = EventLoop.builder()
                .backend(ScriptedProvider.withEverything())
                .threadName("outside")
                .open();
        thread = loop.start();
    }

    @AfterEach
    void close() {
        loop.close();
    }

    @Test
    void whatIsOffloadedRunsElsewhereAndCompletesOnTheLoop() throws Exception {
        CompletableFuture<Thread> completedOn = new CompletableFuture<>();
        CountDownLatch chained = new CountDownLatch(1);

        CompletableFuture<Thread> ranOn = loop.offload(() -> {
            chained.await();
            return Thread.currentThread();
        });
        ranOn.thenRun(() -> completedOn.complete(Thread.currentThread()));
        chained.countDown();

        // First this: a thread that waits for a future helps to run what depends on it.
        assertSame(thread, completedOn.get(30, TimeUnit.SECONDS));
        assertNotSame(thread, ranOn.join());
        assertTrue(ranOn.join().getName().startsWith("outside-offload-"), ranOn.join()::getName);
        assertTrue(ranOn.join().isDaemon());
    }

    @Test
    void whatOffloadedWorkThrowsFailsTheFuture() {
        CompletableFuture<Object> failed = loop.offload(() -> {
            throw new IOException("blocking work");
        });

        ExecutionException told = assertThrows(ExecutionException.class, () -> failed.get(30, TimeUnit.SECONDS));
        assertInstanceOf(IOException.class, told.getCause());
    }

    @Test
    void aShutdownWaitsForWhatIsOffloaded() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        CompletableFuture<String> offloaded = loop.offload(() -> {
            go.await();
            return "done";
        });

        loop.shutdown();
        assertFalse(loop.isTerminated());
        go.countDown();

        assertEquals("done", offloaded.get(30, TimeUnit.SECONDS));
        assertTrue(loop.awaitTermination(Duration.ofSeconds(30)));
    }

    @Test
    void aCloseCancelsWhatIsOffloaded() {
        CompletableFuture<Object> offloaded = loop.offload(() -> {
            new CountDownLatch(1).await();
            return null;
        });

        loop.close();

        assertThrows(CancellationException.class, offloaded::join);
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void theEndOfAProcessIsToldOnTheLoop() throws Exception {
        Process process = new ProcessBuilder("sh", "-c", "read line; exit 7").start();
        CompletableFuture<Thread> toldOn = new CompletableFuture<>();

        CompletableFuture<Process> exited = loop.onExit(process);
        exited.thenRun(() -> toldOn.complete(Thread.currentThread()));
        assertFalse(exited.isDone());
        process.getOutputStream().close();

        // First this: a thread that waits for a future helps to run what depends on it.
        assertSame(thread, toldOn.get(30, TimeUnit.SECONDS));
        assertSame(process, exited.join());
        assertEquals(7, process.exitValue());
    }

    // SIGWINCH, because nobody minds it: a signal that arrives after the test must not end the process.
    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void aSignalRunsTheTasksOfAllWhoListen() throws Exception {
        CountDownLatch firstHeard = new CountDownLatch(2);
        CompletableFuture<Thread> ranOn = new CompletableFuture<>();
        SignalHandle first = loop.onSignal("WINCH", firstHeard::countDown);
        SignalHandle second = loop.onSignal("WINCH", () -> ranOn.complete(Thread.currentThread()));

        raiseUntil(() -> ranOn.isDone() && firstHeard.getCount() == 0);

        assertSame(thread, ranOn.join());
        first.close();
        second.close();
        first.close();
        CompletableFuture<Void> heardAgain = new CompletableFuture<>();
        SignalHandle third = loop.onSignal("WINCH", () -> heardAgain.complete(null));
        raiseUntil(heardAgain::isDone);
        third.close();
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void aListenerEndsWithItsLoopAndTheNextOneIsTold() throws Exception {
        loop.onSignal("WINCH", () -> {});
        loop.close();
        try (EventLoop next =
                EventLoop.builder().backend(ScriptedProvider.withEverything()).open()) {
            boolean[] ran = new boolean[1];
            next.onSignal("WINCH", () -> ran[0] = true);

            raiseUntil(() -> {
                try {
                    next.runOnce(Duration.ofMillis(10));
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
                return ran[0];
            });
        }
    }

    @Test
    void aSignalThatDoesNotExistIsRefused() {
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> loop.onSignal("NOSUCH", () -> {}));

        assertTrue(refused.getMessage().startsWith("SIGNOSUCH"), refused.getMessage());
    }

    /** Signals of one kind that arrive together count as one, so one may be needed more often than once. */
    private static void raiseUntil(BooleanSupplier seen) throws IOException, InterruptedException {
        while (!seen.getAsBoolean()) {
            String self = Long.toString(ProcessHandle.current().pid());
            assertEquals(0, new ProcessBuilder("kill", "-WINCH", self).start().waitFor());
        }
    }
}
