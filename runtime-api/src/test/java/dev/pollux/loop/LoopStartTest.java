package dev.pollux.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Selectors;
import dev.pollux.internal.selector.ScriptedProvider;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Starting a loop with a factory of threads that does as the test says. */
@Timeout(60)
class LoopStartTest {

    private final Queue<ThreadFactory> factories = new ArrayDeque<>();
    private EventLoop loop;

    @BeforeEach
    void open() throws IOException {
        loop = EventLoop.builder()
                .selector(Selectors.open(ScriptedProvider.withEverything()))
                .threadFactory(task -> factories.remove().newThread(task))
                .open();
    }

    @AfterEach
    void close() {
        loop.close();
    }

    private void startsAndRuns() {
        factories.add(Thread::new);
        loop.start();
        CountDownLatch ran = new CountDownLatch(1);
        loop.execute(ran::countDown);
        LoopThreads.await(ran);
    }

    @Test
    void aFactoryThatFailsLeavesTheLoopToBeStartedAgain() {
        IllegalStateException failure = new IllegalStateException("factory");
        factories.add(task -> {
            throw failure;
        });

        assertSame(failure, assertThrows(IllegalStateException.class, loop::start));

        startsAndRuns();
    }

    @Test
    void aFactoryThatMakesNoThreadLeavesTheLoopToBeStartedAgain() {
        factories.add(task -> null);

        assertThrows(NullPointerException.class, loop::start);

        startsAndRuns();
    }

    @Test
    void aThreadThatCannotBeStartedLeavesTheLoopToBeStartedAgain() {
        factories.add(task -> new Thread(task) {
            @Override
            public synchronized void start() {
                throw new OutOfMemoryError("unable to create native thread");
            }
        });

        assertThrows(OutOfMemoryError.class, loop::start);

        startsAndRuns();
    }

    @Test
    void aLoopWhoseThreadCannotBeMadeIsRunByItsCaller() throws IOException {
        factories.add(task -> null);
        assertThrows(NullPointerException.class, loop::start);

        loop.runOnce(Duration.ZERO);
    }

    @Test
    void aLoopThatWasClosedIsNotStarted() {
        loop.close();

        IllegalStateException thrown = assertThrows(IllegalStateException.class, loop::start);

        assertTrue(thrown.getMessage().endsWith("is closed"), thrown::getMessage);
        assertTrue(factories.isEmpty(), "no thread is asked for");
    }

    @Test
    void aLoopIsNeitherRunNorStartedWhileItsThreadIsMade() {
        AtomicReference<IllegalStateException> started = new AtomicReference<>();
        AtomicReference<IllegalStateException> run = new AtomicReference<>();
        factories.add(task -> {
            started.set(assertThrows(IllegalStateException.class, loop::start));
            run.set(assertThrows(IllegalStateException.class, loop::run));
            return new Thread(task);
        });

        loop.start();

        assertTrue(started.get().getMessage().contains("already"), started.get()::getMessage);
        assertTrue(run.get().getMessage().contains("already"), run.get()::getMessage);
    }

    @Test
    void aLoopThatItsFactoryClosesEndsAndTheThreadFindsNothingToDo() throws Exception {
        factories.add(task -> {
            loop.close();
            return new Thread(task);
        });

        Thread thread = loop.start();

        thread.join();
        assertTrue(loop.isTerminated());
    }

    @Test
    void aLoopThatIsRunInsideOneOfItsTasksFailsAndGoesOn() throws IOException {
        AtomicReference<IllegalStateException> run = new AtomicReference<>();
        loop.execute(() -> run.set(assertThrows(IllegalStateException.class, () -> loop.runOnce(Duration.ZERO))));

        loop.runOnce(Duration.ZERO);

        assertTrue(run.get().getMessage().contains("runs on thread"), run.get()::getMessage);
        assertEquals(1, loop.metrics().tasks());
    }
}
