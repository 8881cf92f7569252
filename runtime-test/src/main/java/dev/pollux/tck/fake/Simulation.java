package dev.pollux.tck.fake;

import dev.pollux.Selectors;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopFailure;
import dev.pollux.spi.Timeouts;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.BooleanSupplier;

/**
 * An event loop with sources in memory and a clock that is moved by hand, to test what runs on a loop: no sockets, no waiting,
 * and the same order of things every time.
 *
 * <p>Nothing happens but in {@link #runFor} and {@link #runUntil}. The clock moves only when the loop would wait, to the next
 * timer, so a day takes as long as its callbacks. What is given to {@link EventLoop#offload} runs at once, on the same thread.
 *
 * <p><b>Thread:</b> one, which runs the loop.
 */
public final class Simulation implements AutoCloseable {

    private static final Duration DAY = Duration.ofDays(1);

    /** So many turns while the clock stands still are a loop that has work in every turn, and will never wait. */
    private static final int TURNS = 100_000;

    private final ManualClock clock = ManualClock.startingAt(0);
    private final Queue<LoopFailure> failures = new ArrayDeque<>();
    private final FakeKernel kernel;
    private final EventLoop loop;

    private Simulation(long seed) throws IOException {
        kernel = FakeKernel.builder().seed(seed).clock(clock).singleThreaded().build();
        loop = EventLoop.builder()
                .threadName("simulation")
                .selector(Selectors.open(kernel.provider(), clock))
                .clock(clock)
                .failureHandler(failures::add)
                .offloadExecutor(Runnable::run)
                .open();
    }

    /** Opens one whose clock shows 0. */
    public static Simulation open() throws IOException {
        return open(0);
    }

    /**
     * Opens one whose clock shows 0.
     *
     * @param seed decides in which order sources that are ready together have their callbacks; any number
     */
    public static Simulation open(long seed) throws IOException {
        return new Simulation(seed);
    }

    /** Returns the loop. It has no thread: leave running it to the methods here. */
    public EventLoop loop() {
        return loop;
    }

    /** Returns the kernel, to make sources: {@link FakeKernel#source}. */
    public FakeKernel kernel() {
        return kernel;
    }

    /** Returns the clock: its nanoseconds are the time since the simulation began. */
    public ManualClock clock() {
        return clock;
    }

    /**
     * Runs what happens within {@code time}, what is due at its end included, and moves the clock on by as much.
     *
     * @param time from now; zero runs what is due now
     * @throws IllegalArgumentException if {@code time} is negative
     * @throws AssertionError if a callback, task or timer throws, which is the cause; what comes after it has not run
     * @throws IllegalStateException if the loop has something to do in each of 100 000 turns, so that no time passes
     */
    public void runFor(Duration time) throws IOException {
        run(() -> false, time);
    }

    /**
     * Runs turn by turn until {@code condition} is true, which is asked before each turn.
     *
     * @throws AssertionError if it is not true after a day of the clock's; and as {@link #runFor}
     * @throws IllegalStateException as {@link #runFor}
     */
    public void runUntil(BooleanSupplier condition) throws IOException {
        if (!run(condition, DAY)) {
            throw new AssertionError("the condition is not true after " + DAY + "; " + loop.dump());
        }
    }

    private boolean run(BooleanSupplier condition, Duration time) throws IOException {
        if (time.isNegative()) {
            throw new IllegalArgumentException("time " + time + " is negative");
        }
        long end = clock.nanoTime() + Timeouts.nanos(time);
        long lastMove = clock.nanoTime();
        int turns = 0;
        while (!condition.getAsBoolean()) {
            long left = Math.max(0, end - clock.nanoTime());
            boolean ran = loop.runOnce(Duration.ofNanos(left));
            throwFailure();
            if (left == 0 && !ran) {
                return false;
            }
            turns = lastMove == clock.nanoTime() ? turns + 1 : 0;
            lastMove = clock.nanoTime();
            if (turns == TURNS) {
                throw new IllegalStateException("the loop has something to do in each of " + TURNS
                        + " turns; ask for WRITE only while something is to be written. " + loop.dump());
            }
        }
        return true;
    }

    private void throwFailure() {
        LoopFailure failure = failures.poll();
        if (failure != null) {
            throw new AssertionError("a " + failure.kind() + " threw " + failure.error(), failure.error());
        }
    }

    /** Closes the loop. Sources stay open. */
    @Override
    public void close() {
        loop.close();
    }
}
