package dev.pollux.internal.loop;

import dev.pollux.EventSelector;
import dev.pollux.NanoClock;
import dev.pollux.ReadyHandler;
import dev.pollux.SelectorKey;
import dev.pollux.internal.executor.LoopExecutors;
import dev.pollux.internal.selector.Confinement;
import dev.pollux.internal.selector.KeyedSelector;
import dev.pollux.internal.timer.Timers;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The core of a loop: puts its parts together, takes work for it, and runs it until it ends.
 *
 * <p>{@link Lifecycle} says who drives the loop and how far it has got, {@link Mailbox} holds what other threads want of
 * it, {@link Turn} does one turn after the other, and {@link LoopEnd} ends it.
 */
public final class LoopCore {

    private final LoopInfo info;
    private final NanoClock clock;
    private final EventSelector selector;
    private final Lifecycle life = new Lifecycle();
    private final Mailbox mailbox;
    private final CurrentWork currentWork;
    private final Guard guard;
    private final Timers timers;
    private final Turn turn;
    private final LoopEnd end;
    private final LoopRunner runner;
    private final LoopWork loopWork;
    private final LoopExecutors executors;
    private final BackendSwap swap;
    private final LoopReport report;
    private final Confinement confinement;

    /** On the loop thread, or while there is none. */
    private @Nullable LateWork lateWork;

    /** On the loop thread, or while there is none. */
    private final IdentityHashMap<Class<?>, Object> shared = new IdentityHashMap<>();

    /**
     * Makes a loop that no thread runs yet.
     *
     * @param selector what it waits with, and closes at its end
     * @param callbacks makes what calls the callback of a ready key
     */
    public LoopCore(LoopSettings settings, EventSelector selector, Function<Guard, ReadyHandler> callbacks) {
        this.selector = selector;
        this.clock = settings.clock();
        this.info = new LoopInfo(settings.name(), selector.backend());
        this.mailbox = new Mailbox(life, selector::wakeup);
        Failures failures = new Failures(info, settings.failureLimit(), settings.failureHandler());
        this.currentWork = new CurrentWork(selector, settings.clock(), settings.slowNanos(), failures::slow);
        this.guard = new Guard(failures, currentWork);
        this.loopWork = new LoopWork(info, mailbox, settings.offloadExecutor());
        this.timers = new Timers(
                new LoopOfTimers(mailbox, loopWork, guard, this::isDiscarding),
                settings.clock(),
                settings.timerLimit(),
                settings.failureLimit());
        this.executors = new LoopExecutors(new LoopOfExecutors(info, mailbox, loopWork, timers, settings.clock()));
        SelectorClaim claim = new SelectorClaim(selector, settings.clock());
        this.turn =
                new Turn(settings, claim, mailbox, timers, guard, currentWork, callbacks.apply(guard), this::mayWait);
        this.end = new LoopEnd(info, selector, mailbox, timers, turn, guard, loopWork, executors);
        this.runner = new LoopRunner(
                info, claim, threadFactory(settings), mailbox, currentWork, guard, timers, loopWork, turn, end);
        this.swap = new BackendSwap(info, selector, settings.clock());
        this.report = new LoopReport(
                settings, info, selector, currentWork, failures, guard, mailbox, timers, turn, end, runner);
        this.confinement = new LoopConfinement(info, mailbox, runner);
        report.load();
        report.watch();
    }

    // What others put on top of a loop.

    /**
     * Returns what the loop does before and after each wait besides its own work: what {@code make} returns, which is called
     * once in the life of a loop. On the loop thread, or while there is none.
     */
    public LateWork lateWork(Supplier<? extends LateWork> make) {
        LateWork present = lateWork;
        if (present == null) {
            present = make.get();
            lateWork = present;
            turn.also(present);
        }
        return present;
    }

    /**
     * Returns what there is once for the loop of that type: what {@code make} returned the first time. On the loop thread, or
     * while there is none.
     */
    public <T> T shared(Class<T> type, Supplier<? extends T> make) {
        Object present = shared.get(type);
        if (present == null) {
            present = make.get();
            shared.put(type, present);
        }
        return type.cast(present);
    }

    /** Returns the time of the loop's clock. Any thread. */
    public long nanoTime() {
        return clock.nanoTime();
    }

    /** Returns the selector of the loop, if it is Pollux's own. */
    public @Nullable KeyedSelector selector() {
        return selector instanceof KeyedSelector keyed ? keyed : null;
    }

    // Ending.

    /** Takes no more work, and ends once what was accepted has run. Any thread. */
    public void shutdown() {
        // First, because it cancels what would run for ever.
        executors.shutdown();
        life.call(Lifecycle.Call.SHUTDOWN);
        mailbox.post(timers::cancelPeriodic);
        if (runner.visit()) {
            runner.leave(null); // which ends the loop if it has nothing to wait for
        } else {
            selector.wakeup();
        }
    }

