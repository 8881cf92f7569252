package dev.pollux.internal.timer;

import dev.pollux.loop.TimerHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A timer that runs once. Its task is its state: the one thread that takes it away, the loop's to run it or another to
 * cancel it, decides what becomes of the timer.
 */
class Timer extends TimerNode implements TimerHandle {

    private static final VarHandle TASK;

    static {
        try {
            TASK = MethodHandles.lookup().findVarHandle(Timer.class, "task", Runnable.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final TimerOwner owner;

    private volatile @Nullable Runnable task;

    Timer(TimerOwner owner, long deadlineNanos, long sequence, Runnable task) {
        super(deadlineNanos, sequence);
        this.owner = owner;
        this.task = task;
    }

    final @Nullable Runnable task() {
        return task;
    }

    /** Takes the task away. Not as what it is: a cancel does not wait for the memory that the task lies in. */
    final @Nullable Object takeTask() {
        return TASK.getAndSet(this, null);
    }

    /** Returns whether it has run and is to run again. */
    boolean hasBegun() {
        return false;
    }

    /** Runs it if it was not cancelled meanwhile. */
    void fire() {
        Runnable work = (Runnable) takeTask();
        if (work != null) {
            owner.finished();
            owner.run(this, work);
        }
    }

    @Override
    public final boolean cancel() {
        if (takeTask() == null) {
            return false;
        }
        owner.cancelled(this);
        return true;
    }

    @Override
    public final boolean isPending() {
        return task != null && owner.isOpen();
    }
}
