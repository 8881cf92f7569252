package dev.pollux.simulation;

import java.util.IdentityHashMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * What instrumented code calls: before whatever threads share, and in place of monitors, of the clock, and of every wait
 * that has a limit. Outside of a simulation, most of it does nothing.
 */
public final class Points {

    /** A monitor as the simulation sees it; the JVM's own would be handed over by a thread that is not simulated. */
    private static final class Monitor {

        SimulatedThread holder;
        int holds;
    }

    private static final IdentityHashMap<Object, Monitor> monitors = new IdentityHashMap<>();

    private Points() {}

    /** Forgets the monitors of the last simulation. */
    static void clear() {
        monitors.clear();
    }

    /** Lets another thread go on. */
    public static void at(int site) {
        Simulation simulation = Simulation.here();
        if (simulation != null) {
            simulation.step(site);
        }
    }

    /** In place of {@link Thread#yield} and {@link Thread#onSpinWait}. */
    public static void spin(int site) {
        Simulation simulation = Simulation.here();
        if (simulation == null) {
            Thread.onSpinWait();
        } else {
            simulation.spin(site);
        }
    }

    /** In place of entering the monitor of {@code object}. */
    public static void enter(Object object, int site) {
        Simulation simulation = Simulation.here();
        if (simulation == null) {
            return;
        }
        simulation.step(site);
        SimulatedThread me = simulation.running();
        Monitor monitor = monitors.computeIfAbsent(object, any -> new Monitor());
        simulation.awaitLock(() -> monitor.holder == null || monitor.holder == me);
        monitor.holder = me;
        if (monitor.holds++ == 0) {
            taken(me, site);
        }
    }

    /** In place of leaving the monitor of {@code object}. */
    public static void exit(Object object, int site) {
        Simulation simulation = Simulation.here();
        if (simulation == null) {
            return;
        }
        Monitor monitor = monitors.get(object);
        if (--monitor.holds == 0) {
            monitor.holder = null;
            givenBack(simulation.running(), site);
        }
        simulation.step(site);
    }

    static void taken(SimulatedThread thread, int site) {
        if (!Sites.name(site).contains(".tck.")) {
            thread.held.add(Sites.name(site));
        }
    }

    static void givenBack(SimulatedThread thread, int site) {
        if (!Sites.name(site).contains(".tck.")) {
            thread.held.remove(thread.held.size() - 1);
        }
    }

    /** In place of {@link System#nanoTime}. */
    public static long nanoTime() {
        return Simulation.nanoTime();
    }

    /** In place of {@link Thread#sleep(long)}. */
    public static void sleep(long millis) throws InterruptedException {
        Simulation simulation = Simulation.here();
        if (simulation == null) {
            Thread.sleep(millis);
            return;
        }
        Thread me = Thread.currentThread();
        simulation.await(me::isInterrupted, simulation.now() + TimeUnit.MILLISECONDS.toNanos(millis));
        throwIfInterrupted();
    }

    static void throwIfInterrupted() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    /** In place of the method of the same name. */
    public static boolean await(CountDownLatch latch, long time, TimeUnit unit) throws InterruptedException {
        Simulation simulation = Simulation.here();
        if (simulation == null) {
            return latch.await(time, unit);
        }
        throwIfInterrupted();
        Thread me = Thread.currentThread();
        boolean open = simulation.await(
                () -> latch.getCount() == 0 || me.isInterrupted(), deadline(simulation, unit.toNanos(time)));
        throwIfInterrupted();
        return open;
    }

    /** In place of the method of the same name. */
    public static <T> T get(Future<T> future, long time, TimeUnit unit)
            throws InterruptedException, ExecutionException, TimeoutException {
        Simulation simulation = Simulation.here();
        if (simulation == null || future.isDone()) {
            return future.get(time, unit);
        }
        throwIfInterrupted();
        Thread me = Thread.currentThread();
        boolean done =
                simulation.await(() -> future.isDone() || me.isInterrupted(), deadline(simulation, unit.toNanos(time)));
        throwIfInterrupted();
        if (!done) {
            throw new TimeoutException();
        }
        return future.get();
    }

    /** In place of the method of the same name. */
    public static <T> CompletableFuture<T> completeOnTimeout(
            CompletableFuture<T> future, T value, long time, TimeUnit unit) {
        after("timeout", time, unit, future, () -> future.complete(value));
        return future;
    }

    /** In place of the method of the same name. */
    public static <T> CompletableFuture<T> orTimeout(CompletableFuture<T> future, long time, TimeUnit unit) {
        after("timeout", time, unit, future, () -> future.completeExceptionally(new TimeoutException()));
        return future;
    }

    private static void after(String name, long time, TimeUnit unit, CompletableFuture<?> unlessDone, Runnable action) {
        Simulation simulation = Simulation.here();
        if (simulation == null) {
            throw new IllegalStateException("a limit of time outside of a simulation");
        }
        long deadline = deadline(simulation, unit.toNanos(time));
        simulation.spawn(name, () -> {
            if (!simulation.await(unlessDone::isDone, deadline)) {
                action.run();
            }
        });
    }

    static long deadline(Simulation simulation, long nanos) {
        long deadline = simulation.now() + Math.max(0, nanos);
        return deadline < 0 ? Long.MAX_VALUE : deadline;
    }
}