    /** Ends without beginning another task. Any thread. */
    public CompletableFuture<List<Runnable>> shutdownNow() {
        if (life.phase() != Lifecycle.Phase.ENDED) {
            turn.discard();
        }
        closeSoon();
        life.interruptDriver();
        return end.notBegun().copy();
    }

    /** Ends the loop: now if no thread drives it, else after its turn. Any thread. */
    public void closeSoon() {
        if (life.call(Lifecycle.Call.CLOSE)) {
            runner.leave(null);
        } else {
            selector.wakeup();
        }
    }

    /** As {@link #closeSoon}, and waits for it unless this is the loop thread, or one that the loop waits for. */
    public void close() {
        closeSoon();
        if (!mailbox.inLoop() && Waits.begin(life, end::isDone)) {
            try {
                end.awaitUninterruptibly();
            } finally {
                Waits.end();
            }
        }
    }

    /** Waits until the loop has ended. Any thread but the loop's. */
    public boolean awaitEnd(long timeoutNanos) throws InterruptedException {
        if (mailbox.inLoop()) {
            throw new IllegalStateException(
                    info.name + " would wait on its own thread for its end; use terminated() instead");
        }
        return end.await(timeoutNanos);
    }

    /** Returns what completes when the loop has ended. Any thread. */
    public CompletableFuture<Void> termination() {
        return end.termination();
    }

    private ThreadFactory threadFactory(LoopSettings settings) {
        ThreadFactory given = settings.threadFactory();
        if (given != null) {
            return given;
        }
        return selector instanceof KeyedSelector keyed
                ? task -> new LoopThread(task, info.name, keyed)
                : task -> new Thread(task, info.name);
    }

    private boolean mayWait() {
        return runner.mayWait();
    }

    private boolean isDiscarding() {
        return turn.isDiscarding();
    }

    /** Swaps the backend: at once while no thread runs the loop, else with the next turn. Any thread. */
    public CompletableFuture<Void> swap(String backend) {
        CompletableFuture<Void> swapped = loopWork.future();
        if (runner.visit()) {
            try {
                swap.to(backend, swapped);
            } finally {
                runner.leave(null);
            }
        } else {
            // Also on the loop thread, where it may be the middle of a delivery: the next turn begins with it.
            loopWork.later(swapped, () -> swap.to(backend, swapped));
        }
        return swapped;
    }

    // What it is.

    /** Returns whether the caller is on the loop thread. Any thread. */
    public boolean inLoop() {
        return mailbox.inLoop();
    }

    /** Returns whether the loop takes work. Any thread. */
    public boolean isOpen() {
        return life.isOpen();
    }

    /** Returns whether the loop has ended. Any thread. */
    public boolean isEnded() {
        return end.isDone();
    }

    /** Returns whether the loop is about to end, or has. Any thread. */
    public boolean isEnding() {
        return life.isEnding();
    }

    /** Returns the name of the loop. */
    public String name() {
        return info.name;
    }

    /** Returns the name of the present backend. Any thread. */
    public String backend() {
        return info.backend();
    }

    /** Returns the timers of the loop. Any thread. */
    public Timers timers() {
        return timers;
    }

    /** Returns what the loop has counted and what it does. Any thread. */
    public LoopReport report() {
        return report;
    }

    /** Returns what does something on the loop thread, or while there is none. Any thread. */
    public Confinement confinement() {
        return confinement;
    }

    /** Returns what runs the loop. */
    public LoopRunner runner() {
        return runner;
    }

    /** Returns what takes work for the loop. Any thread. */
    public LoopWork work() {
        return loopWork;
    }

    /** Returns a new executor on the loop thread, with a life of its own. Any thread. */
    public ScheduledExecutorService executor() {
        return executors.open();
    }

    /** Runs a callback of no registration; a failure of it is reported with {@code key}. Loop thread. */
    public void runCallback(Runnable callback, @Nullable SelectorKey key) {
        guard.runCallback(callback, key);
    }

    /** Hands what a callback threw to the failure handler. Loop thread. */
    public void failed(@Nullable SelectorKey key, Throwable error) {
        guard.failed(key, error);
    }

    /** Runs {@code ending} when the loop has ended; {@link #forget} takes it back. Any thread. */
    public Runnable alsoEnd(Runnable ending) {
        return end.alsoEnd(ending);
    }

    /** Takes back what was given to {@link #alsoEnd}. Any thread. */
    public void forget(Runnable ending) {
        end.forget(ending);
    }
}
