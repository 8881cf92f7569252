package dev.pollux.loop;

import dev.pollux.SelectorKey;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What becomes of whatever the user's code throws on the loop thread, and of what takes too long there. */
final class Failures {

    private static final Logger log = LoggerFactory.getLogger(EventLoop.class);

    /** How many slow callbacks are logged one by one. The metrics and the recordings have all of them. */
    private static final int SLOW_LINES = 10;

    private final LoopCore loop;
    private final Consumer<LoopFailure> handler;

    private long count;
    private long isolated;
    private int slowLines;

    Failures(LoopCore loop, @Nullable Consumer<LoopFailure> handler) {
        this.loop = loop;
        this.handler = handler == null ? this::log : handler;
    }

    /** Hands a failure to the handler; whatever that throws is logged. A {@link VirtualMachineError} passes. */
    void handle(LoopFailure.Kind kind, @Nullable SelectorKey key, Throwable error) {
        passIfFatal(error);
        count++;
        try {
            handler.accept(new LoopFailure(kind, key, error));
        } catch (Throwable inHandler) {
            passIfFatal(inHandler);
            if (inHandler != error) {
                inHandler.addSuppressed(error);
            }
            log.error("{} failure handler failed, backend={}", loop.name, loop.backend(), inHandler);
        }
    }

    private static void passIfFatal(Throwable error) {
        if (error instanceof VirtualMachineError fatal) {
            throw fatal;
        }
    }

    private void log(LoopFailure failure) {
        log.error(
                "{} {} failed, backend={} key={}",
                loop.name,
                failure.kind(),
                loop.backend(),
                failure.key(),
                failure.error());
    }

    /** Stops calling a callback that only ever fails: its source would keep the loop busy for nothing. */
    void isolate(Registration registration) {
        if (!registration.isActive()) {
            return;
        }
        registration.succeeded();
        reportIsolated(Activity.nameOf(registration), "paused", loop.failureLimit());
        try {
            registration.pause();
        } catch (IOException | RuntimeException e) {
            log.error("{} cannot be paused and is cancelled, backend={}", registration, loop.backend(), e);
            registration.cancel();
        }
    }

    void reportIsolated(String what, String outcome, int failuresInARow) {
        isolated++;
        log.error(
                "{} {} is {} after {} failures in a row, backend={}",
                loop.name,
                what,
                outcome,
                failuresInARow,
                loop.backend());
    }

    /** Tells of something that took longer than the threshold. */
    void slow(LoopFailure.Kind kind, Object what, long tookNanos) {
        Recordings.slowCallback(loop.name, loop.backend(), kind, what, tookNanos);
        if (slowLines < SLOW_LINES) {
            slowLines++;
            log.warn(
                    "{} {} took {} ms, backend={} callback={}{}",
                    loop.name,
                    kind,
                    Duration.ofNanos(tookNanos).toMillis(),
                    loop.backend(),
                    what,
                    slowLines < SLOW_LINES ? "" : "; further ones are counted and not logged");
        }
    }

    long count() {
        return count;
    }

    long isolated() {
        return isolated;
    }
}
