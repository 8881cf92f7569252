package dev.pollux.simulation.world;

import dev.pollux.loop.EventLoop;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** The loop under test, and what it is called by: the one place that changes with the names of its methods. */
final class Subject {

    final EventLoop loop;
    private final World world;

    /** Which ends were asked for, in the order of their calls. */
    boolean closed;

    boolean shutDownNow;

    Subject(World world, EventLoop loop) {
        this.world = world;
        this.loop = loop;
    }

    boolean hasEnded() {
        return loop.isTerminated();
    }

    void end(Swarm.End how) {
        List<Work> before = List.copyOf(world.ledger.works());
        closed |= how == Swarm.End.CLOSE;
        shutDownNow |= how == Swarm.End.SHUTDOWN_NOW;
        end(loop, how, world.ledger::returned);
        if (how == Swarm.End.SHUTDOWN) {
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
            returned.accept(loop.shutdownNow());
        }
    }

    /** Looks at the loop when it says that it has ended. */
    void whenEnded() {
        loop.terminated().whenComplete((nothing, error) -> {
            world.simulation.foreignCode("a dependent of terminated");
            if (!loop.isTerminated()) {
                world.simulation.violation("terminated, but not for isTerminated", "");
            }
        });
    }

    Future<?> submit(Work work) {
        return loop.submit((Runnable) work);
    }

    Future<?> schedule(Work work, long delayNanos) {
        Callable<Object> call = () -> {
            work.run();
            return "";
        };
        return loop.schedule(call, delayNanos, TimeUnit.NANOSECONDS);
    }

    Future<?> scheduleAtFixedRate(Work work, long delayNanos, long periodNanos) {
        return loop.scheduleAtFixedRate(work, delayNanos, periodNanos, TimeUnit.NANOSECONDS);
    }
}
