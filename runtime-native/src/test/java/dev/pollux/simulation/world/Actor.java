package dev.pollux.simulation.world;

import dev.pollux.Events;
import dev.pollux.loop.Callback;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.Registration;
import dev.pollux.loop.TimerHandle;
import dev.pollux.tck.fake.FakeSource;
import java.io.IOException;
import java.nio.channels.ClosedSelectorException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;

/** A thread that gives the loop work and takes it back, registers sources, and sometimes ends it all. */
final class Actor {

    private static final long[] DELAYS = {0, 0, 1, 1_000, 10_000, 1_000_000, 3_000_000, 1_000_000_000};

    private final World world;
    private final Others others;
    private final int number;
    private final Swarm swarm;
    private final EventLoop loop;
    private final List<Registration> registrations = new ArrayList<>();
    private final Map<Work, TimerHandle> timers = new HashMap<>();
    private int works;

    Actor(World world, Others others, int number) {
        this.world = world;
        this.others = others;
        this.number = number;
        this.swarm = world.swarm;
        this.loop = world.subject.loop;
    }

    void run() {
        for (int i = 0; i < swarm.stepsEach; i++) {
            if (!swarm.earlyEnds.isEmpty() && swarm.random.nextInt(12) == 0) {
                world.subject.end(swarm.one(List.copyOf(swarm.earlyEnds)));
            }
            step();
            if (swarm.random.nextInt(8) == 0) {
                world.pass(delay());
            }
            world.simulation.point();
        }
    }

    void step() {
        Swarm.Step step = swarm.one(List.copyOf(swarm.steps));
        boolean locked = swarm.userLock && !step.mayWait();
        try {
            if (locked) {
                world.userLock.lock();
            }
            take(step);
        } catch (RejectedExecutionException | ClosedSelectorException closed) {
            // As it should be once the loop takes no more.
        } catch (IOException | IllegalStateException | IllegalArgumentException refused) {
            // A source that is registered already, a backend that has no room, a loop that has ended meanwhile.
        } finally {
            if (locked) {
                world.userLock.unlock();
            }
        }
    }

    private void take(Swarm.Step step) throws IOException {
        switch (step) {
            case EXECUTE -> give(Work.Kind.TASK, 0);
            case TIMER -> give(Work.Kind.TIMER, delay());
            case SUBMIT -> give(Work.Kind.FUTURE, 0);
            case SCHEDULE -> give(Work.Kind.DELAYED_FUTURE, delay());
            case PERIODIC -> givePeriodic();
            case CANCEL_TIMER -> cancelTimer();
            case OFFLOAD -> world.ledger.promised("offload", () -> loop.offload(() -> "done"));
            case REGISTER -> register(loop);
            case MODIFY -> modify();
            case CANCEL -> cancel();
            case MAKE_READY -> swarm.one(world.sources).makeReadable();
            case AWAIT_READY -> world.ledger.promised("ready", () -> loop.ready(swarm.one(world.sources), Events.READ));
            case SWAP -> world.ledger.promised("swap", () -> loop.swap("fake"));
            case DUMP -> dump();
            case INTERRUPT -> interrupt();
            case KNOCK -> world.acceptors.knock();
            case HANG_UP -> world.acceptors.hangUp();
            case REGISTER_WITH_THE_OTHER -> meet();
            case END_A_WORKER -> endAWorker();
            case STOP -> loop.stop();
        }
    }

    /** A few are enough: what runs again and again makes a run long. */
    private void givePeriodic() {
        long periodic = world.ledger.works().stream().filter(Work::isPeriodic).count();
        if (periodic < 3) {
            give(swarm.random.nextBoolean() ? Work.Kind.PERIODIC_FUTURE : Work.Kind.PERIODIC_TIMER, delay());
        } else {
            give(Work.Kind.TASK, 0);
        }
    }

