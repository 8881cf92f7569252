package dev.pollux.benchmarks;

import dev.pollux.EventSelector;
import dev.pollux.ReadyHandler;
import dev.pollux.Selectors;
import dev.pollux.loop.EventLoop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One round trip: this thread wakes another that waits in a select, and waits until that one has answered.
 *
 * <p>Sides: {@code jdk} is {@link Selector} by hand and {@code nio}, {@code epoll}, {@code poll}, {@code select} are an
 * {@link EventSelector}; both are woken by a wakeup and answer when their select returns. The others are given a task,
 * which answers: {@code loop-} and a backend is an {@link EventLoop}, {@code netty-nio} and {@code netty-epoll} are
 * Netty's event loops, {@code stpe} is {@link java.util.concurrent.ScheduledThreadPoolExecutor}.
 *
 * <p>Run with {@code java -jar benchmarks/target/benchmarks.jar WakeupBenchmark}. It needs two processors that have
 * nothing else to do.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 2,
        jvmArgsAppend = {JvmFlags.NATIVE_ACCESS, JvmFlags.CHANNEL_DESCRIPTORS})
public class WakeupBenchmark {

    /** Who is woken. */
    @Param({"jdk", "nio", "epoll", "poll", "select", "loop-nio", "loop-epoll", "netty-nio", "netty-epoll", "stpe"})
    public String side = "";

    /** What the caller does until it is answered: {@code spin} or {@code park}. */
    @Param({"spin", "park"})
    public String caller = "";

    private AutoCloseable opened = () -> {};
    private Runnable wake = () -> {};
    private Thread asker = Thread.currentThread();
    private long asked;
    private volatile long answered;
    private boolean parks;
    private volatile boolean ended;

    /** Starts the thread that is woken. */
    @Setup(Level.Trial)
    public void open() throws Exception {
        asker = Thread.currentThread();
        parks = caller.equals("park");
        switch (side) {
            case "jdk" -> openJdk();
            case "nio", "epoll", "poll", "select" -> openSelector();
            default -> {
                RunningLoop loop = RunningLoop.start(side);
                opened = loop;
                Runnable answer = this::answer;
                Executor executor = loop.executor();
                wake = () -> executor.execute(answer);
            }
        }
    }

    private void openJdk() throws IOException {
        Selector selector = Selector.open();
        Consumer<SelectionKey> action = key -> {};
        start(() -> selector.select(action), selector::wakeup, selector);
    }

    private void openSelector() throws IOException {
        EventSelector selector = Selectors.open(side);
        ReadyHandler handler = (key, ready) -> {};
        start(() -> selector.selectNanos(Long.MAX_VALUE, handler), selector::wakeup, selector);
    }

    private void start(Select select, Runnable wakeup, AutoCloseable selector) {
        wake = wakeup;
        Thread sleeper = new Thread(() -> answerEach(select), "sleeper");
        sleeper.start();
        opened = () -> {
            ended = true;
            wakeup.run();
            sleeper.join();
            selector.close();
        };
    }

    private void answerEach(Select select) {
        try {
            while (!ended) {
                select.once();
                answer();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the wait of " + side + " has failed", e);
        }
    }

    private void answer() {
        // Only the thread that is woken writes, so nothing is lost between the two steps.
        long next = answered + 1;
        answered = next;
        if (parks) {
            LockSupport.unpark(asker);
        }
    }

    /** Waits once. */
    @FunctionalInterface
    private interface Select {

        int once() throws IOException;
    }

    /** Ends the thread that is woken. */
    @TearDown(Level.Trial)
    public void close() throws Exception {
        opened.close();
    }

    /** Wakes and waits for the answer. */
    @Benchmark
    public long roundTrip() {
        wake.run();
        asked++;
        while (answered < asked) {
            if (parks) {
                LockSupport.park(this);
            } else {
                Thread.onSpinWait();
            }
        }
        return asked;
    }
}
