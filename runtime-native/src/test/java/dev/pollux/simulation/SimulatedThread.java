package dev.pollux.simulation;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;

/**
 * A virtual thread that runs only when its {@link Simulation} says so: it is its own scheduler, and keeps what it is
 * given to run until it is its turn.
 */
final class SimulatedThread implements Executor {

    private static final Method NEW_THREAD = newThread();

    final int number;
    final String name;
    final Thread thread;

    /** The locks that it holds, by the place that took them. */
    final List<String> held = new ArrayList<>();

    /** What it waits for, besides its turn; null if nothing. */
    BooleanSupplier condition;

    /** When it stops waiting for that. */
    long deadlineNanos = Long.MAX_VALUE;

    boolean finished;

    /** The higher, the sooner, where the schedule goes by that. */
    long priority;

    int lastSite;

    int timesBlocked;

    private final Simulation simulation;
    private Runnable continuation;

    SimulatedThread(Simulation simulation, int number, String name, Runnable body) {
        this.simulation = simulation;
        this.number = number;
        this.name = name;
        try {
            this.thread = (Thread) NEW_THREAD.invoke(null, this, name, 0, (Runnable) () -> live(body));
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new LinkageError("this JDK makes no virtual threads with a scheduler of their own", e);
        }
    }

    // No public way to choose the scheduler exists; --add-opens java.base/java.lang opens this one.
    private static Method newThread() {
        try {
            Method method = Class.forName("java.lang.ThreadBuilders")
                    .getDeclaredMethod("newVirtualThread", Executor.class, String.class, int.class, Runnable.class);
            method.setAccessible(true);
            return method;
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private void live(Runnable body) {
        try {
            body.run();
        } catch (Throwable e) {
            simulation.died(this, e);
        } finally {
            finished = true;
        }
    }

    @Override
    public void execute(Runnable ready) {
        // Whoever takes the stack of a thread that is ready makes it ready once more.
        boolean already = continuation != null;
        continuation = ready;
        if (!already) {
            simulation.ready(this);
        }
    }

    /** Runs it on the caller's thread until it waits, yields or ends. */
    void go() {
        Runnable next = continuation;
        continuation = null;
        next.run();
    }

    /** Returns whether it was started and has not ended. */
    boolean isStuck() {
        return !finished && thread.getState() != Thread.State.NEW;
    }

    /** Returns whether it could go on now. */
    boolean mayGoOn(long nowNanos) {
        return condition == null || deadlineNanos - nowNanos <= 0 || condition.getAsBoolean();
    }

    @Override
    public String toString() {
        return name;
    }
}
