package dev.pollux.loop;

import dev.pollux.EventSelector;
import dev.pollux.Events;
import dev.pollux.Selectors;
import dev.pollux.internal.loop.LoopAccess;
import dev.pollux.internal.loop.LoopCore;
import dev.pollux.internal.loop.ReadyFutures;
import dev.pollux.internal.signal.Signals;
import dev.pollux.spi.Timeouts;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;

/**
 * Runs callbacks when sources are ready, timers when they are due and tasks when they are given, all on one thread.
 *
 * <p>One turn, in this order: read the clock; run the timers that are due by it, collected before the first runs; run
 * tasks, within {@link EventLoopBuilder#taskBudget(int)}; the before-wait hook; wait until a source is ready, an operation is
 * done, the next deadline or a wakeup; run the completions and callbacks of what that is; the after-wait hook. Completions of
 * operations that were done at once come after the tasks and after the callbacks. So neither a timer that schedules itself
 * again at once, nor a flood of tasks, nor a busy source keeps the others from their turn.
 *
 * <p>What a callback, timer, task or hook throws goes to the failure handler and affects nothing else. A callback that
 * fails {@link EventLoopBuilder#failureLimit} times in a row is paused. A {@link VirtualMachineError} other than a
 * {@link StackOverflowError}, or a selector that cannot wait, ends the loop: {@link #run} throws it, {@link #terminated}
 * completes with it, and the loop takes no further work.
 *
 * <p>An interrupt of the loop thread wakes it and is set again when {@link #run} returns; meanwhile it is cleared, so
 * that it cannot close a channel that a callback uses.
 *
 * <p>The loop is an {@link Executor}. What needs a {@link ScheduledExecutorService} gets one from {@link #executor}.
 *
 * <p>Some methods wait for the loop thread when another thread calls them: {@link #register}, {@link #close} and the
 * methods of {@link Registration}. Do not hold a lock there that a callback takes; {@link #registerAsync} does not wait.
 *
 * <p><b>Thread:</b> any, except where a method says otherwise.
 */
public final class EventLoop implements Executor, AutoCloseable {

    static {
        LoopAccess.provide(loop -> ((EventLoop) loop).core);
    }

    private final LoopCore core;
    private final CallbackRegistry registry;
    private final ReadyFutures readyFutures;

    EventLoop(LoopCore core, EventSelector selector) {
        this.core = core;
        this.registry = new CallbackRegistry(selector, core.confinement());
        this.readyFutures = new ReadyFutures(registry::register, core.work()::post);
    }

    /**
     * Opens a loop on the best backend that watches Java channels, with the defaults of {@link EventLoopBuilder}.
     *
     * @throws IOException as {@link Selectors#open()}
     */
    public static EventLoop open() throws IOException {
        return builder().open();
    }

    /**
     * Opens a loop on the backend {@code name} and no other, with the defaults of {@link EventLoopBuilder}.
     *
     * @throws IOException and others as {@link Selectors#open(String)}
     */
    public static EventLoop open(String name) throws IOException {
        return builder().backend(name).open();
    }

    /** Returns a builder for a loop with other settings. */
    public static EventLoopBuilder builder() {
        return new EventLoopBuilder();
    }

    // Sources.

    /**
     * Starts watching {@code fileobj} and calls {@code callback} on the loop thread whenever it is ready. From another
     * thread, this returns when the loop has done it.
     *
     * @throws IllegalStateException if the caller is the thread of a loop that this one waits for, directly or through
     *     others: neither would go on. {@link #registerAsync} does not wait
     * @throws IOException and others as {@link EventSelector#register(Object, int, Object)}; nothing is registered then
     */
    public Registration register(Object fileobj, int events, Callback callback) throws IOException {
        return registry.register(fileobj, events, callback);
    }

    /**
     * Registers as {@link #register} does and does not wait for it: with the next turn, or now on the loop thread.
     *
     * @return completes on the loop thread with the registration, or with what {@link #register} throws; fails with a
     *     {@link CancellationException} if the loop ends first
     */
    public CompletableFuture<Registration> registerAsync(Object fileobj, int events, Callback callback) {
        Objects.requireNonNull(fileobj, "fileobj");
        Objects.requireNonNull(callback, "callback");
        CompletableFuture<Registration> registered = core.work().future();
        core.work().onLoop(registered, () -> {
            if (registered.isDone() || core.isEnding()) {
                return; // the end of the loop fails it
            }
            try {
                Registration registration = registry.register(fileobj, events, callback);
                if (!registered.complete(registration)) {
                    registration.cancel();
                }
            } catch (Throwable e) {
                registered.completeExceptionally(e);
            }
        });
        return registered;
    }

