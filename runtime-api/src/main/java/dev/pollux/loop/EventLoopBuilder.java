package dev.pollux.loop;

import dev.pollux.Capability;
import dev.pollux.EventSelector;
import dev.pollux.NanoClock;
import dev.pollux.Requirements;
import dev.pollux.Selectors;
import dev.pollux.internal.loop.LoopCore;
import dev.pollux.internal.loop.LoopSettings;
import dev.pollux.internal.selector.SelectorOpener;
import dev.pollux.spi.BackendOptions;
import dev.pollux.spi.BackendProvider;
import dev.pollux.spi.Timeouts;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a loop, from {@link EventLoop#builder}.
 *
 * <p><b>Thread:</b> one at a time.
 */
public final class EventLoopBuilder {

    private static final AtomicInteger loopCount = new AtomicInteger();

    private static final Duration LONGEST_SPIN = Duration.ofSeconds(1);

    private @Nullable String backend;
    private @Nullable Requirements requirements;
    private @Nullable BackendProvider provider;
    private @Nullable EventSelector selector;
    private @Nullable String name;

    private @Nullable ThreadFactory threadFactory;

    private NanoClock clock = NanoClock.system();
    private @Nullable Consumer<LoopFailure> failureHandler;
    private @Nullable Runnable beforeWait;
    private @Nullable Runnable whenIdle;
    private @Nullable Runnable afterWait;
    private @Nullable Executor offloadExecutor;
    private @Nullable BackendOptions options;
    private int taskBudget = 1024;
    private long taskBudgetNanos = Duration.ofMillis(10).toNanos();
    private long spinNanos;
    private int failureLimit = 64;
    private int timerLimit = Integer.MAX_VALUE;
    private long slowNanos = LoopSettings.OFF;
    private long stallNanos = LoopSettings.OFF;

    EventLoopBuilder() {}

    /** Runs on the backend {@code name} and no other. The default is what {@link Selectors#open()} takes. */
    public EventLoopBuilder backend(String name) {
        backend = Objects.requireNonNull(name, "name");
        return this;
    }

    /** Runs on a backend of {@code provider}, which need not be one that discovery finds, and by {@link #clock}. */
    public EventLoopBuilder backend(BackendProvider provider) {
        this.provider = Objects.requireNonNull(provider, "provider");
        return this;
    }

    /** Runs on the best backend that meets {@code requirements}, as {@link Selectors#open(Requirements)} finds it. */
    public EventLoopBuilder requirements(Requirements requirements) {
        this.requirements = Objects.requireNonNull(requirements, "requirements");
        return this;
    }

    /** Runs on {@code selector}, which the loop closes; it may have no registrations of its own. */
    public EventLoopBuilder selector(EventSelector selector) {
        this.selector = Objects.requireNonNull(selector, "selector");
        return this;
    }

    /** Reads deadlines from {@code clock}. The default is {@link NanoClock#system}. */
    public EventLoopBuilder clock(NanoClock clock) {
        this.clock = Objects.requireNonNull(clock, "clock");
        return this;
    }

    /** Hands what is thrown to {@code handler}, on the loop thread. The default logs it at ERROR. */
    public EventLoopBuilder failureHandler(Consumer<LoopFailure> handler) {
        failureHandler = Objects.requireNonNull(handler, "handler");
        return this;
    }

    /** Runs {@code hook} in each turn before the loop waits. */
    public EventLoopBuilder beforeWait(Runnable hook) {
        beforeWait = Objects.requireNonNull(hook, "hook");
        return this;
    }

    /**
     * Runs {@code hook} when the loop has nothing to do and is about to sleep. What it schedules or executes
     * comes before the sleep.
     */
    public EventLoopBuilder whenIdle(Runnable hook) {
        whenIdle = Objects.requireNonNull(hook, "hook");
        return this;
    }

    /** Runs {@code hook} in each turn after the callbacks. */
    public EventLoopBuilder afterWait(Runnable hook) {
        afterWait = Objects.requireNonNull(hook, "hook");
        return this;
    }

    /** Names the loop, and the thread that {@link EventLoop#start} makes. The default is {@code pollux-loop-N}. */
    public EventLoopBuilder threadName(String name) {
        this.name = Objects.requireNonNull(name, "name");
        return this;
    }

    /**
     * Takes the thread of {@link EventLoop#start} from {@code factory}, which also names it unless {@link #threadName}
     * does. It should be a platform thread: a wait in C would hold the carrier of a virtual one.
     */
    public EventLoopBuilder threadFactory(ThreadFactory factory) {
        threadFactory = Objects.requireNonNull(factory, "factory");
        return this;
    }

    /** Runs on {@code executor} what is given to {@link EventLoop#offload}. The default makes daemon threads as needed. */
    public EventLoopBuilder offloadExecutor(Executor executor) {
        offloadExecutor = Objects.requireNonNull(executor, "executor");
        return this;
    }

    /**
     * Runs at most this many tasks in a turn. The default is 1024.
     *
     * @throws IllegalArgumentException if less than 1
     */
    public EventLoopBuilder taskBudget(int tasksPerTurn) {
        taskBudget = atLeastOne("taskBudget", tasksPerTurn);
        return this;
    }

    /**
     * Goes on to the wait once the timers and tasks of a turn have taken this long. Looked at after every 16th task. The
     * default is 10 ms.
     *
     * @throws IllegalArgumentException if not positive
     */
    public EventLoopBuilder taskBudget(Duration timePerTurn) {
        taskBudgetNanos = positive("taskBudget", timePerTurn);
        return this;
    }

    /**
     * Keeps looking for tasks, sources and timers for this long before each sleep: what comes soon then needs no wakeup.
     * It costs a processor, because the loop thread computes for this long each time that it would sleep; loops that
     * spin slow each other down if they are more than there are processors. A few times 10 µs are enough for a thread that
     * waits for the answer to its task. Measured by {@link System#nanoTime}, whatever {@link #clock} is. The default is
     * zero: a loop does not spin, and looks once more after tasks.
     *
     * @param beforeEachSleep at most one second
     * @throws IllegalArgumentException if negative, or longer than that
     */
    public EventLoopBuilder spin(Duration beforeEachSleep) {
        if (beforeEachSleep.isNegative() || beforeEachSleep.compareTo(LONGEST_SPIN) > 0) {
            throw new IllegalArgumentException("spin " + beforeEachSleep + " is not between zero and " + LONGEST_SPIN);
        }
        spinNanos = beforeEachSleep.toNanos();
        return this;
    }

    /**
     * Pauses a registration whose callback fails this many times in a row, and cancels such a periodic timer. The default
     * is 64. For callbacks, more than 65 535 is no limit.
     *
     * @throws IllegalArgumentException if less than 1
     */
    public EventLoopBuilder failureLimit(int failuresInARow) {
        failureLimit = atLeastOne("failureLimit", failuresInARow);
        return this;
    }

    /**
     * Takes no further timer while this many are pending. The default is no limit.
     *
     * @throws IllegalArgumentException if less than 1
     */
    public EventLoopBuilder timerLimit(int pendingTimers) {
        timerLimit = atLeastOne("timerLimit", pendingTimers);
        return this;
    }

    /**
     * Measures each callback, task, timer and hook, and reports those that take this long: at WARN for the first few,
     * and as the Flight Recorder event {@code dev.pollux.SlowCallback}. Costs two readings of the clock for each. The
     * default is not to measure.
     *
     * @throws IllegalArgumentException if not positive
     */
    public EventLoopBuilder slowCallback(Duration threshold) {
        slowNanos = positive("slowCallback", threshold);
        return this;
    }

    /**
     * Looks from another thread whether the loop still turns. A turn that takes this long, or up to twice as long, is reported
     * while it lasts, with what runs and where: once at WARN, and as the Flight Recorder event
     * {@code dev.pollux.LoopStall}. The default is not to look.
     *
     * @throws IllegalArgumentException if not positive
     */
    public EventLoopBuilder stallWatchdog(Duration threshold) {
        stallNanos = positive("stallWatchdog", threshold);
        return this;
    }

    /**
     * Lends buffers of {@code bytes} to {@link dev.pollux.operation.Operation#receiveEach}, whatever the backend, before and after
     * a swap: so each part has that many bytes at most. Where the kernel does operations, {@code count} is how many it may fill that no
     * one has taken yet; a source that finds none goes on as soon as one is given back. The default is 4096 of 16 KiB, which are made
     * as they are needed.
     *
     * @param count a power of two
     * @throws IllegalArgumentException if {@code count} is no power of two from 1 to 32 768, {@code bytes} less than 1, or
     *     all of them more than 1 GiB
     */
    public EventLoopBuilder lentBuffers(int count, int bytes) {
        options = BackendOptions.defaults().withLentBuffers(count, bytes);
        return this;
    }

    private static int atLeastOne(String setting, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(setting + " " + value + " is less than 1");
        }
        return value;
    }

    private static long positive(String setting, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(setting + " " + value + " is not positive");
        }
        return Timeouts.nanos(value);
    }

    boolean hasSelector() {
        return selector != null;
    }

    /** Opens one loop of several, whose {@code number} goes into its name if a name was given. */
    EventLoop open(int number) throws IOException {
        return open(name == null ? null : name + "-" + number);
    }

    /**
     * Opens the loop.
     *
     * @throws IllegalStateException if more than one of a backend, a provider, requirements and a selector was given, or lent
     *     buffers with a selector
     * @throws IOException as {@link Selectors#open()}
     */
    public EventLoop open() throws IOException {
        return open(name);
    }

    private EventLoop open(@Nullable String name) throws IOException {
        int given = (backend == null ? 0 : 1)
                + (provider == null ? 0 : 1)
                + (requirements == null ? 0 : 1)
                + (selector == null ? 0 : 1);
        if (given > 1) {
            throw new IllegalStateException("more than one of a backend's name, " + backend + ", a provider, "
                    + provider + ", requirements, " + requirements + ", and a selector, " + selector
                    + ", was given; give one");
        }
        if (selector != null && options != null) {
            throw new IllegalStateException("lentBuffers was given with a selector, " + selector
                    + ", which has opened its backend before; give a backend in place of the selector");
        }
        EventSelector opened = openSelector();
        try {
            String loopName = name == null ? "pollux-loop-" + loopCount.incrementAndGet() : name;
            return new EventLoop(new LoopCore(settings(loopName), opened, CallbackRegistry::guardedBy), opened);
        } catch (Throwable e) {
            opened.close();
            throw e;
        }
    }

    private EventSelector openSelector() throws IOException {
        if (selector != null) {
            return selector;
        }
        SelectorOpener opener = new SelectorOpener(options == null ? BackendOptions.defaults() : options);
        if (provider != null) {
            return opener.open(provider, clock);
        }
        if (backend != null) {
            return opener.open(backend);
        }
        return opener.open(requirements == null ? Requirements.of(Capability.JAVA_CHANNELS) : requirements);
    }

    private LoopSettings settings(String loopName) {
        return new LoopSettings(
                loopName,
                threadFactory(loopName),
                clock,
                failureHandler,
                beforeWait,
                whenIdle,
                afterWait,
                offloadExecutor,
                taskBudget,
                taskBudgetNanos,
                spinNanos,
                failureLimit,
                timerLimit,
                slowNanos,
                stallNanos);
    }

    private @Nullable ThreadFactory threadFactory(String loopName) {
        ThreadFactory factory = threadFactory;
        if (factory == null || name == null) {
            return factory;
        }
        return task -> {
            Thread thread = factory.newThread(task);
            thread.setName(loopName);
            return thread;
        };
    }
}
