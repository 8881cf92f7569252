package dev.pollux.internal.loop;

import dev.pollux.internal.timer.TimerHost;
import dev.pollux.loop.LoopFailure;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;

/** What timers see of their loop. */
final class LoopOfTimers implements TimerHost {

    private final Mailbox mailbox;
    private final LoopWork work;
    private final Guard guard;
    private final BooleanSupplier discarding;

    LoopOfTimers(Mailbox mailbox, LoopWork work, Guard guard, BooleanSupplier discarding) {
        this.mailbox = mailbox;
        this.work = work;
        this.guard = guard;
        this.discarding = discarding;
    }

    @Override
    public boolean inLoop() {
        return mailbox.inLoop();
    }

    @Override
    public boolean accepts() {
        return mailbox.life.isOpen();
    }

    @Override
    public boolean post(Runnable command) {
        return mailbox.post(command);
    }

    @Override
    public void wakeup() {
        mailbox.wakeup();
    }

    @Override
    public boolean run(Runnable task) {
        return guard.run(LoopFailure.Kind.TIMER, task);
    }

    @Override
    public boolean isDiscarding() {
        return discarding.getAsBoolean();
    }

    @Override
    public void reportGivenUp(Runnable task, int failuresInARow) {
        guard.failures().reportIsolated("timer " + CurrentWork.nameOf(task), "cancelled", failuresInARow);
    }

    @Override
    public RejectedExecutionException rejected(Object rejected, String why) {
        return work.rejected(rejected, why);
    }
}
