package dev.pollux.tck.nio;

import java.io.IOException;
import java.nio.channels.Selector;
import java.nio.channels.spi.SelectorProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/** Makes histories on selectors and channels of one provider. */
public final class NioRunner implements AutoCloseable {

    /** How many there are: three TCP connections, both ends of pipes, a server, and a datagram channel. */
    static final int SOURCES = 7;

    /** Does something to a selector that no program must notice. */
    public interface Disturbance {

        void disturb(Selector selector) throws IOException;
    }

    private final SelectorProvider provider;
    private final Disturbance disturbance;
    private final Duration patience;
    private final Hub hub;
    private ExecutorService threads = Executors.newCachedThreadPool(NioRunner::daemon);

    /**
     * Opens what histories share.
     *
     * @param provider opens the selectors and the channels that are registered
     * @param reference opens what makes those ready
     * @param patience the time after which something that must come is missed
     */
    public NioRunner(SelectorProvider provider, SelectorProvider reference, Disturbance disturbance, Duration patience)
            throws IOException {
        this.provider = provider;
        this.disturbance = disturbance;
        this.patience = patience;
        hub = new Hub(reference);
    }

    /**
     * Makes each step of a history and returns what was answered, and how it ended.
     *
     * @throws AssertionError if a step does not end
     */
    public List<String> answers(List<NioStep> history) throws IOException {
        List<String> answers = Collections.synchronizedList(new ArrayList<>());
        AtomicBoolean givenUp = new AtomicBoolean();
        Future<?> end = threads.submit(() -> {
            try (NioRun run = new NioRun(this)) {
                for (int i = 0; i < history.size() && !givenUp.get(); i++) {
                    answers.add(run.apply(history.get(i)));
                }
                answers.add(run.end());
            }
            return null;
        });
        try {
            end.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            AssertionError failure =
                    new AssertionError(name(history, answers.size()) + " does not end after" + text(history, answers));
            givenUp.set(true);
            threads.shutdownNow();
            awaitEnd();
            throw failure;
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        } catch (ExecutionException e) {
            throw new AssertionError("a history does not go on after" + text(history, answers), e.getCause());
        }
        return new ArrayList<>(answers);
    }

    private void awaitEnd() {
        try {
            threads.awaitTermination(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        threads = Executors.newCachedThreadPool(NioRunner::daemon);
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "beside a history");
        thread.setDaemon(true);
        return thread;
    }

    /** Returns the step with that index, or what the end of all channels is called. */
    public static String name(List<NioStep> history, int index) {
        return index < history.size() ? history.get(index).toString() : "the end, with all channels closed,";
    }

    /** Returns the steps that have answers, one in a line, for a failure. */
    public static String text(List<NioStep> history, List<String> answers) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < answers.size(); i++) {
            text.append(String.format("%n%3d %s%n    %s", i, name(history, i), answers.get(i)));
        }
        return text.toString();
    }

    SelectorProvider provider() {
        return provider;
    }

    Disturbance disturbance() {
        return disturbance;
    }

    Duration patience() {
        return patience;
    }

    Hub hub() {
        return hub;
    }

    Future<String> submit(int micros, Callable<String> work) {
        return threads.submit(() -> {
            LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(micros));
            return work.call();
        });
    }

    @Override
    public void close() throws IOException {
        threads.shutdownNow();
        hub.close();
    }
}
