package dev.pollux.loop;

import com.google.common.util.concurrent.Uninterruptibles;
import dev.pollux.EventSelector;
import dev.pollux.Events;
import dev.pollux.NanoClock;
import dev.pollux.SelectorMetrics;
import dev.pollux.spi.Timeouts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedSelectorException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of a loop: which thread has it, what work it takes and until when, and how it ends.
 *
 * <p>Everything that other threads want done reaches the loop thread through one of two queues. Commands concern
 * registrations and timers, and all of them are done before anything else of a turn; tasks are the user's, and have a
 * budget. Both are sealed at the end, so what was accepted is run or told to be lost, and the rest is refused.
 */
final class LoopCore {

    private static final Logger log = LoggerFactory.getLogger(EventLoop.class);

    /** Work is refused from the second on; from the third on, the loop ends with the turn; in the last it has ended. */
    enum Phase {
        OPEN,
        SHUTDOWN,
        CLOSING,
        ENDED
    }

    /** A task that somebody has to hear of if it is never run. */
    interface Losable extends Runnable {

        void lost();
    }

    final String name;
    final EventSelector selector;
    final NanoClock clock;
    final TaskQueue tasks = new TaskQueue(1024);
    final LoopTimers timers;
    final Failures failures;
    final Activity activity;
    final Offloads offloads;
    final Promises promises = new Promises(this);
    final CallbackRegistry.Confinement confinement = new OnTheLoop();
    final Set<ScheduledTask<?>> scheduled = ConcurrentHashMap.newKeySet();
    final CompletableFuture<Void> termination = new CompletableFuture<>();
    final CountDownLatch ended = new CountDownLatch(1);

    private final LoopSettings settings;
    private final Turns turns;
    private final @Nullable Watchdog watchdog;
    private final TaskQueue commands = new TaskQueue(64);

    /** Guards the changes of {@link #phase}, and the beginning and end of {@link #thread}'s time as loop thread. */
    private final Object lifecycle = new Object();

    private volatile Phase phase = Phase.OPEN;
    private volatile @Nullable Thread thread;

    /** Made by {@link #start} and about to become the loop thread. Guarded by {@link #lifecycle}. */
    private @Nullable Thread starting;

    private volatile boolean stopRequested;

    /** Whether turns are run until a stop. Loop thread only. */
    private boolean untilStopped;

    /** Set once tasks that have not begun are not to be run any more, but returned by {@link #shutdownNow}. */
    private volatile boolean discarding;

    private final CompletableFuture<List<Runnable>> discarded = new CompletableFuture<>();
    private volatile String backend;
    private volatile @Nullable SelectorMetrics lastSelectorMetrics;

    LoopCore(LoopSettings settings, EventSelector selector) {
        this.settings = settings;
        this.name = settings.name();
        this.selector = selector;
        this.clock = settings.clock();
        this.backend = selector.backend();
        this.timers = new LoopTimers(this, clock, settings.timerLimit());
        this.failures = new Failures(this, settings.failureHandler());
        this.activity = new Activity(clock, settings.slowNanos(), failures::slow);
        this.offloads = new Offloads(this, settings.offloadExecutor());
        this.turns = new Turns(this, settings, selector, failures, activity);
        this.watchdog = settings.stallNanos() == LoopSettings.OFF ? null : new Watchdog(this, settings.stallNanos());
        loadWhatFailuresNeed();
    }

    /** When descriptors have run out, no class file can be opened any more, and that is when these are first used. */
    private void loadWhatFailuresNeed() {
        log.trace(
                "{} {} {} {} {}",
                metrics(),
                new LoopFailure(LoopFailure.Kind.TASK, null, new IOException()),
                Phase.OPEN,
                Events.toString(Events.NONE),
                Timeouts.nanos(Duration.ZERO));
    }

    /** Starts the watchdog, if there is to be one. */
    void watch() {
        if (watchdog != null) {
            watchdog.start();
        }
    }

    void swap(String to, CompletableFuture<Void> swapped) {
        boolean now;
        synchronized (lifecycle) {
            now = thread == null && phase != Phase.ENDED;
            if (now) {
                swapNow(to, swapped);
            }
        }
        if (!now) {
            // Also on the loop thread, where it may be the middle of a delivery: the next turn begins with it.
            later(swapped, () -> swapNow(to, swapped));
        }
    }

