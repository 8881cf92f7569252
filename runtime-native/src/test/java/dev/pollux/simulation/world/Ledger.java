package dev.pollux.simulation.world;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** What was given to the loop, and whether all of it came to the end that was promised. */
final class Ledger {

    private final World world;
    private final List<Work> works = new ArrayList<>();
    private final List<CompletableFuture<?>> futures = new ArrayList<>();
    private final Set<Object> returned = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Map<Integer, Integer> lastTask = new HashMap<>();

    private final Map<Thread, Integer> timersRun = new HashMap<>();

    /** When a timer ran last. */
    long lastTimerNanos = Long.MIN_VALUE;

    Ledger(World world) {
        this.world = world;
    }

    List<Work> works() {
        return works;
    }

    void add(Work work) {
        works.add(work);
    }

    /** Keeps a future that is to complete, and whose dependents are the user's code. */
    <T> CompletableFuture<T> promised(String what, Supplier<CompletableFuture<T>> call) {
        CompletableFuture<T> future = call.get();
        futures.add(future);
        future.whenComplete((value, error) -> world.simulation.foreignCode("a dependent of " + what));
        return future;
    }

    void returned(List<Runnable> tasks) {
        Set<Object> once = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Runnable task : tasks) {
            returned.add(task);
            if (!once.add(task)) {
                world.simulation.violation("returned twice", task.toString());
            }
            boolean known = works.stream().anyMatch(work -> work == task || work.future == task);
            if (!known && task.getClass().getName().startsWith("dev.pollux.accept")) {
                world.simulation.violation("returned what no one gave", task.toString());
            }
        }
    }

    /** Returns how many timers ran on the caller's thread so far. */
    int timersRunHere() {
        return timersRun.getOrDefault(Thread.currentThread(), 0);
    }

    /** Notes that {@code work} was accepted. */
    void accepted(Work work) {
        if (!world.swarm.timerLimit || work.isPeriodic()) {
            return;
        }
        long now = world.simulation.nowNanos();
        long pending = works.stream()
                .filter(other -> other.accepted && !other.mayBeCancelled && other.runs == 0)
                .filter(other -> !other.isPeriodic()) // a shutdown may have cancelled it just now
                .filter(other -> other.earliest - now > 0 && other.earliest != Long.MIN_VALUE)
                .count();
        if (pending > World.TIMER_LIMIT && !world.subject.hasEnded() && !world.subject.shutDownNow) {
            world.simulation.violation("more timers than the limit", pending + " are pending");
        }
    }

    /** Notes that no periodic future may be left but what may be running, because the loop was shut down. */
    void noPeriodicFutureIsLeft(List<Work> before) {
        for (Work work : before) {
            boolean waits = work.accepted && work.runs == 0 && work.earliest - world.simulation.nowNanos() > 0;
            if (work.kind == Work.Kind.PERIODIC_FUTURE && waits && !work.future.isDone()) {
                world.simulation.violation("a periodic future is not done after shutdown", work.toString());
            }
        }
    }

    void begins(Work work) {
        if (work.earliest != Long.MIN_VALUE) {
            lastTimerNanos = world.simulation.nowNanos();
            timersRun.merge(Thread.currentThread(), 1, Integer::sum);
        }
        if (work.runs > 0 && !work.isPeriodic()) {
            world.simulation.violation("runs twice: " + work.kind, work.toString());
        }
        long now = world.simulation.nowNanos();
        if (now - work.earliest < 0 && work.earliest != Long.MIN_VALUE) {
            world.simulation.violation("a timer is early", work + " by " + (work.earliest - now) + " ns");
        }
        if (work.kind == Work.Kind.TASK) {
            Integer last = lastTask.put(work.giver, work.number);
            if (last != null && last > work.number) {
                world.simulation.violation("tasks of one thread change places", work + " after " + last);
            }
        }
        if (work.kind == Work.Kind.TIMER) {
            for (Work other : works) {
                if (other.kind == Work.Kind.TIMER
                        && other.accepted
                        && other.acceptedIn < world.turn - 1
                        && !other.mayBeCancelled
                        && other.runs == 0
                        && other != work
                        && other.due - work.earliest < 0
                        && !world.swarm.troubles.contains(Swarm.Trouble.STACK_OVERFLOWS)) {
                    world.simulation.violation("timers change places", work + " before " + other);
                }
            }
        }
    }

    void check() {
        for (Work work : works) {
            work.returned = returned.contains(work) || returned.contains(work.future);
            check(work);
        }
        for (CompletableFuture<?> future : futures) {
            if (!future.isDone()) {
                world.simulation.violation("a future does not complete", future.toString());
            }
        }
    }

    private void check(Work work) {
        int fates = (work.runs > 0 ? 1 : 0) + (work.returned ? 1 : 0);
        boolean once = !work.isPeriodic();
        if (work.rejected && fates > 0) {
            complain("rejected and run or returned", work);
        }
        if (fates > 1 && once) {
            complain("run and returned", work);
        }
        if (work.cancelled && work.runs > 0 && once) {
            complain("cancelled and run", work);
        }
        if (!work.accepted) {
            return;
        }
        if (work.future != null && !work.future.isDone() && !work.returned) {
            complain("a future is neither done nor returned", work);
        }
        if (world.hasFailed() || fates > 0 || work.cancelled || !once) {
            return;
        }
        Subject subject = world.subject;
        boolean timer = work.kind == Work.Kind.TIMER || work.kind == Work.Kind.DELAYED_FUTURE;
        boolean mayBeDropped = timer && (subject.closed || (work.kind == Work.Kind.TIMER && subject.shutDownNow));
        if (work.kind == Work.Kind.DELAYED_FUTURE && subject.closed) {
            mayBeDropped = true;
        }
        if (!mayBeDropped && subject.shutDownNow && work.future != null && work.future.isCancelled()) {
            complain("cancelled, not returned", work);
        } else if (!mayBeDropped) {
            complain("lost", work);
        }
    }

    private void complain(String kind, Work work) {
        world.simulation.violation(kind + ": " + work.kind, work.toString());
    }
}
