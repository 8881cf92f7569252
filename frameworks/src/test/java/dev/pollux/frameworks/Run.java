package dev.pollux.frameworks;

import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.ffm.bridge.PolluxSelectorProvider;
import dev.pollux.ffm.bridge.SelectorInfo;
import dev.pollux.frameworks.engine.Await;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** One framework under load on one backend: what came of it is checked and becomes a row of the table. */
final class Run {

    /** Starts a framework, puts it under load and stops it. */
    interface Body {

        void run(Run run) throws Exception;
    }

    /** Loads a framework that was started. */
    interface Load {

        void run() throws Exception;
    }

    private static final String BACKEND = "pollux.backend";
    private static final String THIS = "self";

    private final String backend;
    private final AtomicLong requests = new AtomicLong();
    private final AtomicLong errors = new AtomicLong();
    private final AtomicReference<Throwable> firstError = new AtomicReference<>();
    private final AtomicLong swaps = new AtomicLong();

    private Run(String backend) {
        this.backend = backend;
    }

    /** Runs {@code body} while {@code backend} is what the provider of the JVM chooses. */
    static void on(String backend, String framework, Body body) throws Exception {
        // With the first channel the JDK opens a descriptor that it keeps.
        SocketChannel.open().close();
        long before = Descriptors.count(THIS);
        Run run = new Run(backend);
        System.setProperty(BACKEND, backend);
        try {
            body.run(run);
        } finally {
            System.clearProperty(BACKEND);
        }
        try {
            Await.until("as few descriptors as before, " + before, () -> Descriptors.count(THIS) == before);
        } finally {
            long after = Descriptors.count(THIS);
            Results.add(framework, backend, run.requests.get(), run.errors.get(), run.swaps.get(), before, after);
        }
        run.check();
    }

    private void check() {
        if (errors.get() > 0) {
            throw new AssertionError(errors + " errors, this one first", firstError.get());
        }
        assertTrue(requests.get() > 0, "no request was made");
        assertTrue(swaps.get() > 0, "no selector was moved");
        assertEquals(List.of(), PolluxSelectorProvider.selectors(), "selectors left open");
    }

    /** Counts requests that were answered as they should. */
    void answered(long count) {
        requests.addAndGet(count);
    }

    /** Counts a request that was answered with {@code error}. */
    void failed(Throwable error) {
        failed(1, error);
    }

    void failed(long count, Throwable error) {
        if (count > 0) {
            firstError.compareAndSet(null, error);
            errors.addAndGet(count);
        }
    }

    /** Loads the framework while its selectors, which all are on the backend of this run, move between all backends. */
    void whileSelectorsMove(Load load) throws Exception {
        assertEquals(Set.of(backend), backends(), "where the selectors of the framework are");
        whileSelectorsMove(Backends.names(), load);
    }

    /** Loads the framework while its selectors, wherever they are, move between some backends. */
    void whileSelectorsMove(List<String> backends, Load load) throws Exception {
        Swaps moving = Swaps.from(backend, backends);
        try (moving) {
            load.run();
        } finally {
            swaps.addAndGet(moving.count());
        }
    }

    static Set<String> backends() {
        return PolluxSelectorProvider.selectors().stream()
                .map(SelectorInfo::backend)
                .collect(toSet());
    }

    /** Returns once channels have at least {@code least} keys in selectors of the bridge. */
    static void awaitKeys(int least) throws Exception {
        Await.until(least + " keys", () -> keys() >= least);
    }

    private static int keys() {
        return PolluxSelectorProvider.selectors().stream()
                .mapToInt(SelectorInfo::keys)
                .sum();
    }
}
