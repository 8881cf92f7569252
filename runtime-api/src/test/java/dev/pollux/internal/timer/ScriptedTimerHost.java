package dev.pollux.internal.timer;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;

/** A loop whose thread is where the test says, and which does what was posted when the test says so. */
final class ScriptedTimerHost implements TimerHost {

    final Queue<Runnable> posted = new ArrayDeque<>();

    /** Of each periodic task that was given up, how often it had failed in a row. */
    final List<Integer> givenUp = new ArrayList<>();

    boolean inLoop;
    boolean accepts = true;
    boolean ended;
    boolean discards;
    Runnable afterPost = () -> {};
    int wakeups;

    void runPosted() {
        boolean before = inLoop;
        inLoop = true;
        for (Runnable command = posted.poll(); command != null; command = posted.poll()) {
            command.run();
        }
        inLoop = before;
    }

    @Override
    public boolean inLoop() {
        return inLoop;
    }

    @Override
    public boolean accepts() {
        return accepts;
    }

    @Override
    public boolean post(Runnable command) {
        if (ended) {
            return false;
        }
        synchronized (posted) {
            posted.add(command);
        }
        Runnable then = afterPost;
        afterPost = () -> {};
        then.run();
        return true;
    }

    @Override
    public synchronized void wakeup() {
        wakeups++;
    }

    @Override
    public boolean run(Runnable task) {
        try {
            task.run();
            return true;
        } catch (RuntimeException failed) {
            return false;
        }
    }

    @Override
    public boolean isDiscarding() {
        return discards;
    }

    @Override
    public void reportGivenUp(Runnable task, int failuresInARow) {
        givenUp.add(failuresInARow);
    }

    @Override
    public RejectedExecutionException rejected(Object rejected, String why) {
        return new RejectedExecutionException(why);
    }
}