    /**
     * Returns a future for {@code fileobj} being ready, which completes on the loop thread with the
     * {@link Events} bits that it is ready for: a virtual thread that joins it waits for the source and nothing else.
     * Several may wait for one source, each for its own events. Cancelling the future ends the wait, and so does an
     * interrupt of a thread that waits in its {@code get}.
     *
     * <p>The source is registered while a wait for it lasts, and is to be closed when none does. What {@link #register}
     * would throw completes the future; so does a {@link CancellationException} if the loop ends first.
     *
     * @throws IllegalArgumentException if {@code events} is {@link Events#NONE}
     */
    public CompletableFuture<Integer> ready(Object fileobj, int events) {
        Objects.requireNonNull(fileobj, "fileobj");
        if (events == Events.NONE) {
            throw new IllegalArgumentException("ready for NONE never comes; name the events to wait for");
        }
        CompletableFuture<Integer> ready = core.work().futureForOneWait();
        core.work().onLoop(ready, () -> {
            if (!core.isEnding()) { // else the end of the loop fails it
                readyFutures.await(fileobj, events, ready);
            }
        });
        return ready;
    }

    /**
     * Waits until {@code fileobj} is ready, for straight-line code on a virtual thread. Nothing is registered any more when this
     * returns or throws, whatever ended the wait; but where others wait for the same source, for what those want.
     *
     * @param timeout for how long at most; zero and negative ones look once
     * @return the {@link Events} bits that it is ready for, {@link Events#NONE} if the time was over first
     * @throws IllegalStateException on the loop thread, which would wait for itself
     * @throws InterruptedException if the caller is interrupted
     * @throws CancellationException if the loop ends first
     * @throws IOException and others as {@link #register}
     */
    public int awaitReady(Object fileobj, int events, Duration timeout) throws IOException, InterruptedException {
        long nanos = Timeouts.nanos(timeout);
        if (core.inLoop()) {
            throw new IllegalStateException(
                    name() + " would wait on its own thread for " + fileobj + "; register a callback instead");
        }
        CompletableFuture<Integer> ready = ready(fileobj, events);
        try {
            return ReadyFutures.get(ready, nanos);
        } finally {
            if (ready.cancel(false) || ready.isCancelled()) {
                core.confinement().callUnchecked(() -> {
                    readyFutures.withdraw(fileobj, ready);
                    return ready;
                });
            }
        }
    }

    /**
     * Goes on with another backend, between two waits: registrations, timers and tasks stay as they are, and no event is
     * lost.
     *
     * @return completes on the loop thread when that is done; if it fails, with what {@link EventSelector#swap} throws,
     *     and the present backend goes on untouched
     */
    public CompletableFuture<Void> swap(String backend) {
        Objects.requireNonNull(backend, "backend");
        return core.swap(backend);
    }

    // Tasks.

    /**
     * Runs {@code task} on the loop thread, in a later step than the present one. Tasks of one thread run in order.
     *
     * @throws RejectedExecutionException if the loop was shut down
     */
    @Override
    public void execute(Runnable task) {
        Objects.requireNonNull(task, "task");
        core.work().execute(task);
    }

    /**
     * Runs {@code work}, which may block, on a thread of its own or of {@link EventLoopBuilder#offloadExecutor}.
     *
     * @return completes on the loop thread, with what {@code work} returns or throws; {@link #shutdown} waits for it
     * @throws RejectedExecutionException if the loop was shut down, or the executor refuses
     */
    public <V> CompletableFuture<V> offload(Callable<? extends V> work) {
        Objects.requireNonNull(work, "work");
        return core.work().offload(work);
    }

    /**
     * Returns a future that completes on the loop thread when {@code process} has ended.
     *
     * @throws RejectedExecutionException if the loop was shut down
     */
    public CompletableFuture<Process> onExit(Process process) {
        Objects.requireNonNull(process, "process");
        return core.work().onExit(process);
    }

