package dev.pollux.examples.adapters;

import dev.pollux.loop.EventLoop;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Schedulers of Reactor and RxJava on a loop: what they run is on the loop thread, and their delays are timers of the loop.
 * Disposing of one leaves the loop open.
 */
public final class LoopSchedulers {

    private LoopSchedulers() {}

    /** Returns a scheduler of Reactor. */
    public static Scheduler reactor(EventLoop loop) {
        return Schedulers.fromExecutorService(loop.executor(), loop.name());
    }

    /** Returns a scheduler of RxJava. */
    public static io.reactivex.rxjava3.core.Scheduler rxJava(EventLoop loop) {
        return io.reactivex.rxjava3.schedulers.Schedulers.from(loop.executor());
    }
}