    private void give(Work.Kind kind, long delayNanos) {
        Work work = new Work(world, kind, number, works++);
        world.ledger.add(work);
        boolean timed = kind != Work.Kind.TASK && kind != Work.Kind.FUTURE;
        if (timed) {
            work.earliest = world.simulation.nowNanos() + delayNanos;
        }
        try {
            switch (kind) {
                case TASK -> loop.execute(work);
                case TIMER -> timers.put(work, loop.schedule(Duration.ofNanos(delayNanos), work));
                case PERIODIC_TIMER ->
                    timers.put(
                            work, loop.scheduleAtFixedRate(Duration.ofNanos(delayNanos), Duration.ofMillis(200), work));
                case FUTURE -> work.future = world.subject.submit(work);
                case DELAYED_FUTURE -> work.future = world.subject.schedule(work, delayNanos);
                case PERIODIC_FUTURE -> work.future = world.subject.scheduleAtFixedRate(work, delayNanos, 200_000_000);
            }
            work.acceptedIn = world.turn;
            if (timed) {
                work.due = world.simulation.nowNanos() + delayNanos;
            }
            work.accepted = true;
            world.ledger.accepted(work);
        } catch (RejectedExecutionException closed) {
            work.rejected = true;
        }
    }

    private long delay() {
        return delay(swarm);
    }

    /** Returns a time to wait: none, a short or a long one. */
    static long delay(Swarm swarm) {
        return DELAYS[swarm.random.nextInt(DELAYS.length)];
    }

    private void cancelTimer() {
        if (timers.isEmpty()) {
            give(Work.Kind.TIMER, delay());
            return;
        }
        Work work = swarm.one(List.copyOf(timers.keySet()));
        TimerHandle handle = timers.remove(work);
        work.mayBeCancelled = true;
        work.cancelled = handle.cancel();
    }

    private void register(EventLoop with) throws IOException {
        FakeSource source = swarm.one(world.sources);
        Callback callback = (registration, ready) -> {
            world.simulation.foreignCode("a callback");
            world.userLock.lock();
            world.userLock.unlock();
            source.drain();
        };
        if (swarm.userLock) {
            world.ledger.promised(
                    "registration",
                    () -> with.registerAsync(source, Events.READ, callback).thenAccept(registrations::add));
        } else {
            registrations.add(with.register(source, Events.READ, callback));
        }
    }

    private void modify() throws IOException {
        if (registrations.isEmpty()) {
            register(loop);
            return;
        }
        Registration registration = swarm.one(registrations);
        switch (swarm.random.nextInt(3)) {
            case 0 -> registration.pause();
            case 1 -> registration.resume();
            default -> registration.modify(Events.READ);
        }
    }

    private void cancel() throws IOException {
        if (registrations.isEmpty()) {
            register(loop);
        } else {
            registrations.remove(swarm.random.nextInt(registrations.size())).cancel();
        }
    }

    private void dump() {
        int before = world.simulation.timesBlocked();
        loop.dump();
        if (world.simulation.timesBlocked() != before) {
            world.simulation.violation("dump waits", "");
        }
    }

    private void interrupt() {
        if (swarm.runner == Swarm.Runner.STARTED || swarm.runner == Swarm.Runner.RUN) {
            Thread runner = world.runnerThread;
            if (runner != null) {
                runner.interrupt();
            }
        }
    }

    private void endAWorker() {
        if (others != null && others.group != null && swarm.random.nextInt(4) == 0) {
            others.endOne();
        }
    }

    /** Two loops register with each other, each from its own thread. */
    private void meet() throws IOException {
        if (others == null) {
            return;
        }
        EventLoop other = others.first();
        loop.execute(() -> registerQuietly(other));
        other.execute(() -> registerQuietly(loop));
    }

    private void registerQuietly(EventLoop with) {
        FakeSource source = world.kernel.source();
        try {
            with.register(source, Events.READ, (registration, ready) -> {}).cancel();
        } catch (IOException | IllegalStateException | RejectedExecutionException failed) {
            // Only waiting for ever would be wrong.
        } finally {
            world.close(source);
        }
    }
}