    /**
     * Runs {@code task} on the loop thread each time the signal {@code name} arrives, for instance {@code "HUP"}. Any
     * number may listen to one signal; while there is one, its default action does not happen. Ends with the loop.
     *
     * <p>A signal that the process ignores from its start never arrives: {@code HUP} under nohup(1), {@code INT} of what a
     * shell script runs in the background.
     *
     * @throws IllegalArgumentException if there is no such signal here, or the JVM keeps it for itself
     * @throws RejectedExecutionException if the loop was shut down
     */
    public SignalHandle onSignal(String name, Runnable task) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(task, "task");
        core.work().checkAccepts(task);
        Signals.Listener listening = Signals.listen(name, this, task);
        Runnable atEnd = core.alsoEnd(listening::close);
        return () -> {
            core.forget(atEnd);
            listening.close();
        };
    }

    /**
     * Returns a new executor that runs its tasks on the loop thread, as specified for
     * {@link java.util.concurrent.ScheduledThreadPoolExecutor}. Its life is its own: it may be shut down while the loop goes
     * on. It is shut down with the loop and ends with it at the latest. Waiting on the loop thread for one of its futures
     * throws {@link IllegalStateException}, because that would never end.
     */
    public ScheduledExecutorService executor() {
        return core.executor();
    }

    // Timers.

    /**
     * Runs {@code task} on the loop thread once {@code delay} has passed, never earlier; ties in the order of creation.
     *
     * @param delay of any length; zero and negative ones are due at once, in the next turn at the latest
     * @throws RejectedExecutionException if the loop was shut down, or has as many timers as it may
     */
    public TimerHandle schedule(Duration delay, Runnable task) {
        Objects.requireNonNull(task, "task");
        return core.timers().once(Timeouts.nanos(delay), task);
    }

    /**
     * Runs {@code task} at {@code initialDelay} and every {@code period} after that. Runs that were missed while the loop
     * was busy are left out: after a long callback it runs once, and then at the next multiple of the period.
     *
     * @throws IllegalArgumentException if {@code period} is not positive
     * @throws RejectedExecutionException as {@link #schedule(Duration, Runnable)}
     */
    public TimerHandle scheduleAtFixedRate(Duration initialDelay, Duration period, Runnable task) {
        return scheduleAtFixedRate(initialDelay, period, 0, task);
    }

    /**
     * Runs {@code task} as {@link #scheduleAtFixedRate(Duration, Duration, Runnable)}, but makes up for missed runs.
     *
     * @param catchUp how many missed runs are made up for at most, one in each of the following turns
     * @throws IllegalArgumentException if {@code period} is not positive or {@code catchUp} is negative
     * @throws RejectedExecutionException as {@link #schedule(Duration, Runnable)}
     */
    public TimerHandle scheduleAtFixedRate(Duration initialDelay, Duration period, int catchUp, Runnable task) {
        Objects.requireNonNull(task, "task");
        if (catchUp < 0) {
            throw new IllegalArgumentException("catchUp " + catchUp + " is negative; 0 leaves missed runs out");
        }
        return core.timers().atFixedRate(Timeouts.nanos(initialDelay), positive("period", period), catchUp, task);
    }

    /**
     * Runs {@code task} at {@code initialDelay}, and then each time {@code delay} after its last run has ended.
     *
     * @throws IllegalArgumentException if {@code delay} is not positive
     * @throws RejectedExecutionException as {@link #schedule(Duration, Runnable)}
     */
    public TimerHandle scheduleWithFixedDelay(Duration initialDelay, Duration delay, Runnable task) {
        Objects.requireNonNull(task, "task");
        return core.timers().withFixedDelay(Timeouts.nanos(initialDelay), positive("delay", delay), task);
    }

    private static long positive(String what, Duration duration) {
        if (duration.isNegative() || duration.isZero()) {
            throw new IllegalArgumentException(what + " " + duration + " is not positive");
        }
        return Timeouts.nanos(duration);
    }

    // Running and ending.

    /**
     * Runs turns on the caller's thread until {@link #stop}, or until the loop is shut down or closed. May be called
     * again after a stop.
     *
     * @throws IllegalStateException if the loop is running already, or has ended
     * @throws IOException if the selector cannot wait any more; the loop has ended then
     */
    public void run() throws IOException {
        core.runner().run();
    }

    /**
     * Runs the loop on a thread of its own and returns that thread; it is made by {@link EventLoopBuilder#threadFactory},
     * by default no daemon.
     *
     * @throws IllegalStateException if the loop is running already, or has ended
     */
    public Thread start() {
        return core.runner().start();
    }

    /**
     * Runs one turn on the caller's thread. It waits at most {@code maxWait} for a source, and not at all once it has run
     * a timer or a task.
     *
     * @return whether a callback, a timer or a task was run
     * @throws IllegalStateException if the loop is running already, or has ended
     * @throws IOException if the selector cannot wait any more; the loop has ended then
     */
    public boolean runOnce(Duration maxWait) throws IOException {
        return core.runner().runOnce(Timeouts.nanos(maxWait));
    }

    /**
     * Makes {@link #run} return after the turn it is in, or its first one if it is not running yet. Keeps what is
     * registered, scheduled and queued.
     */
    public void stop() {
        core.runner().stop();
    }

    /**
     * Takes no further work, and ends the loop when what it accepted has run: tasks, what was offloaded, and one-shot
     * timers at their time. Periodic timers are cancelled. Callbacks go on until then. Returns at once; if no thread runs
     * the loop and no timer is pending, it has ended by then.
     */
    public void shutdown() {
        core.shutdown();
    }

    /**
     * Ends the loop after the callback, timer or task that it is in, which is interrupted. No further one begins. Does not
     * wait.
     *
     * @return completes once the loop has ended, with the tasks given to {@link #execute} that were accepted and have not
     *     begun: they are the caller's now. Calls after the first return the same tasks
     */
    public CompletableFuture<List<Runnable>> shutdownNow() {
        return core.shutdownNow();
    }

    /**
     * Ends the loop: runs the tasks that were accepted, drops the timers, releases every descriptor that the loop
     * opened, and takes no further work. Sources stay open. A future of the loop that is not complete fails with a
     * {@link CancellationException}.
     *
     * <p>From another thread, returns when that is done. From the loop thread, and from the thread of a loop that this one
     * waits for, returns at once; it is done at the end of the turn.
     */
    @Override
    public void close() {
        core.close();
    }

    /** Returns whether the loop takes work: until it is shut down or closed, or has failed. */
    public boolean isOpen() {
        return core.isOpen();
    }

    /** Returns whether the loop has ended and released everything. */
    public boolean isTerminated() {
        return core.isEnded();
    }

    /**
     * Waits until the loop has ended, at most for {@code timeout}.
     *
     * @return whether it has
     * @throws IllegalStateException on the loop thread, which would wait for itself
     * @throws InterruptedException if the caller is interrupted
     */
    public boolean awaitTermination(Duration timeout) throws InterruptedException {
        return core.awaitEnd(Timeouts.nanos(timeout));
    }

    /**
     * Returns a stage that completes when the loop has ended: exceptionally if something other than a shutdown or a close
     * ended it, with what that was.
     */
    public CompletionStage<Void> terminated() {
        return core.termination().copy();
    }

    /** Returns whether the caller is on the loop thread. */
    public boolean inLoop() {
        return core.inLoop();
    }

    // What it is and does.

    /** Returns the name of the loop, which is that of its thread if it has one of its own. */
    public String name() {
        return core.name();
    }

    /** Returns the name of the backend that the loop runs on at present. */
    public String backend() {
        return core.backend();
    }

    /** Returns how many sources are registered; approximate while the loop is running, 0 once it has ended. */
    public int registered() {
        return core.report().registered();
    }

    /** Returns what has been counted so far; approximate while the loop is running. */
    public LoopMetrics metrics() {
        return core.report().metrics();
    }

    /**
     * Returns {@link #metrics}, and begins {@link LoopMetrics#longestTimerLagNanos} and {@link
     * LoopMetrics#longestCallbackNanos} anew: each call returns the longest since the one before. All other counts go
     * on. For one reader, such as a line that is logged every second:
     *
     * <pre>{@code
     * LoopMetrics now = loop.metricsAndResetLongest();
     * log.info("{}", now.since(before));
     * before = now;
     * }</pre>
     */
    public LoopMetrics metricsAndResetLongest() {
        return core.report().metricsAndResetLongest();
    }

    /**
     * Returns a page that says what the loop is doing: what runs now and where in the code, what is registered
     * and pending, and the metrics. Never waits for the loop, so registrations are listed only if it is asked on the loop
     * thread or while no thread runs the loop.
     */
    public String dump() {
        return core.report().dump();
    }

    void closeSoon() {
        core.closeSoon();
    }
}
