package dev.pollux.simulation.world;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.EventLoopBuilder;
import dev.pollux.loop.EventLoopGroup;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

/** Loops on threads of their own, beside the one under test: workers of an acceptor, and peers. */
final class Others {

    private final World world;
    private final AtomicInteger chosen = new AtomicInteger();
    EventLoopGroup group;

    Others(World world) {
        this.world = world;
    }

    void open() throws IOException {
        EventLoopBuilder settings = EventLoop.builder()
                .backend(world.provider)
                .clock(dev.pollux.simulation.Simulation::nanoTime)
                .failureHandler(failure -> world.simulation.foreignCode("a failure handler"))
                .threadFactory(body -> world.simulation.thread("worker", () -> {
                    try {
                        body.run();
                    } catch (RuntimeException | Error e) {
                        world.fatal(e);
                    }
                }));
        boolean fails = world.swarm.troubles.contains(Swarm.Trouble.OPEN_FAILS);
        while (group == null) {
            try {
                group = EventLoopGroup.open(2, settings, loops -> {
                    world.simulation.foreignCode("a chooser");
                    if (world.swarm.steps.contains(Swarm.Step.END_A_WORKER) && world.swarm.random.nextInt(3) == 0) {
                        world.pass(1_000_000);
                    }
                    if (world.swarm.happens(Swarm.Trouble.CHOOSER_THROWS, 2)) {
                        if (world.swarm.random.nextBoolean()) {
                            throw new StackOverflowError("of a chooser");
                        }
                        throw new IllegalStateException("of a chooser");
                    }
                    return loops.get(chosen.getAndIncrement() % loops.size());
                });
            } catch (IOException today) {
                if (!fails) {
                    throw today;
                }
            }
        }
    }

    EventLoop first() {
        return group.iterator().next();
    }

    /** Ends one of them, while the others go on. */
    void endOne() {
        Subject.end(first(), world.swarm.one(Swarm.End.values()), returned -> {});
    }

    void end() {
        if (group == null) {
            return;
        }
        Swarm.End end = world.swarm.one(Swarm.End.values());
        for (EventLoop loop : group) {
            Subject.end(loop, end, returned -> {});
        }
        world.simulation.await(() -> {
            for (EventLoop loop : group) {
                if (!loop.terminated().toCompletableFuture().isDone()) {
                    return false;
                }
            }
            return true;
        });
    }
}
