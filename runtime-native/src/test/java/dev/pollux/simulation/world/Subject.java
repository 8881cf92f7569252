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
        if (how == Swarm.End.CLOSE) {
            closed = true;
            loop.close();
        } else if (how == Swarm.End.SHUTDOWN) {
            List<Work> before = List.copyOf(world.ledger.works());
            loop.shutdown();
            world.ledger.noPeriodicFutureIsLeft(before);
        } else {
            shutDownNow = true;
            shutdownNow(world.ledger::returned);
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

    private void shutdownNow(Consumer<List<Runnable>> returned) {
        returned.accept(loop.shutdownNow());
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
