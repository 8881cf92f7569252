package dev.pollux.adapters;

import dev.pollux.loop.EventLoop;
import io.reactivex.rxjava3.core.Scheduler;
import kotlinx.coroutines.CoroutineDispatcher;
import kotlinx.coroutines.ExecutorsKt;
import reactor.core.scheduler.Schedulers;

/**
 * A loop as the scheduler of other libraries: what they run there runs on the loop thread, between callbacks, and their delays
 * are timers of the loop. Each scheduler has an executor of its own, which ends with the loop at the latest.
 *
 * <p>As on any loop thread, nothing may block there.
 */
public final class LoopSchedulers {

    private LoopSchedulers() {}

    /** Returns a scheduler for {@code publishOn}, {@code subscribeOn} and {@code delayElements} of Reactor. */
    public static reactor.core.scheduler.Scheduler reactor(EventLoop loop) {
        return Schedulers.fromExecutorService(loop.executor(), loop.name());
    }

    /** Returns a scheduler for {@code observeOn}, {@code subscribeOn} and {@code timer} of RxJava. */
    public static Scheduler rxJava(EventLoop loop) {
        return io.reactivex.rxjava3.schedulers.Schedulers.from(loop.executor());
    }

    /** Returns a dispatcher for coroutines; in Kotlin, {@code loop.executor().asCoroutineDispatcher()}. */
    public static CoroutineDispatcher coroutines(EventLoop loop) {
        return ExecutorsKt.from(loop.executor());
    }
}