    private void swapNow(String to, CompletableFuture<Void> swapped) {
        String from = backend;
        long start = clock.nanoTime();
        try {
            selector.swap(to);
        } catch (Throwable e) {
            Recordings.swap(name, from, to, clock.nanoTime() - start, e);
            swapped.completeExceptionally(e);
            return;
        }
        backend = selector.backend();
        Recordings.swap(name, from, to, clock.nanoTime() - start, null);
        log.debug("{} swapped backend={} to backend={}", name, from, to);
        swapped.complete(null);
    }

    void execute(Runnable task) {
        checkAccepts(task);
        if (!tasks.offer(task)) {
            throw rejected(task, "has ended and");
        }
        wakeup();
    }

    void run() throws IOException {
        if (!begin()) {
            throw new IllegalStateException(name + " is closed");
        }
        runTurns(Long.MAX_VALUE, true);
    }

    Thread start() {
        synchronized (lifecycle) {
            Thread running = thread == null ? starting : thread;
            if (running != null || isEnding()) {
                throw new IllegalStateException(
                        name + (running == null ? " is closed" : " runs on thread " + running.getName() + " already"));
            }
            Thread started = settings.threadFactory().newThread(this::runStarted);
            starting = started;
            try {
                started.start();
            } catch (Throwable e) {
                starting = null;
                throw e;
            }
            return started;
        }
    }

