package dev.pollux.loop;

import com.google.common.base.Throwables;
import com.google.common.util.concurrent.Uninterruptibles;
import dev.pollux.EventSelector;
import dev.pollux.NanoClock;
import dev.pollux.ReadyHandler;
import dev.pollux.SelectorKey;
import dev.pollux.SelectorMetrics;
import dev.pollux.Selectors;
import dev.pollux.spi.Timeouts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs callbacks when sources are ready, timers when they are due and tasks when they are given, all on one thread.
 *
 * <p>One turn, in this order: read the clock; run the timers that are due by it, collected before the first runs; run
 * tasks, at most {@link Builder#taskBudget}; the before-wait hook; wait until a source is ready, the next deadline or a
 * wakeup; run the callbacks of what is ready; the after-wait hook. So neither a timer that schedules itself again at
 * once, nor a flood of tasks, nor a busy source keeps the others from their turn.
 *
 * <p>What a callback, timer, task or hook throws goes to the failure handler and affects nothing else. A callback that
 * fails {@link Builder#failureLimit} times in a row is paused. A {@link VirtualMachineError}, or a selector that cannot
 * wait, ends the loop: {@link #run} throws it, and from then on the loop is closed.
 *
 * <p>An interrupt of the loop thread wakes it and is set again when {@link #run} returns; meanwhile it is cleared, so
 * that it cannot close a channel that a callback uses.
 *
 * <p><b>Thread:</b> any, except where a method says otherwise.
 */
public final class EventLoop implements Executor, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(EventLoop.class);
    private static final AtomicInteger threadCount = new AtomicInteger();

    /** The longest delay: half of what the clock can tell apart, so that deadlines compare right when it wraps. */
    private static final long MAX_DELAY_NANOS = Long.MAX_VALUE / 2;

    private final EventSelector selector;
    private final CallbackRegistry registry;
    private final NanoClock clock;
    private final Consumer<LoopFailure> failureHandler;
    private final @Nullable Runnable beforeWait;
    private final @Nullable Runnable afterWait;
    private final String threadName;
    private final int taskBudget;
    private final int failureLimit;
    private final String backend;

    // A field, because a method reference in the turn would be a new object each time.
    private final ReadyHandler dispatcher = this::dispatch;

    private final TimerQueue timers = new TimerQueue();
    private final List<TimerQueue.Node> due = new ArrayList<>();
    private final AtomicLong timerSequence = new AtomicLong();

    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

    /** What other threads want done to timers and registrations: all of it before anything else of a turn. */
    private final Queue<Runnable> commands = new ConcurrentLinkedQueue<>();

    /** Guards the beginning and end of {@link #thread}'s time as loop thread. */
    private final Object lifecycle = new Object();

    private volatile @Nullable Thread thread;
    private volatile boolean stopRequested;
    private volatile boolean closing;
    private final CountDownLatch closed = new CountDownLatch(1);

    private long turns;
    private long callbacks;
    private long tasksRun;
    private long timersRun;
    private long failures;
    private @Nullable SelectorMetrics lastSelectorMetrics;

    private EventLoop(Builder builder, EventSelector selector) {
        this.selector = selector;
        this.registry = new CallbackRegistry(selector, new OnTheLoop());
        this.clock = builder.clock;
        this.failureHandler = builder.failureHandler == null ? this::logFailure : builder.failureHandler;
        this.beforeWait = builder.beforeWait;
        this.afterWait = builder.afterWait;
        this.threadName =
                builder.threadName == null ? "pollux-loop-" + threadCount.incrementAndGet() : builder.threadName;
        this.taskBudget = builder.taskBudget;
        this.failureLimit = builder.failureLimit;
        this.backend = selector.backend();
        loadWhatFailuresNeed();
    }

    /** When descriptors have run out, no class file can be opened any more, and that is when these are first used. */
    private void loadWhatFailuresNeed() {
        log.trace(
                "{} {} {}",
                metrics(),
                new LoopFailure(LoopFailure.Kind.TASK, null, new IOException()),
                TimerState.PENDING);
    }

    /**
     * Opens a loop on the best backend that watches Java channels, with the defaults of {@link Builder}.
     *
     * @throws IOException as {@link Selectors#open()}
     */
    public static EventLoop open() throws IOException {
        return builder().open();
    }

    /** Returns a builder for a loop with other settings. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Starts watching {@code fileobj} and calls {@code callback} on the loop thread whenever it is ready. From another
     * thread, this returns when the loop has done it.
     *
     * @throws IOException and others as {@link EventSelector#register(Object, int, Object)}; nothing is registered then
     */
    public Registration register(Object fileobj, int events, Callback callback) throws IOException {
        return registry.register(fileobj, events, callback);
    }

    /**
     * Runs {@code task} on the loop thread, in a later step than the present one. Tasks of one thread run in order.
     *
     * @throws RejectedExecutionException if the loop is closed
     */
    @Override
    public void execute(Runnable task) {
        Objects.requireNonNull(task, "task");
        enqueue(tasks, task);
    }

    /**
     * Runs {@code task} on the loop thread once {@code delay} has passed, never earlier; ties in the order of creation.
     *
     * @param delay of any length; zero and negative ones are due at once, in the next turn at the latest
     * @throws RejectedExecutionException if the loop is closed
     */
    public TimerHandle schedule(Duration delay, Runnable task) {
        Objects.requireNonNull(task, "task");
        Timer timer = new Timer(
                clock.nanoTime() + Math.min(Timeouts.nanos(delay), MAX_DELAY_NANOS),
                timerSequence.getAndIncrement(),
                task);
        if (inLoop() && !closing) {
            timers.add(timer);
        } else {
            enqueue(commands, timer::arm);
        }
        return timer;
    }

    /** Whatever was accepted runs: a close that comes between the check and the add either finds it or it is refused. */
    private void enqueue(Queue<Runnable> queue, Runnable work) {
        if (closing) {
            throw rejected(work);
        }
        queue.add(work);
        if (closing && queue.remove(work)) {
            throw rejected(work);
        }
        if (!inLoop()) {
            selector.wakeup();
        }
    }

    private RejectedExecutionException rejected(Runnable work) {
        return new RejectedExecutionException(threadName + " is closed and does not take " + work);
    }

    /**
     * Runs turns on the caller's thread until {@link #stop} or {@link #close}. May be called again after a stop.
     *
     * @throws IllegalStateException if the loop is running already, or is closed
     * @throws IOException if the selector cannot wait any more; the loop is closed then
     */
    public void run() throws IOException {
        if (!begin()) {
            throw new IllegalStateException(threadName + " is closed");
        }
        runTurns(Long.MAX_VALUE, true);
    }

    /**
     * Runs the loop on a thread of its own and returns that thread, which is no daemon.
     *
     * @throws IllegalStateException if the loop is running already, or is closed
     */
    public Thread start() {
        Thread running = thread;
        if (running != null || closing) {
            throw new IllegalStateException(threadName
                    + (running == null ? " is closed" : " runs on thread " + running.getName() + " already"));
        }
        Thread started = new Thread(
                () -> {
                    try {
                        if (begin()) {
                            runTurns(Long.MAX_VALUE, true);
                        }
                    } catch (IOException e) {
                        throw new UncheckedIOException(threadName + " has ended: " + e.getMessage(), e);
                    }
                },
                threadName);
        started.start();
        return started;
    }

    /**
     * Runs one turn on the caller's thread, waiting at most {@code maxWait} in it.
     *
     * @return whether a callback, a timer or a task was run
     * @throws IllegalStateException if the loop is running already, or is closed
     * @throws IOException if the selector cannot wait any more; the loop is closed then
     */
    public boolean runOnce(Duration maxWait) throws IOException {
        long maxWaitNanos = Timeouts.nanos(maxWait);
        if (!begin()) {
            throw new IllegalStateException(threadName + " is closed");
        }
        long before = callbacks + timersRun + tasksRun;
        runTurns(maxWaitNanos, false);
        return callbacks + timersRun + tasksRun != before;
    }

    /**
     * Makes {@link #run} return after the turn it is in, or its first one if it is not running yet. Keeps what is
     * registered, scheduled and queued.
     */
    public void stop() {
        stopRequested = true;
        selector.wakeup();
    }

    /**
     * Ends the loop: runs the tasks that were accepted, drops the timers, releases every descriptor that the loop
     * opened, and refuses further work. Sources stay open. From another thread, returns when that is done; from the
     * loop thread, it is done at the end of the turn.
     */
    @Override
    public void close() {
        boolean takeOver;
        synchronized (lifecycle) {
            closing = true;
            takeOver = thread == null && closed.getCount() > 0;
            if (takeOver) {
                thread = Thread.currentThread();
            }
        }
        if (takeOver) {
            end(null);
        } else if (!inLoop()) {
            selector.wakeup();
            Uninterruptibles.awaitUninterruptibly(closed);
        }
    }

    /** Returns whether the caller is on the loop thread. */
    public boolean inLoop() {
        return Thread.currentThread() == thread;
    }

    /** Returns whether the loop takes work: until {@link #close} is called or the loop has failed. */
    public boolean isOpen() {
        return !closing;
    }

    /** Returns the name of the backend that the loop runs on. */
    public String backend() {
        return backend;
    }

    /** Returns what has been counted so far; approximate while the loop is running. */
    public LoopMetrics metrics() {
        SelectorMetrics last = lastSelectorMetrics;
        return new LoopMetrics(
                turns, callbacks, tasksRun, timersRun, failures, last == null ? selector.metrics() : last);
    }

    /** Makes the caller's thread the loop thread. Returns false if the loop is closed. */
    private boolean begin() {
        synchronized (lifecycle) {
            Thread running = thread;
            if (running != null) {
                throw new IllegalStateException(
                        threadName + " runs on thread " + running.getName() + " already; use execute to reach it");
            }
            if (closing) {
                return false;
            }
            thread = Thread.currentThread();
            return true;
        }
    }

    private void runTurns(long maxWaitNanos, boolean untilStopped) throws IOException {
        boolean interrupted = false;
        @Nullable Throwable fatal = null;
        try {
            do {
                turn(maxWaitNanos);
                interrupted |= Thread.interrupted();
            } while (untilStopped && !stopRequested && !closing);
        } catch (IOException | RuntimeException | Error e) {
            fatal = e;
            closing = true;
            log.error("{} has ended, backend={}; it takes no further work", threadName, backend, e);
            throw e;
        } finally {
            if (untilStopped) {
                stopRequested = false;
            }
            end(fatal);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Ends this thread's time as loop thread, and the loop itself if it is to be closed. */
    private void end(@Nullable Throwable fatal) {
        synchronized (lifecycle) {
            runCommands();
            if (!closing) {
                thread = null;
                return;
            }
        }
        try {
            if (fatal == null) {
                runTasks(Integer.MAX_VALUE);
            } else if (!tasks.isEmpty()) {
                log.error("{} tasks={} are lost", threadName, tasks.size());
            }
        } finally {
            timers.clear();
            try {
                if (selector.isOpen()) {
                    lastSelectorMetrics = selector.metrics();
                }
                selector.close();
            } finally {
                synchronized (lifecycle) {
                    // Also those that came while the tasks ran: their callers wait, and learn that the loop is closed.
                    runCommands();
                    thread = null;
                }
                closed.countDown();
            }
        }
    }

    private void turn(long maxWaitNanos) throws IOException {
        turns++;
        runCommands();
        runDueTimers();
        runTasks(taskBudget);
        runHook(beforeWait);
        selector.selectNanos(waitNanos(maxWaitNanos), dispatcher);
        runHook(afterWait);
    }

    private long waitNanos(long maxWaitNanos) {
        if (stopRequested || closing || !tasks.isEmpty() || !commands.isEmpty()) {
            return 0;
        }
        long toNext = timers.size() == 0 ? Long.MAX_VALUE : timers.nanosToNext(clock.nanoTime());
        return Math.min(toNext, maxWaitNanos);
    }

    private void runCommands() {
        for (Runnable command = commands.poll(); command != null; command = commands.poll()) {
            command.run();
        }
    }

    private void runDueTimers() {
        if (timers.size() == 0) {
            return;
        }
        timers.takeDue(clock.nanoTime(), due);
        try {
            for (TimerQueue.Node node : due) {
                ((Timer) node).runUnlessCancelled();
            }
        } finally {
            due.clear();
        }
    }

    private void runTasks(int most) {
        for (int left = most; left > 0; left--) {
            Runnable task = tasks.poll();
            if (task == null) {
                return;
            }
            tasksRun++;
            try {
                task.run();
            } catch (Throwable e) {
                failed(LoopFailure.Kind.TASK, null, e);
            }
        }
    }

    private void runHook(@Nullable Runnable hook) {
        if (hook != null) {
            try {
                hook.run();
            } catch (Throwable e) {
                failed(LoopFailure.Kind.HOOK, null, e);
            }
        }
    }

    private void dispatch(SelectorKey key, int ready) {
        callbacks++;
        Registration registration = Registration.of(key);
        try {
            registration.fire(key, ready);
            registration.succeeded();
        } catch (Throwable e) {
            failed(LoopFailure.Kind.CALLBACK, key, e);
            if (registration.failed() >= failureLimit) {
                isolate(registration);
            }
        }
    }

    /** Stops calling a callback that only ever fails: its source would keep the loop busy for nothing. */
    private void isolate(Registration registration) {
        if (!registration.isActive()) {
            return;
        }
        registration.succeeded();
        log.error("{} is paused after {} failures in a row, backend={}", registration, failureLimit, backend);
        try {
            registration.pause();
        } catch (IOException | RuntimeException e) {
            log.error("{} cannot be paused and is cancelled, backend={}", registration, backend, e);
            registration.cancel();
        }
    }

    private void failed(LoopFailure.Kind kind, @Nullable SelectorKey key, Throwable error) {
        if (error instanceof VirtualMachineError fatal) {
            throw fatal;
        }
        failures++;
        try {
            failureHandler.accept(new LoopFailure(kind, key, error));
        } catch (Throwable inHandler) {
            if (inHandler instanceof VirtualMachineError fatal) {
                throw fatal;
            }
            inHandler.addSuppressed(error);
            log.error("{} failure handler failed, backend={}", threadName, backend, inHandler);
        }
    }

    private void logFailure(LoopFailure failure) {
        log.error(
                "{} {} failed, backend={} key={}", threadName, failure.kind(), backend, failure.key(), failure.error());
    }

    /** Does what other threads want where they want it: on the loop thread, or while there is none. */
    private final class OnTheLoop implements CallbackRegistry.Confinement {

        @Override
        public <T> T call(CallbackRegistry.Action<T> action) throws IOException {
            if (inLoop()) {
                return action.run();
            }
            CompletableFuture<T> result = new CompletableFuture<>();
            synchronized (lifecycle) {
                if (thread == null) {
                    return action.run();
                }
                commands.add(() -> complete(result, action));
            }
            selector.wakeup();
            try {
                return result.join();
            } catch (CompletionException e) {
                Throwable cause = Objects.requireNonNull(e.getCause());
                Throwables.throwIfInstanceOf(cause, IOException.class);
                Throwables.throwIfUnchecked(cause);
                throw new AssertionError("actions throw nothing else", cause);
            }
        }

        private static <T> void complete(CompletableFuture<T> result, CallbackRegistry.Action<T> action) {
            try {
                result.complete(action.run());
            } catch (Throwable e) {
                result.completeExceptionally(e);
            }
        }
    }

    private enum TimerState {
        PENDING,
        CANCELLED,
        RUN
    }

    private final class Timer extends TimerQueue.Node implements TimerHandle {

        private final AtomicReference<TimerState> state = new AtomicReference<>(TimerState.PENDING);
        private @Nullable Runnable task;

        Timer(long deadlineNanos, long sequence, Runnable task) {
            super(deadlineNanos, sequence);
            this.task = task;
        }

        void arm() {
            if (isPending()) {
                timers.add(this);
            }
        }

        void runUnlessCancelled() {
            Runnable work = task;
            if (work == null || !state.compareAndSet(TimerState.PENDING, TimerState.RUN)) {
                return;
            }
            task = null;
            timersRun++;
            try {
                work.run();
            } catch (Throwable e) {
                failed(LoopFailure.Kind.TIMER, null, e);
            }
        }

        @Override
        public boolean cancel() {
            if (!state.compareAndSet(TimerState.PENDING, TimerState.CANCELLED)) {
                return false;
            }
            if (inLoop()) {
                discard();
            } else if (!closing) {
                commands.add(this::discard);
                selector.wakeup();
            }
            return true;
        }

        private void discard() {
            timers.remove(this);
            task = null;
        }

        @Override
        public boolean isPending() {
            return state.get() == TimerState.PENDING && !closing;
        }
    }

    /** The settings of a loop. */
    public static final class Builder {

        private @Nullable String backend;
        private @Nullable EventSelector selector;
        private NanoClock clock = NanoClock.system();
        private @Nullable Consumer<LoopFailure> failureHandler;
        private @Nullable Runnable beforeWait;
        private @Nullable Runnable afterWait;
        private @Nullable String threadName;
        private int taskBudget = 1024;
        private int failureLimit = 64;

        private Builder() {}

        /** Runs on the backend {@code name} and no other. The default is what {@link Selectors#open()} takes. */
        public Builder backend(String name) {
            backend = Objects.requireNonNull(name, "name");
            return this;
        }

        /** Runs on {@code selector}, which the loop closes; it may have no registrations of its own. */
        public Builder selector(EventSelector selector) {
            this.selector = Objects.requireNonNull(selector, "selector");
            return this;
        }

        /** Reads deadlines from {@code clock}. The default is {@link NanoClock#system}. */
        public Builder clock(NanoClock clock) {
            this.clock = Objects.requireNonNull(clock, "clock");
            return this;
        }

        /** Hands what is thrown to {@code handler}, on the loop thread. The default logs it at ERROR. */
        public Builder failureHandler(Consumer<LoopFailure> handler) {
            failureHandler = Objects.requireNonNull(handler, "handler");
            return this;
        }

        /** Runs {@code hook} in each turn before the loop waits. */
        public Builder beforeWait(Runnable hook) {
            beforeWait = Objects.requireNonNull(hook, "hook");
            return this;
        }

        /** Runs {@code hook} in each turn after the callbacks. */
        public Builder afterWait(Runnable hook) {
            afterWait = Objects.requireNonNull(hook, "hook");
            return this;
        }

        /** Names the loop, and the thread that {@link EventLoop#start} makes. The default is {@code pollux-loop-N}. */
        public Builder threadName(String name) {
            threadName = Objects.requireNonNull(name, "name");
            return this;
        }

        /**
         * Runs at most this many tasks in a turn. The default is 1024.
         *
         * @throws IllegalArgumentException if less than 1
         */
        public Builder taskBudget(int tasksPerTurn) {
            taskBudget = atLeastOne("taskBudget", tasksPerTurn);
            return this;
        }

        /**
         * Pauses a registration whose callback fails this many times in a row. The default is 64.
         *
         * @throws IllegalArgumentException if less than 1
         */
        public Builder failureLimit(int failuresInARow) {
            failureLimit = atLeastOne("failureLimit", failuresInARow);
            return this;
        }

        private static int atLeastOne(String setting, int value) {
            if (value < 1) {
                throw new IllegalArgumentException(setting + " " + value + " is less than 1");
            }
            return value;
        }

        /**
         * Opens the loop.
         *
         * @throws IllegalStateException if both a backend and a selector were given
         * @throws IOException as {@link Selectors#open()}
         */
        public EventLoop open() throws IOException {
            if (selector != null) {
                if (backend != null) {
                    throw new IllegalStateException(
                            "both a backend, " + backend + ", and a selector were given; give one");
                }
                return new EventLoop(this, selector);
            }
            return new EventLoop(this, backend == null ? Selectors.open() : Selectors.open(backend));
        }
    }
}
