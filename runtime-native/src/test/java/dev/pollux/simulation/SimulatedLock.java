package dev.pollux.simulation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Date;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** In place of every {@link ReentrantLock}: who waits, and who gets it, is the simulation's to say. */
public final class SimulatedLock extends ReentrantLock {

    private static final long serialVersionUID = 1;

    private transient Thread holder;
    private transient int holds;

    /** Makes a lock that no one holds. */
    public SimulatedLock() {}

    /** Makes a lock; the schedule knows no fairness. */
    public SimulatedLock(boolean fair) {
        super(fair);
    }

    @Override
    public void lock() {
        Simulation simulation = Simulation.here();
        if (simulation != null) {
            Thread me = Thread.currentThread();
            simulation.awaitLock(() -> holder == null || holder == me);
        }
        take(simulation);
    }

    private void take(Simulation simulation) {
        holder = Thread.currentThread();
        if (holds++ == 0 && simulation != null) {
            Points.taken(simulation.running(), simulation.running().lastSite);
        }
    }

    @Override
    public void lockInterruptibly() throws InterruptedException {
        Simulation simulation = Simulation.here();
        Points.throwIfInterrupted();
        if (simulation != null) {
            Thread me = Thread.currentThread();
            simulation.await(() -> holder == null || holder == me || me.isInterrupted());
            Points.throwIfInterrupted();
        }
        take(simulation);
    }

    @Override
    public boolean tryLock() {
        boolean free = holder == null || holder == Thread.currentThread();
        if (free) {
            take(Simulation.here());
        }
        return free;
    }

    @Override
    public boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
        Simulation simulation = Simulation.here();
        Points.throwIfInterrupted();
        if (simulation != null) {
            Thread me = Thread.currentThread();
            simulation.await(
                    () -> holder == null || holder == me || me.isInterrupted(),
                    Points.deadline(simulation, unit.toNanos(time)));
            Points.throwIfInterrupted();
        }
        return tryLock();
    }

    @Override
    public void unlock() {
        if (holder != Thread.currentThread()) {
            throw new IllegalMonitorStateException();
        }
        if (--holds == 0) {
            letGo();
        }
    }

    private void letGo() {
        holder = null;
        Simulation simulation = Simulation.here();
        if (simulation != null) {
            Points.givenBack(simulation.running(), simulation.running().lastSite);
        }
    }

    @Override
    public boolean isHeldByCurrentThread() {
        return holder == Thread.currentThread();
    }

    @Override
    public boolean isLocked() {
        return holder != null;
    }

    @Override
    public int getHoldCount() {
        return isHeldByCurrentThread() ? holds : 0;
    }

    @Override
    public Condition newCondition() {
        return new Signals();
    }

    private final class Signals implements Condition {

        private final Deque<boolean[]> waiters = new ArrayDeque<>();

        private boolean waitFor(long deadlineNanos, boolean interruptibly) throws InterruptedException {
            if (interruptibly) {
                Points.throwIfInterrupted();
            }
            Simulation simulation = Simulation.here();
            Thread me = Thread.currentThread();
            boolean[] signalled = {false};
            waiters.add(signalled);
            int held = holds;
            holds = 0;
            letGo();
            simulation.await(() -> signalled[0] || (interruptibly && me.isInterrupted()), deadlineNanos);
            waiters.remove(signalled);
            simulation.await(() -> holder == null);
            take(simulation);
            holds = held;
            if (interruptibly && !signalled[0]) {
                Points.throwIfInterrupted();
            }
            return signalled[0];
        }

        @Override
        public void await() throws InterruptedException {
            waitFor(Long.MAX_VALUE, true);
        }

        @Override
        public void awaitUninterruptibly() {
            try {
                waitFor(Long.MAX_VALUE, false);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public long awaitNanos(long nanos) throws InterruptedException {
            Simulation simulation = Simulation.here();
            long deadline = Points.deadline(simulation, nanos);
            waitFor(deadline, true);
            return deadline - simulation.now();
        }

        @Override
        public boolean await(long time, TimeUnit unit) throws InterruptedException {
            return waitFor(Points.deadline(Simulation.here(), unit.toNanos(time)), true);
        }

        @Override
        public boolean awaitUntil(Date deadline) {
            throw new UnsupportedOperationException("a date in a simulation");
        }

        @Override
        public void signal() {
            boolean[] first = waiters.poll();
            if (first != null) {
                first[0] = true;
            }
        }

        @Override
        public void signalAll() {
            List<boolean[]> all = new ArrayList<>(waiters);
            waiters.clear();
            all.forEach(signalled -> signalled[0] = true);
        }
    }
}