    private void runStarted() {
        try {
            if (begin()) {
                runTurns(Long.MAX_VALUE, true);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(name + " has ended: " + e.getMessage(), e);
        }
    }

    boolean runOnce(long maxWaitNanos) throws IOException {
        if (!begin()) {
            throw new IllegalStateException(name + " is closed");
        }
        long before = turns.run();
        runTurns(maxWaitNanos, false);
        return turns.run() != before;
    }

    void stop() {
        stopRequested = true;
        selector.wakeup();
    }

    void shutdown() {
        synchronized (lifecycle) {
            if (phase == Phase.OPEN) {
                phase = Phase.SHUTDOWN;
                commands.offer(this::cancelPeriodic);
            }
            if (thread == null && phase == Phase.SHUTDOWN) {
                runCommands();
            }
        }
        if (!endIfUnused(true)) {
            selector.wakeup();
        }
    }

    private void cancelPeriodic() {
        timers.cancelPeriodic();
        scheduled.forEach(future -> {
            if (future.isPeriodic()) {
                future.cancel(false);
            }
        });
    }

    List<Runnable> shutdownNow() {
        List<Runnable> neverRun = new ArrayList<>();
        List<Runnable> timersNeverRun = new ArrayList<>();
        boolean mine;
        synchronized (lifecycle) {
            if (discarding || phase == Phase.ENDED) {
                return neverRun;
            }
            phase = Phase.CLOSING;
            discarding = true;
            // Before the loop learns of it, because what it finds there at its end it cancels.
            scheduled.removeIf(future -> !future.isRunning() && timersNeverRun.add(future));
            Thread running = thread;
            mine = running == null || inLoop();
            if (mine) {
                neverRun.addAll(tasks.seal());
            } else if (running != null) {
                running.interrupt();
            }
        }
        if (mine) {
            endIfUnused(false);
        } else {
            selector.wakeup();
            neverRun.addAll(awaitDiscarded());
        }
        neverRun.addAll(timersNeverRun);
        return neverRun;
    }

    /** Only the loop thread may take from its queue, so the others ask it to. */
    private List<Runnable> awaitDiscarded() {
        discarded.completeOnTimeout(List.of(), 1, TimeUnit.SECONDS);
        return discarded.join();
    }

    /**
     * Has the loop end without waiting for it: now if no thread runs it, else after its turn. Returns whether it has
     * ended.
     */
    boolean closeSoon() {
        synchronized (lifecycle) {
            if (phase.compareTo(Phase.CLOSING) < 0) {
                phase = Phase.CLOSING;
            }
        }
        selector.wakeup();
        return endIfUnused(false);
    }

    void close() {
        if (!closeSoon() && !inLoop()) {
            Uninterruptibles.awaitUninterruptibly(ended);
        }
    }

    /** Ends the loop on the caller's thread if no other one runs it. Returns false if that is left to the loop thread. */
    private boolean endIfUnused(boolean onlyIfDrained) {
        synchronized (lifecycle) {
            if (thread != null || phase == Phase.ENDED || phase == Phase.OPEN) {
                return phase == Phase.ENDED;
            }
            if (onlyIfDrained && (timers.pending() > 0 || offloads.pending() > 0)) {
                return false;
            }
            phase = Phase.CLOSING;
            thread = Thread.currentThread();
            activity.resumes();
        }
        end(null);
        return true;
    }

    boolean inLoop() {
        return Thread.currentThread() == thread;
    }

    String backend() {
        return backend;
    }

    Phase phase() {
        return phase;
    }

    long turns() {
        return turns.turns();
    }

    @Nullable
    Thread thread() {
        return thread;
    }

    int failureLimit() {
        return settings.failureLimit();
    }

    boolean isEnding() {
        return phase.compareTo(Phase.CLOSING) >= 0;
    }

    boolean isOpen() {
        return phase == Phase.OPEN;
    }

    boolean isDiscarding() {
        return discarding;
    }

    int registered() {
        return isEnding() ? 0 : selectorMetrics().registered();
    }

    LoopMetrics metrics() {
        SelectorMetrics last = lastSelectorMetrics;
        return new LoopMetrics(
                turns.turns(),
                turns.callbacks(),
                turns.tasksRun(),
                timers.timersRun(),
                failures.count(),
                failures.isolated(),
                tasks.size(),
                timers.pending(),
                timers.longestLagNanos(),
                activity.slow(),
                activity.longestNanos(),
                activity.busyNanos(),
                activity.waitingNanos(),
                watchdog == null ? 0 : watchdog.stalls(),
                last == null ? selectorMetrics() : last);
    }

    private SelectorMetrics selectorMetrics() {
        try {
            return selector.metrics();
        } catch (ClosedSelectorException closed) {
            SelectorMetrics last = lastSelectorMetrics;
            return last == null ? SelectorMetrics.none() : last;
        }
    }

    String dump() {
        Thread running = thread;
        StringBuilder page = new StringBuilder();
        page.append(name).append(", backend=").append(backend).append(", ").append(phase);
        page.append(running == null ? ", not running" : ", on thread " + running.getName());
        page.append("\nnow: ").append(activity.describe());
        page.append("\n").append(metrics()).append("\n");
        synchronized (lifecycle) {
            if ((thread == null || inLoop()) && selector.isOpen()) {
                LoopDump.appendRegistrations(page, selector);
            } else if (running != null) {
                LoopDump.appendStack(page, running);
            }
        }
        return page.toString();
    }

    void checkAccepts(Object work) {
        if (phase != Phase.OPEN) {
            throw rejected(work, "is closed and");
        }
    }

    /** Refuses to wait on the loop thread for what only the loop thread does. */
    void checkMayWaitFor(Object work) {
        if (inLoop()) {
            throw new IllegalStateException(name + " would wait on its own thread for " + work
                    + ", which it is to run; let a later task use the result");
        }
    }

    RejectedExecutionException rejected(Object work, String why) {
        RejectedExecutionException rejected =
                new RejectedExecutionException(name + " " + why + " does not take " + work);
        if (termination.isCompletedExceptionally()) {
            termination.whenComplete((nothing, cause) -> rejected.initCause(cause));
        }
        return rejected;
    }

    /** Has {@code command} done on the loop thread before anything else of the next turn. Does not wake the loop. */
    void command(Runnable command, Object work) {
        if (!commands.offer(command)) {
            throw rejected(work, "has ended and");
        }
    }

    boolean commandUnlessEnded(Runnable command) {
        return commands.offer(command);
    }

    /** Wakes the loop unless this is its own thread, which is awake. */
    void wakeup() {
        if (!inLoop()) {
            selector.wakeup();
        }
    }

    /** Does {@code work} on the loop thread, now if this is it. If the loop has ended, {@code owed} fails instead. */
    void onLoop(CompletableFuture<?> owed, Runnable work) {
        if (inLoop()) {
            work.run();
        } else {
            later(owed, work);
        }
    }

    /** Does {@code work} on the loop thread with the next turn. If the loop has ended, {@code owed} fails instead. */
    void later(CompletableFuture<?> owed, Runnable work) {
        if (commands.offer(work)) {
            wakeup();
        } else {
            owed.completeExceptionally(closed());
        }
    }

    /** Makes the caller's thread the loop thread. Returns false if the loop has ended or is about to. */
    private boolean begin() {
        synchronized (lifecycle) {
            if (isEnding()) {
                return false;
            }
            Thread running = thread == null ? starting : thread;
            if (running != null && (running == thread || running != Thread.currentThread())) {
                throw new IllegalStateException(
                        name + " runs on thread " + running.getName() + " already; use execute to reach it");
            }
            starting = null;
            thread = Thread.currentThread();
            activity.resumes();
            return true;
        }
    }

    private void runTurns(long maxWaitNanos, boolean untilStopped) throws IOException {
        @Nullable Throwable fatal = null;
        this.untilStopped = untilStopped;
        try {
            do {
                turns.turn(maxWaitNanos);
                if (phase == Phase.SHUTDOWN && isDrained()) {
                    phase = Phase.CLOSING;
                }
            } while (untilStopped && !stopRequested && !isEnding());
        } catch (IOException | RuntimeException | Error e) {
            fatal = e;
            phase = Phase.CLOSING;
            log.error("{} has ended, backend={}; it takes no further work", name, backend, e);
            throw e;
        } finally {
            if (untilStopped) {
                stopRequested = false;
            }
            try {
                end(fatal);
            } finally {
                if (turns.takeInterrupt()) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }

    boolean runTimer(Runnable task) {
        return turns.runGuarded(LoopFailure.Kind.TIMER, task);
    }

    private boolean isDrained() {
        return tasks.isEmpty() && commands.isEmpty() && timers.pending() == 0 && offloads.pending() == 0;
    }

    /** Returns whether there is nothing to do but to wait for sources and timers. */
    boolean mayWait() {
        return tasks.isEmpty()
                && commands.isEmpty()
                && !(untilStopped && stopRequested)
                && (isOpen() || !(isEnding() || isDrained()));
    }

    void runCommands() {
        for (Runnable command = commands.poll(); command != null; command = commands.poll()) {
            command.run();
        }
    }

    /** Ends this thread's time as loop thread, and the loop itself if it is to be closed. */
    private void end(@Nullable Throwable fatal) {
        activity.rests();
        synchronized (lifecycle) {
            runCommands();
            if (!isEnding()) {
                thread = null;
                return;
            }
        }
        @Nullable Throwable cause = fatal;
        try {
            if (fatal == null && !discarding) {
                runWhatIsLeft();
            } else {
                discardWhatIsLeft();
            }
        } catch (Throwable e) {
            cause = e;
            discardWhatIsLeft();
            throw e;
        } finally {
            release(cause);
        }
    }

    private void runWhatIsLeft() {
        boolean more = true;
        while (more && !discarding) {
            Runnable task = tasks.poll();
            more = task != null;
            if (task != null) {
                turns.runTask(task);
            }
        }
        if (discarding) {
            discardWhatIsLeft();
        } else {
            runLast(new ArrayDeque<>(tasks.seal()));
        }
        turns.absorbInterrupt();
    }

    private void runLast(Queue<Runnable> last) {
        try {
            for (Runnable task = last.poll(); task != null; task = last.poll()) {
                turns.runTask(task);
            }
        } finally {
            discard(last);
        }
    }

    private void discardWhatIsLeft() {
        List<Runnable> left = tasks.seal();
        if (discarding && discarded.complete(left)) {
            return;
        }
        discard(left);
    }

    /** Whoever waits for a task that will never run is to learn it. */
    private void discard(Collection<Runnable> left) {
        if (!left.isEmpty()) {
            log.error("{} tasks={} are lost", name, left.size());
        }
        for (Runnable task : left) {
            if (task instanceof Future<?> future) {
                future.cancel(false);
            } else if (task instanceof Losable losable) {
                losable.lost();
            }
        }
    }

    private void release(@Nullable Throwable cause) {
        timers.clear();
        scheduled.forEach(future -> future.cancel(false));
        try {
            if (selector.isOpen()) {
                lastSelectorMetrics = selector.metrics();
            }
            selector.close();
        } finally {
            List<Runnable> late;
            synchronized (lifecycle) {
                // Also those that came while the tasks ran: their callers wait, and learn that the loop is closed.
                late = commands.seal();
                phase = Phase.ENDED;
            }
            late.forEach(Runnable::run);
            synchronized (lifecycle) {
                thread = null;
            }
            discarded.complete(List.of());
            promises.breakAll(closed());
            // Only now: whoever waits learns that the loop is closed, not that the work was interrupted.
            offloads.close();
            if (cause == null) {
                termination.complete(null);
            } else {
                termination.completeExceptionally(cause);
            }
            ended.countDown();
        }
    }

    private CancellationException closed() {
        return new CancellationException(name + " is closed");
    }

    /** Does what other threads want where they want it: on the loop thread, or while there is none. */
    private final class OnTheLoop implements CallbackRegistry.Confinement {

        @Override
        public boolean isHere() {
            return inLoop();
        }

        @Override
        public <T> T call(CallbackRegistry.Action<T> action) throws IOException {
            if (inLoop()) {
                return action.run();
            }
            HandedOver<T> call = new HandedOver<>(action);
            synchronized (lifecycle) {
                if (thread == null || !commands.offer(call)) {
                    return action.run();
                }
            }
            selector.wakeup();
            return call.result();
        }
    }
}
