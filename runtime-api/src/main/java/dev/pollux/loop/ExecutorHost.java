package dev.pollux.loop;

import dev.pollux.internal.executor.Host;

/** The loop as its executors see it. */
final class ExecutorHost implements Host {

    private final LoopCore core;

    ExecutorHost(LoopCore core) {
        this.core = core;
    }

    @Override
    public String name() {
        return core.name;
    }

    @Override
    public long nanoTime() {
        return core.clock.nanoTime();
    }

    @Override
    public boolean inLoop() {
        return core.inLoop();
    }

    @Override
    public void execute(Dispatch dispatch) {
        core.execute(dispatch);
    }

    @Override
    public Alarm at(long deadlineNanos, Dispatch dispatch) {
        return core.timers.at(deadlineNanos, dispatch)::cancel;
    }
}
