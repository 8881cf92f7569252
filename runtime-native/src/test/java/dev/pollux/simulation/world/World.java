package dev.pollux.simulation.world;

import dev.pollux.EventSelector;
import dev.pollux.Selectors;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.EventLoopBuilder;
import dev.pollux.simulation.Simulation;
import dev.pollux.tck.fake.FakeKernel;
import dev.pollux.tck.fake.FakeSource;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongConsumer;

/** A loop, the threads around it, and the kernel below it, as one seed has them. */
public final class World implements LongConsumer {

    static final int TIMER_LIMIT = 3;

    private static final Duration MAX_WAIT = Duration.ofMillis(100);

    private static final long PATIENCE_NANOS = 3_600_000_000_000L;

    Swarm swarm;
    Simulation simulation;
    FakeKernel kernel;
    CheckedProvider provider;
    Subject subject;
    Ledger ledger;
    Acceptors acceptors;
    UserLock userLock;
    final List<FakeSource> sources = new ArrayList<>();

    /** Whether nothing goes wrong any more. */
    boolean calm;

    /** Counts the loop's turns. */
    long turn;

    Thread runnerThread;

    private int actorsLeft;
    private boolean over;
    private boolean failed;

    @Override
    public void accept(long seed) {
        try {
            live(seed);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void live(long seed) throws IOException {
        swarm = new Swarm(seed);
        simulation = Simulation.current();
        simulation.about(swarm.toString());
        userLock = new UserLock(simulation, swarm.userLock);
        kernel = FakeKernel.builder().seed(seed).build();
        provider = new CheckedProvider(kernel.provider(), swarm, simulation);
        ledger = new Ledger(this);
        subject = new Subject(this, open(swarm.timerLimit));
        subject.whenEnded();
        for (int i = 0; i < 3; i++) {
            sources.add(kernel.source());
        }
        Others others = new Others(this);
        if (swarm.steps.contains(Swarm.Step.REGISTER_WITH_THE_OTHER) || swarm.workers) {
            others.open();
        }
        acceptors = new Acceptors(this, others);
        startRunner();
        if (swarm.acceptor) {
            acceptors.open();
        }
        for (int i = 0; i < swarm.actors; i++) {
            Actor actor = new Actor(this, others, i);
            actorsLeft++;
            simulation.spawn("actor-" + i, () -> {
                try {
                    actor.run();
                } finally {
                    actorsLeft--;
                }
            });
        }
        if (swarm.random.nextBoolean()) {
            simulation.await(() -> actorsLeft == 0);
            pass(Actor.delay(swarm));
            acceptors.settle();
        }
        boolean connectionsFirst = swarm.random.nextBoolean();
        if (connectionsFirst) {
            acceptors.closeConnections();
        }
        subject.end(swarm.lastEnd);
        driveToTheEnd();
        simulation.await(() -> actorsLeft == 0);
        over = true;
        others.end();
        if (!connectionsFirst) {
            acceptors.closeConnections();
        }
        acceptors.check();
        ledger.check();
        checkDescriptors();
    }

    EventLoop open(boolean timerLimit) throws IOException {
        EventSelector selector = Selectors.open(provider, Simulation::nanoTime);
        EventLoopBuilder builder = EventLoop.builder()
                .selector(selector)
                .clock(Simulation::nanoTime)
                .threadFactory(body -> {
                    simulation.foreignCode("a thread factory");
                    if (swarm.happens(Swarm.Trouble.THREAD_FACTORY_FAILS, 2)) {
                        throw new IllegalStateException("no thread today");
                    }
                    return simulation.thread("loop", () -> runLoop(body));
                })
                .offloadExecutor(offloads())
                .failureHandler(failure -> simulation.foreignCode("a failure handler"))
                .afterWait(() -> {
                    simulation.foreignCode("a hook");
                    turn++;
                });
        if (timerLimit) {
            builder.timerLimit(TIMER_LIMIT);
        }
        return builder.open();
    }

    /** Lets time pass. */
    void pass(long nanos) {
        simulation.await(() -> false, simulation.nowNanos() + nanos);
    }

    private Executor offloads() {
        return work -> {
            simulation.foreignCode("an executor");
            if (swarm.happens(Swarm.Trouble.EXECUTOR_REJECTS, 2)) {
                throw new RejectedExecutionException("not today");
            }
            simulation.spawn("offload", work);
        };
    }

    private void runLoop(Runnable body) {
        runnerThread = Thread.currentThread();
        try {
            body.run();
        } catch (RuntimeException | Error e) {
            fatal(e);
        }
    }

    /** Notes that a loop has ended by what was thrown, which is right only if that was meant. */
    void fatal(Throwable error) {
        failed = true;
        Throwable cause = error.getCause() == null ? error : error.getCause();
        if (!String.valueOf(cause.getMessage()).contains("today")) {
            simulation.violation("the loop died of " + cause.getClass().getSimpleName(), stack(cause));
        }
    }

    static String stack(Throwable error) {
        StringBuilder text = new StringBuilder(error + "\n");
        for (StackTraceElement frame : error.getStackTrace()) {
            text.append("    at ").append(frame).append('\n');
        }
        return text.toString();
    }

    private void startRunner() {
        if (swarm.runner == Swarm.Runner.STARTED) {
            start();
        } else if (swarm.runner == Swarm.Runner.RUN) {
            simulation.spawn("runner", this::run);
        } else if (swarm.runner == Swarm.Runner.TURN_BY_TURN) {
            for (int i = 0; i < 2; i++) {
                simulation.spawn("turner-" + i, this::turns);
            }
        }
    }

    private void start() {
        while (true) {
            try {
                subject.loop.start();
                return;
            } catch (IllegalStateException today) {
                simulation.point();
            }
        }
    }

    private void run() {
        runnerThread = Thread.currentThread();
        while (!subject.hasEnded()) {
            try {
                subject.loop.run();
            } catch (IllegalStateException closedOrRunning) {
                simulation.await(subject::hasEnded, simulation.nowNanos() + 1_000_000);
            } catch (IOException | RuntimeException | Error e) {
                fatal(e);
            }
        }
    }

    private void turns() {
        while (!subject.hasEnded()) {
            try {
                int before = ledger.timersRunHere();
                subject.loop.runOnce(MAX_WAIT);
                boolean hasRunATimer = ledger.timersRunHere() > before;
                long sinceNanos = simulation.nowNanos() - ledger.lastTimerNanos;
                if (hasRunATimer && sinceNanos >= MAX_WAIT.toNanos()) {
                    simulation.violation("a turn that has run a timer waits", sinceNanos + " ns");
                }
            } catch (IllegalStateException other) {
                simulation.await(subject::hasEnded, simulation.nowNanos() + 1_000_000);
            } catch (IOException | RuntimeException | Error e) {
                fatal(e);
            }
        }
    }

    /** Gives the loop a thread if it has none, and waits until it has ended. */
    private void driveToTheEnd() {
        if (swarm.runner == Swarm.Runner.NO_ONE) {
            run();
        }
        if (swarm.runner == Swarm.Runner.STARTED && !subject.hasEnded()) {
            // A stop has taken its thread away.
            simulation.await(subject::hasEnded, simulation.nowNanos() + 10_000_000_000L);
            if (!subject.hasEnded()) {
                run();
            }
        }
        if (!simulation.await(subject::hasEnded, simulation.nowNanos() + PATIENCE_NANOS)) {
            simulation.violation("the loop does not end", subject.loop.dump());
        }
    }

    /** Notes that a piece of work begins. */
    void begins(Work work) {
        simulation.foreignCode("a task");
        if (!subject.loop.inLoop()) {
            simulation.violation("work outside of the loop thread", work.toString());
        }
        ledger.begins(work);
        userLock.lock();
        userLock.unlock();
    }

    /** Does what a task may do. */
    void insideOf(Work work) {
        if (!over && swarm.random.nextInt(6) == 0) {
            new Actor(this, null, 1_000 + work.giver).step();
        }
    }

    private void checkDescriptors() {
        if (provider.open != 0) {
            simulation.violation("a backend stays open", provider.open + " of them");
        }
        sources.forEach(this::close);
        if (kernel.openDescriptors() != 0) {
            simulation.violation("descriptors stay open", kernel.openDescriptors() + " of them");
        }
    }

    void close(FakeSource source) {
        try {
            source.close();
            source.hangUp();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    boolean hasFailed() {
        return provider.waitFailed || failed;
    }
}
