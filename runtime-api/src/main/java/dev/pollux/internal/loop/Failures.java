package dev.pollux.internal.loop;

import dev.pollux.SelectorKey;
import dev.pollux.loop.LoopFailure;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What happens to what the user's code throws on the loop thread, and to what takes too long there. */
public final class Failures {

    /** The name that all of a loop's log lines have. */
    public static final String LOGGER = "dev.pollux.loop.EventLoop";

    private static final Logger log = LoggerFactory.getLogger(LOGGER);

    /** How many slow callbacks are logged one by one. The metrics and the recordings have all of them. */
    private static final int SLOW_LINES = 10;

    private final LoopInfo loop;
    private final int limit;
    private final Consumer<LoopFailure> handler;

    private long count;
    private long isolated;
    private int slowLines;

    Failures(LoopInfo loop, int limit, @Nullable Consumer<LoopFailure> handler) {
        this.loop = loop;
        this.limit = limit;
        this.handler = handler == null ? this::log : handler;
    }

    /**
     * Hands a failure to the handler; whatever that throws is logged. A {@link VirtualMachineError} passes, but for the
     * {@link StackOverflowError} of work that recurses too deeply: once caught here, its stack is unwound and the thread is
     * as good as before. A parser of hostile input must not end a server.
     */
    public void handle(LoopFailure.Kind kind, @Nullable SelectorKey key, Throwable error) {
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
        if (error instanceof VirtualMachineError fatal && !(error instanceof StackOverflowError)) {
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

    /** Returns how many failures in a row isolate a callback or a periodic timer. */
    public int limit() {
        return limit;
    }

    /** Reports something that fails every time, and is therefore {@code outcome}. */
    public void reportIsolated(Object what, String outcome, int failuresInARow) {
        isolated++;
        log.error(
                "{} {} is {} after {} failures in a row, backend={}",
                loop.name,
                CurrentWork.nameOf(what),
                outcome,
                failuresInARow,
                loop.backend());
    }

    /** Reports something that took longer than the threshold. */
    void slow(LoopFailure.Kind kind, Object what, long tookNanos) {
        JfrEvents.slowCallback(loop.name, loop.backend(), kind, what, tookNanos);
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
