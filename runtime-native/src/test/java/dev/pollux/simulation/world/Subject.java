package dev.pollux.simulation.world;

import dev.pollux.loop.EventLoop;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** The loop under test, and what it is called by: the one place that changes with the names of its methods. */
final class Subject {

    final EventLoop loop;
    private final World world;
    private final ScheduledExecutorService executor;

    /** Which ends were asked for, in the order of their calls. */
    boolean closed;

    boolean shutDownNow;

    private boolean ended;

    /** How many threads are about to end it. */
    private int ending;

    Subject(World world, EventLoop loop) {
        this.world = world;
        this.loop = loop;
        this.executor = loop.executor();
    }

    boolean hasEnded() {
        return ended;
    }

    void end(Swarm.End how) {
        List<Work> before = List.copyOf(world.ledger.works());
        closed |= how == Swarm.End.CLOSE;
        shutDownNow |= how == Swarm.End.SHUTDOWN_NOW;
        ending++;
        end(loop, how, world.ledger::returned);
        ending--;
        // Of two calls at once, the first may still be cancelling when the second returns; and so may the end itself.
        if (how == Swarm.End.SHUTDOWN && ending == 0 && !closed && !shutDownNow) {
            world.ledger.noPeriodicFutureIsLeft(before);
        }
    }

    /** Ends a loop; {@code returned} gets the tasks that have not begun, if it comes to that. */
    static void end(EventLoop loop, Swarm.End how, Consumer<List<Runnable>> returned) {
        if (how == Swarm.End.CLOSE) {
            loop.close();
        } else if (how == Swarm.End.SHUTDOWN) {
            loop.shutdown();
        } else {
            loop.shutdownNow().thenAccept(returned);
        }
    }

    /** Looks at the loop when it says that it has ended. */
    void whenEnded() {
        loop.terminated().whenComplete((nothing, error) -> {
            world.simulation.foreignCode("a dependent of terminated");
            ended = true;
            if (!loop.isTerminated()) {
                world.simulation.violation("terminated, but not for isTerminated", "");
            }
            try {
                if (!loop.awaitTermination(Duration.ZERO)) {
                    world.simulation.violation("terminated, but not for awaitTermination", "");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    Future<?> submit(Work work) {
        return executor.submit((Runnable) work);
    }

    Future<?> schedule(Work work, long delayNanos) {
        Callable<Object> call = () -> {
            work.run();
            return "";
        };
        return executor.schedule(call, delayNanos, TimeUnit.NANOSECONDS);
    }

    Future<?> scheduleAtFixedRate(Work work, long delayNanos, long periodNanos) {
        return executor.scheduleAtFixedRate(work, delayNanos, periodNanos, TimeUnit.NANOSECONDS);
    }
}
