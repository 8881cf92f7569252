package dev.pollux.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Events;
import dev.pollux.Fd;
import dev.pollux.HasFd;
import dev.pollux.Selectors;
import dev.pollux.internal.selector.ScriptedProvider;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The user's code asks the loop from another thread and waits for the answer, wherever the loop may call it. It would wait
 * for ever if the loop held a lock there.
 */
@Timeout(60)
class UserCodeUnderNoLockTest {

    private final ScriptedProvider provider = ScriptedProvider.withEverything();
    private final List<String> answers = Collections.synchronizedList(new ArrayList<>());
    private EventLoop loop;

    @BeforeEach
    void open() throws IOException {
        loop = configured().open();
    }

    /** What is offloaded is back before the call returns, and waits for the loop. */
    private EventLoopBuilder configured() throws IOException {
        return EventLoop.builder()
                .selector(Selectors.open(provider))
                .offloadExecutor(Runnable::run)
                .threadName("asked");
    }

    @AfterEach
    void close() {
        loop.close();
    }

    private void ask() {
        CompletableFuture<String> answer = new CompletableFuture<>();
        EventLoop asked = loop;
        Thread thread = new Thread(() -> {
            try {
                if (asked.isOpen()) {
                    asked.execute(() -> {});
                    asked.schedule(Duration.ofDays(1), () -> {}).cancel();
                }
                asked.isTerminated();
                asked.metrics();
                answer.complete(asked.dump());
            } catch (Throwable e) {
                answer.completeExceptionally(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        answers.add(answer.orTimeout(10, TimeUnit.SECONDS).join().substring(0, 5));
    }

    private void assertAnswered(int times) {
        assertEquals(Collections.nCopies(times, "asked"), answers);
    }

    @Test
    void whatDependsOnOffloadedWorkAsksAtTheEndOfATurn() throws IOException {
        loop.execute(() -> loop.offload(() -> 1).thenRun(this::ask));

        loop.runOnce(Duration.ZERO);
        loop.runOnce(Duration.ZERO);

        assertAnswered(1);
    }

    @Test
    void whatDependsOnOffloadedWorkAsksInAShutdown() {
        loop.offload(() -> 1).thenRun(this::ask);

        loop.shutdown();

        assertAnswered(1);
        assertTrue(loop.isTerminated());
    }

    @Test
    void whatDependsOnOffloadedWorkAsksInAClose() {
        loop.offload(() -> 1).whenComplete((value, error) -> ask());

        loop.close();

        assertAnswered(1);
    }

    @Test
    void whatDependsOnASwapAsksAtTheEndOfATurn() throws IOException {
        loop.execute(() -> loop.swap("scripted").thenRun(this::ask));

        loop.runOnce(Duration.ZERO);
        loop.runOnce(Duration.ZERO);

        assertAnswered(1);
    }

    @Test
    void whatDependsOnTheEndOfAProcessAsksAtTheEndOfATurn() throws IOException {
        loop.execute(() -> loop.onExit(new EndedProcess()).thenRun(this::ask));

        loop.runOnce(Duration.ZERO);
        loop.runOnce(Duration.ZERO);

        assertAnswered(1);
    }

    @Test
    void whatDependsOnAFutureThatTheEndFailsAsksThere() {
        loop.ready(Fd.of(3), Events.READ).whenComplete((value, error) -> ask());

        loop.close();

        assertAnswered(1);
    }

    @Test
    void whatDependsOnTheEndAsksThere() {
        loop.terminated().thenRun(this::ask);

        loop.close();

        assertAnswered(1);
    }

    /** Asks whenever it is asked. */
    private final class Asking implements HasFd {

        @Override
        public int fd() {
            ask();
            return 3;
        }

        @Override
        public String toString() {
            ask();
            return "asking";
        }
    }

    @Test
    void aSourceAsksWhenItIsAskedForItsDescriptorWhileNoneRunsTheLoop() throws IOException {
        loop.register(
                new HasFd() {
                    @Override
                    public int fd() {
                        ask();
                        return 3;
                    }
                },
                Events.READ,
                (registration, ready) -> {});

        assertAnswered(answers.size());
        assertTrue(!answers.isEmpty());
    }

    @Test
    void aSourceAsksWhenItIsAskedForItsNameByADump() throws IOException {
        loop.register(new Asking(), Events.READ, (registration, ready) -> {});
        answers.clear();

        assertTrue(loop.dump().contains("asking"));

        assertAnswered(answers.size());
        assertTrue(!answers.isEmpty());
    }

    @Test
    void aSourceAsksWhenTheFailureToRegisterItIsDescribed() throws IOException {
        provider.refused.add(3);
        try {
            loop.register(new Asking(), Events.READ, (registration, ready) -> {});
        } catch (IOException refused) {
            // As it should be.
        }

        assertAnswered(answers.size());
        assertTrue(!answers.isEmpty());
    }

    @Test
    void aFactoryOfThreadsAsksWhileTheLoopIsStarted() throws Exception {
        loop.close();
        loop = configured()
                .threadFactory(task -> {
                    ask();
                    return new Thread(task);
                })
                .open();

        loop.start();

        assertAnswered(1);
        loop.shutdown();
    }

    @Test
    void aTaskThatIsRejectedAsksWhenItIsNamed() {
        loop.shutdown();
        try {
            loop.execute(new Runnable() {
                @Override
                public void run() {}

                @Override
                public String toString() {
                    ask();
                    return "task";
                }
            });
        } catch (RejectedExecutionException closed) {
            assertTrue(closed.getMessage().contains("task"));
        }
        assertAnswered(1);
    }

    @Test
    void aTaskThatTheEndCannotRunAsksWhenItIsCancelled() {
        loop.execute(() -> {
            throw new OutOfMemoryError("for the test");
        });
        loop.execute(new FutureTask<Object>(() -> null) {
            @Override
            protected void done() {
                ask();
            }
        });
        try {
            loop.close();
        } catch (OutOfMemoryError expected) {
            // It ends the loop.
        }

        assertAnswered(1);
    }

    /** A process that has ended. */
    private static final class EndedProcess extends Process {

        @Override
        public OutputStream getOutputStream() {
            return OutputStream.nullOutputStream();
        }

        @Override
        public InputStream getInputStream() {
            return InputStream.nullInputStream();
        }

        @Override
        public InputStream getErrorStream() {
            return InputStream.nullInputStream();
        }

        @Override
        public CompletableFuture<Process> onExit() {
            return CompletableFuture.completedFuture(this);
        }

        @Override
        public int waitFor() {
            return 0;
        }

        @Override
        public int exitValue() {
            return 0;
        }

        @Override
        public void destroy() {}
    }
}
