package dev.pollux.simulation.world;

import java.util.concurrent.Future;

/** One piece of work that was given to a loop, and what became of it. */
final class Work implements Runnable {

    /** How it was given. */
    enum Kind {
        TASK,
        TIMER,
        PERIODIC_TIMER,
        FUTURE,
        DELAYED_FUTURE,
        PERIODIC_FUTURE
    }

    final World world;
    final Kind kind;
    final int giver;
    final int number;
    final boolean overflows;
    final boolean fails;

    boolean accepted;
    boolean rejected;
    boolean mayBeCancelled;
    boolean cancelled;
    boolean returned;
    int runs;

    /** When it may run at the earliest, and when a timer is due at the latest. */
    long earliest = Long.MIN_VALUE;

    long due = Long.MAX_VALUE;

    /** The turn in which it was accepted. */
    long acceptedIn;

    Future<?> future;

    Work(World world, Kind kind, int giver, int number) {
        this.world = world;
        this.kind = kind;
        this.giver = giver;
        this.number = number;
        this.overflows = world.swarm.happens(Swarm.Trouble.STACK_OVERFLOWS, 4);
        this.fails = world.swarm.happens(Swarm.Trouble.TASKS_THROW, 2);
    }

    @Override
    public void run() {
        world.begins(this);
        runs++;
        if (overflows) {
            throw new StackOverflowError("of a task");
        }
        if (fails) {
            throw new IllegalStateException("of a task");
        }
        world.insideOf(this);
    }

    boolean isPeriodic() {
        return kind == Kind.PERIODIC_TIMER || kind == Kind.PERIODIC_FUTURE;
    }

    @Override
    public String toString() {
        return kind + " " + giver + "/" + number + (accepted ? " accepted" : "") + (rejected ? " rejected" : "")
                + (cancelled ? " cancelled" : "") + (returned ? " returned" : "") + " runs=" + runs
                + (future == null ? "" : " future=" + future.state());
    }
}
