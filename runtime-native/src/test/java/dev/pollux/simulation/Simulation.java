package dev.pollux.simulation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;

/**
 * Threads that run one at a time, in an order that a seed decides, on a clock of their own.
 *
 * <p>The thread that runs gives way at the points that {@link Instrumentation} puts in front of whatever threads share,
 * and there the {@link Schedule} chooses who goes on. The clock stands still while anyone can run, but for what the
 * schedule adds; when no one can, it moves to the next deadline that someone waits for. If there is none, and not all
 * have ended, they wait for each other.
 *
 * <p>One at a time in a JVM, because instrumented code finds it in a static field.
 */
public final class Simulation {

    private static final int STEPS = 60_000 * Integer.getInteger("pollux.simulation.length", 1);
    private static final int FUTILE_YIELDS = 3;

    private static final int USER = Sites.add("user");

    private static Simulation current;

    private final long seed;
    private final Schedule schedule;
    private final Trace trace = new Trace();
    private final List<SimulatedThread> threads = new ArrayList<>();
    private final List<SimulatedThread> waiting = new ArrayList<>();
    private final List<SimulatedThread> candidates = new ArrayList<>();
    private final Map<String, String> violations = new LinkedHashMap<>();

    private SimulatedThread running;
    private SimulatedThread chosen;
    private long nowNanos;
    private String about = "";
    private int steps;

    /** Whether it was given up, so that no thread goes on. */
    private boolean stopped;

    /** Whether a condition is being asked, which may look at the code under test but is no step. */
    private boolean asking;

    private Simulation(long seed) {
        this.seed = seed;
        this.schedule = Schedule.of(seed);
    }

    /** Runs {@code first}, and all threads that come of it, to their end. */
    public static Outcome run(long seed, Runnable first) {
        Simulation simulation = new Simulation(seed);
        current = simulation;
        try {
            simulation.spawn("main", first);
            simulation.drive();
        } finally {
            current = null;
        }
        return new Outcome(
                seed,
                simulation.about,
                simulation.steps,
                simulation.trace.hash(),
                simulation.violations,
                simulation.trace.toString());
    }

    /** Returns the simulation that the caller is part of, or null. */
    static Simulation here() {
        Simulation simulation = current;
        return simulation == null || simulation.running == null || simulation.asking ? null : simulation;
    }

    /** Returns the simulation that the caller is part of. */
    public static Simulation current() {
        return here();
    }

    /** Returns the time of the simulation; the wall's outside of one. */
    public static long nanoTime() {
        Simulation simulation = current;
        return simulation == null ? System.nanoTime() : simulation.nowNanos;
    }

    /** Starts a thread. */
    public Thread spawn(String name, Runnable body) {
        Thread thread = thread(name, body);
        thread.start();
        return thread;
    }

    /** Makes a thread that is to be started. */
    public Thread thread(String name, Runnable body) {
        SimulatedThread thread = new SimulatedThread(this, threads.size(), name, body);
        thread.priority = schedule.firstPriority();
        threads.add(thread);
        return thread.thread;
    }

    /** Notes what this seed is about, for the message of a failure. */
    public void about(String text) {
        about = text;
    }

    /** Notes that something is not as it should be. Kinds are counted; the first text of each is kept. */
    public void violation(String kind, String text) {
        violations.putIfAbsent(kind, text);
    }

    /** Notes a violation if the caller holds a lock of the code under test. */
    public void foreignCode(String what) {
        if (running != null && !running.held.isEmpty()) {
            violation(what + " under a lock", what + " runs with " + running.held + " held\n" + stack(running.thread));
        }
    }

    /** As {@link #await}, for a lock, which is held for a few steps only unless something foreign runs under it. */
    void awaitLock(BooleanSupplier condition) {
        int before = running.timesBlocked;
        await(condition);
        running.timesBlocked = before;
    }

    /** Waits until {@code condition} holds, which the simulation asks whenever someone has run. */
    public void await(BooleanSupplier condition) {
        await(condition, Long.MAX_VALUE);
    }

    /** Waits until {@code condition} holds or the time has come; returns whether it holds. */
    public boolean await(BooleanSupplier condition, long deadlineNanos) {
        SimulatedThread me = running;
        int futile = 0;
        while (!holds(condition)) {
            if (deadlineNanos != Long.MAX_VALUE && deadlineNanos - nowNanos <= 0) {
                return false;
            }
            me.timesBlocked++;
            me.condition = condition;
            me.deadlineNanos = deadlineNanos;
            int before = steps;
            giveWay();
            me.condition = null;
            me.deadlineNanos = Long.MAX_VALUE;
            // Inside a class initializer or with a native frame below, a virtual thread cannot give way.
            futile = before == steps ? futile + 1 : 0;
            if (futile > FUTILE_YIELDS && !holds(condition) && nowNanos - deadlineNanos < 0) {
                throw new IllegalStateException("waits where it cannot give way");
            }
        }
        return true;
    }

    long now() {
        return nowNanos;
    }

    /** Returns the time of this simulation. */
    public long nowNanos() {
        return nowNanos;
    }

    /** Lets another thread go on, if the schedule has it so. */
    public void point() {
        step(USER);
    }

