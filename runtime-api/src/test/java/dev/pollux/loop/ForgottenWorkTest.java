package dev.pollux.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.pollux.Events;
import dev.pollux.Fd;
import dev.pollux.Selectors;
import dev.pollux.internal.selector.ScriptedProvider;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What no one waits for any more costs nothing while the loop lives. */
@Timeout(60)
class ForgottenWorkTest {

    private EventLoop loop;

    @BeforeEach
    void open() throws IOException {
        loop = EventLoop.builder()
                .selector(Selectors.open(ScriptedProvider.withEverything()))
                .open();
    }

    @AfterEach
    void close() {
        loop.close();
    }

    /** A process that goes on, and counts how often it was asked for its end. */
    private static final class Endless extends Process {

        final CompletableFuture<Process> exit = new CompletableFuture<>();
        int asked;

        @Override
        public CompletableFuture<Process> onExit() {
            asked++;
            return exit;
        }

        @Override
        public boolean isAlive() {
            return !exit.isDone();
        }

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
        public int waitFor() {
            return 0;
        }

        @Override
        public int exitValue() {
            throw new IllegalThreadStateException();
        }

        @Override
        public void destroy() {}
    }

    private static void assertForgotten(WeakReference<?> reference) throws TimeoutException {
        LoopThreads.until(() -> {
            System.gc();
            return reference.get() == null;
        });
        assertNull(reference.get());
    }

    @Test
    void aProcessIsAskedOnceHoweverManyHaveWaitedForItsEndAndGivenUp() throws Exception {
        Endless process = new Endless();
        for (int i = 0; i < 50_000; i++) {
            loop.onExit(process).cancel(false);
        }

        assertEquals(1, process.asked);
        assertEquals(1, process.exit.getNumberOfDependents());
        assertForgotten(cancelledWaitFor(process));
    }

    private WeakReference<Object> cancelledWaitFor(Process process) {
        CompletableFuture<Process> exited = loop.onExit(process);
        exited.cancel(false);
        return new WeakReference<>(exited);
    }

    @Test
    void thoseThatWaitForOneProcessAllLearnOfItsEnd() throws Exception {
        Endless process = new Endless();
        CompletableFuture<Process> first = loop.onExit(process);
        CompletableFuture<Process> cancelled = loop.onExit(process);
        CompletableFuture<Process> last = loop.onExit(process);
        cancelled.cancel(false);

        process.exit.complete(process);
        loop.runOnce(Duration.ZERO);

        assertEquals(process, first.getNow(null));
        assertEquals(process, last.getNow(null));
        CompletableFuture<Process> late = loop.onExit(process);
        loop.runOnce(Duration.ZERO);
        assertEquals(process, late.getNow(null));
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void aListenerThatWasClosedIsForgotten() throws Exception {
        assertForgotten(listenedAndClosed());
    }

    private WeakReference<Object> listenedAndClosed() {
        Runnable task = new Runnable() {
            @Override
            public void run() {}
        };
        loop.onSignal("WINCH", task).close();
        return new WeakReference<>(task);
    }

    @Test
    void aFutureThatWasCancelledIsForgotten() throws Exception {
        CompletableFuture<Integer> ready = loop.ready(Fd.of(3), Events.READ);
        ready.cancel(false);
        WeakReference<Object> reference = new WeakReference<>(ready);
        ready = null;
        loop.runOnce(Duration.ZERO);

        assertForgotten(reference);
    }
}
