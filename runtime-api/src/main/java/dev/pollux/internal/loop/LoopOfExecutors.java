package dev.pollux.internal.loop;

import dev.pollux.NanoClock;
import dev.pollux.internal.executor.Host;
import dev.pollux.internal.timer.Timers;

/** What executors see of their loop. */
final class LoopOfExecutors implements Host {

    private final LoopInfo info;
    private final Mailbox mailbox;
    private final LoopWork work;
    private final Timers timers;
    private final NanoClock clock;

    LoopOfExecutors(LoopInfo info, Mailbox mailbox, LoopWork work, Timers timers, NanoClock clock) {
        this.info = info;
        this.mailbox = mailbox;
        this.work = work;
        this.timers = timers;
        this.clock = clock;
    }

    @Override
    public String name() {
        return info.name;
    }

    @Override
    public long nanoTime() {
        return clock.nanoTime();
    }

    @Override
    public boolean inLoop() {
        return mailbox.inLoop();
    }

    @Override
    public void execute(Dispatch dispatch) {
        work.execute(dispatch);
    }

    @Override
    public Alarm at(long deadlineNanos, Dispatch dispatch) {
        return timers.at(deadlineNanos, dispatch)::cancel;
    }
}