    /** Lets another thread go on if there is one that can, because the caller has nothing to do meanwhile. */
    public void pause() {
        spin(USER);
    }

    /** Returns how often the caller had to wait for something so far. */
    public int timesBlocked() {
        return running.timesBlocked;
    }

    SimulatedThread running() {
        return running;
    }

    /** Lets the schedule choose who goes on. */
    void step(int site) {
        SimulatedThread me = running;
        me.lastSite = site;
        steps++;
        trace.add(me.number, site);
        nowNanos += schedule.tickNanos();
        if (steps > STEPS) {
            violation("does not end", "after " + steps + " steps:\n" + stacks());
            stopHere();
        }
        if (!schedule.mayPreempt()) {
            return;
        }
        collect(me);
        SimulatedThread next = schedule.choose(candidates);
        if (next != me) {
            chosen = next;
            giveWay();
            chosen = null;
        }
    }

    /** Gives way to someone else if anyone else can run. */
    void spin(int site) {
        SimulatedThread me = running;
        schedule.yields(me);
        collect(null);
        steps++;
        trace.add(me.number, site);
        if (steps > STEPS) {
            violation("does not end", "after " + steps + " steps:\n" + stacks());
            stopHere();
        }
        if (!candidates.isEmpty()) {
            chosen = schedule.choose(candidates);
            giveWay();
            chosen = null;
        } else {
            advance();
        }
    }

    /** Goes back to {@link #drive}, which is the scheduler; there is no other thread to hope for. */
    @SuppressWarnings("ThreadPriorityCheck")
    private static void giveWay() {
        Thread.yield();
    }

    /** The rest of this run is of no interest: no thread goes on. */
    private void stopHere() {
        running.condition = () -> false;
        stopped = true;
        giveWay();
        throw new IllegalStateException("the simulation is over");
    }

    private boolean holds(BooleanSupplier condition) {
        asking = true;
        try {
            return condition.getAsBoolean();
        } finally {
            asking = false;
        }
    }

    private void collect(SimulatedThread me) {
        candidates.clear();
        if (me != null) {
            candidates.add(me);
        }
        asking = true;
        synchronized (waiting) {
            for (SimulatedThread thread : waiting) {
                if (thread.mayGoOn(nowNanos)) {
                    candidates.add(thread);
                }
            }
        }
        asking = false;
    }

    void ready(SimulatedThread thread) {
        synchronized (waiting) {
            waiting.add(thread);
        }
    }

    void died(SimulatedThread thread, Throwable error) {
        if (!stopped) {
            violation("a thread died of " + error.getClass().getSimpleName(), thread + ": " + Trace.stack(error));
        }
    }

    private void drive() {
        while (!stopped) {
            SimulatedThread next = chosen;
            if (next == null) {
                collect(null);
                if (!candidates.isEmpty()) {
                    next = schedule.choose(candidates);
                } else if (advance() || contended()) {
                    continue;
                } else {
                    break;
                }
            }
            chosen = null;
            synchronized (waiting) {
                waiting.remove(next);
            }
            running = next;
            next.go();
            running = null;
        }
        if (!stopped && threads.stream().anyMatch(SimulatedThread::isStuck)) {
            violation("stuck at " + signature(), "no one can go on:\n" + stacks());
        }
    }

    /** Moves the clock to the next deadline. Returns whether there was one. */
    private boolean advance() {
        long next = Long.MAX_VALUE;
        for (SimulatedThread thread : waitingNow()) {
            if (thread.condition != null && thread.deadlineNanos != Long.MAX_VALUE) {
                next = Math.min(next, thread.deadlineNanos);
            }
        }
        if (next == Long.MAX_VALUE) {
            return false;
        }
        nowNanos = Math.max(nowNanos, next);
        return true;
    }

    private List<SimulatedThread> waitingNow() {
        synchronized (waiting) {
            return List.copyOf(waiting);
        }
    }

    /** Waits for the JVM to hand over a monitor of its own classes, which takes a thread that is not simulated. */
    private boolean contended() {
        if (threads.stream().noneMatch(thread -> thread.thread.getState() == Thread.State.BLOCKED)) {
            return false;
        }
        long giveUp = System.nanoTime() + 5_000_000_000L;
        while (waitingNow().isEmpty() && System.nanoTime() < giveUp) {
            Thread.onSpinWait();
        }
        return !waitingNow().isEmpty();
    }

    private String signature() {
        Set<String> places = new TreeSet<>();
        for (SimulatedThread thread : threads) {
            if (thread.isStuck()) {
                places.add(Trace.topOf(thread.thread.getStackTrace()));
            }
        }
        return String.join(", ", places);
    }

    private String stacks() {
        StringBuilder text = new StringBuilder();
        for (SimulatedThread thread : threads) {
            if (thread.isStuck()) {
                text.append(thread).append(" holds ").append(thread.held).append('\n');
                text.append(stack(thread.thread));
            }
        }
        return text.toString();
    }

    private static String stack(Thread thread) {
        StringBuilder text = new StringBuilder();
        for (StackTraceElement frame : thread.getStackTrace()) {
            text.append("    at ").append(frame).append('\n');
        }
        return text.toString();
    }

    /** Returns the seed. */
    public long seed() {
        return seed;
    }
}
