package dev.pollux.tck.rules;

import dev.pollux.EventSelector;
import dev.pollux.Events;
import dev.pollux.tck.source.TestSource;
import dev.pollux.tck.source.TestSources;
import dev.pollux.tck.source.TestedBackend;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What nearly every test begins with: open, register, select, unregister, close. A backend that throws there, or does not
 * return, breaks all rules at once, and none of their tests says why. What it answers is not looked at here.
 */
public final class FirstSteps {

    /**
     * The step that failed.
     *
     * @param name what was called
     * @param duty the method of the backend behind it
     * @param done the steps that went well before
     * @param failure what was thrown; for a step that did not return it has the stack of its thread
     */
    public record Failure(String name, String duty, List<String> done, Throwable failure) {}

    private final List<String> done = new ArrayList<>();
    private volatile String name = "";
    private volatile String duty = "";
    private volatile @Nullable Throwable thrown;

    private FirstSteps() {}

    /** Makes the steps; returns the one that failed, if any. */
    public static Optional<Failure> take(Callable<? extends TestedBackend> tests) {
        return new FirstSteps().run(tests);
    }

    private Optional<Failure> run(Callable<? extends TestedBackend> tests) {
        name = "newSubject()";
        duty = "your test's own method";
        TestedBackend backend;
        try {
            backend = tests.call();
        } catch (Throwable failure) {
            return Optional.of(failure(failure));
        }
        done.add(name);
        Thread thread = new Thread(() -> steps(backend), "first-steps");
        // A backend that does not return must not keep the run from ending.
        thread.setDaemon(true);
        thread.start();
        try {
            thread.join(TimeUnit.NANOSECONDS.toMillis(backend.patience().toNanos()) + 1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            IllegalStateException stuck = new IllegalStateException("did not return within " + backend.patience());
            stuck.setStackTrace(thread.getStackTrace());
            return Optional.of(failure(stuck));
        }
        return Optional.ofNullable(thrown).map(this::failure);
    }

    private Failure failure(Throwable failure) {
        return new Failure(name, duty, List.copyOf(done), failure);
    }

    /** Errors of the virtual machine among what is caught: the thread is the kit's own, and the page needs the cause. */
    @SuppressWarnings("CatchingUnchecked")
    private void steps(TestedBackend backend) {
        try (TestSources sources = backend.newSources()) {
            steps(backend, sources);
        } catch (Throwable failure) {
            thrown = failure;
        }
    }

    private void steps(TestedBackend backend, TestSources sources) throws Exception {
        TestSource source = sources.reader();
        begin("open a selector", "BackendProvider.open");
        EventSelector selector = backend.open(backend.provider());
        try {
            begin("register(source, READ, null)", "Backend.add");
            selector.register(source.fileobj(), Events.READ, null);
            begin("selectNow() with nothing ready", "Backend.await");
            selector.selectNow();
            begin("select(1 ms) with nothing ready", "Backend.await");
            selector.select(Duration.ofMillis(1));
            begin("selectNow() with a source that is ready", "Backend.await");
            source.makeReadable();
            selector.selectNow();
            begin("modify(source, NONE)", "Backend.remove");
            selector.modify(source.fileobj(), Events.NONE);
            begin("modify(source, READ)", "Backend.add");
            selector.modify(source.fileobj(), Events.READ);
            begin("wakeup() and select()", "Backend.wakeup");
            selector.wakeup();
            selector.selectNow();
            begin("unregister(source)", "Backend.remove");
            selector.unregister(source.fileobj());
        } catch (Throwable failure) {
            closeAfter(failure, selector);
            throw failure;
        }
        begin("close()", "Backend.close");
        selector.close();
        done.add(name);
    }

    private static void closeAfter(Throwable failure, EventSelector selector) {
        try {
            selector.close();
        } catch (RuntimeException | Error another) {
            failure.addSuppressed(another);
        }
    }

    private void begin(String step, String method) {
        if (!duty.startsWith("your")) {
            done.add(name);
        }
        name = step;
        duty = method;
    }
}
