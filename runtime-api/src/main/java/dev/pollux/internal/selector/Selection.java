package dev.pollux.internal.selector;

import dev.pollux.Events;
import dev.pollux.NanoClock;
import dev.pollux.ReadyHandler;
import dev.pollux.SelectorKey;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.channels.ClosedSelectorException;
import org.jspecify.annotations.Nullable;

/**
 * A select: waits until something is ready or the time is over, then delivers.
 *
 * <p>The two steps never mix. While the backend waits, {@link ReadyBatch} collects tokens; once it has returned, they are
 * looked up and delivered. So a handler may change anything, even close or replace the backend, and a token whose
 * registration is gone by then finds nothing.
 */
final class Selection {

    private static final VarHandle DELIVERING;

    static {
        try {
            DELIVERING = MethodHandles.lookup().findVarHandle(Selection.class, "delivering", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final KeyTable table;
    private final ActiveBackend active;
    private final WakeupGate gate;
    private final Ownership ownership;
    private final NanoClock clock;
    private final Interrupts interrupts;
    private final ReadyBatch batch;
    private final SpinGuard spinGuard = new SpinGuard();

    private long events;

    /** The slot whose handler runs. A number, because storing a reference for each event costs as much as a short handler. */
    @SuppressWarnings("UnusedVariable") // Read and written by DELIVERING.
    private int delivering = KeyTable.NONE;

    /** @param onInterrupt ends the wait in progress; runs on the interrupting thread */
    Selection(
            KeyTable table,
            ActiveBackend active,
            WakeupGate gate,
            Ownership ownership,
            NanoClock clock,
            Runnable onInterrupt) {
        this.table = table;
        this.active = active;
        this.gate = gate;
        this.ownership = ownership;
        this.clock = clock;
        this.interrupts = new Interrupts(onInterrupt);
        this.batch = new ReadyBatch(table);
    }

    /** Does one select and returns how many keys were delivered. */
    int run(long timeoutNanos, ReadyHandler handler) throws IOException {
        boolean timed = timeoutNanos > 0 && timeoutNanos != Long.MAX_VALUE;
        return run(timed ? clock.nanoTime() : 0, timeoutNanos, handler);
    }

    /** Does one select that begins at {@code start}. */
    int run(long start, long timeoutNanos, ReadyHandler handler) throws IOException {
        try {
            return waitAndDeliver(start, timeoutNanos, handler);
        } finally {
            interrupts.show();
        }
    }

    /** Keeps the deadline: whatever ends the backend's wait early, except what the caller must learn, waits again. */
    private int waitAndDeliver(long start, long timeoutNanos, ReadyHandler handler) throws IOException {
        boolean timed = timeoutNanos > 0 && timeoutNanos != Long.MAX_VALUE;
        long remaining = timeoutNanos;
        while (true) {
            boolean ended = collect(remaining);
            if (gate.isClosed()) {
                throw new ClosedSelectorException();
            }
            boolean zombieSeen = batch.takeZombieSeen();
            if (zombieSeen) {
                spinGuard.aboutToRebuild(active.name());
                rebuild();
            }
            int delivered = batch.isEmpty() ? 0 : deliver(handler);
            if (delivered > 0) {
                spinGuard.calm();
                return delivered;
            }
            if (ended) {
                if (!zombieSeen) {
                    spinGuard.calm();
                }
                return 0;
            }
            long now = clock.nanoTime();
            if (timed) {
                remaining = timeoutNanos - (now - start);
                if (remaining <= 0) {
                    spinGuard.calm();
                    return 0;
                }
            }
            stopSpinning(spinGuard.premature(now, active.name()));
        }
    }

    private void stopSpinning(SpinGuard.Remedy remedy) throws IOException {
        if (remedy == SpinGuard.Remedy.REBUILD) {
            rebuild();
        } else if (remedy == SpinGuard.Remedy.ISOLATE) {
            int slot = spinGuard.culprit();
            active.disarm(slot);
            spinGuard.isolated(table.key(slot), active.name());
        }
    }

    private void rebuild() throws IOException {
        try {
            active.rebuild();
        } catch (Throwable failed) {
            // What was collected is not delivered by this select, and may not hold any more at the next.
            batch.endDelivery();
            throw failed;
        }
    }

    /** Waits once and collects what is ready. Returns whether a wakeup, an interrupt or the lack of time ends it. */
    private boolean collect(long timeoutNanos) throws IOException {
        boolean interrupted = interrupts.take();
        if (timeoutNanos <= 0 || interrupted || !batch.isEmpty()) {
            gate.consume();
            active.await(0, batch);
            return true;
        }
        if (gate.enter() != 0) {
            active.await(0, batch);
            return true;
        }
        boolean nudged = ownership.isNudged();
        try {
            // The gate first, then the status: an interrupt sets the status first and then looks at the gate.
            if (interrupts.beforeWait(nudged)) {
                active.await(timeoutNanos, batch);
            } else {
                active.await(0, batch);
            }
        } finally {
            interrupted = interrupts.afterWait(nudged);
            interrupted |= gate.leave() != 0;
        }
        return interrupted;
    }

    private int deliver(ReadyHandler handler) throws IOException {
        interrupts.show();
        int delivered = 0;
        try {
            for (int slot = batch.next(); slot != KeyTable.NONE; slot = batch.next()) {
                int ready = visible(batch.take(slot), table.armed(slot));
                if (ready == 0) {
                    spinGuard.unasked(slot);
                    continue;
                }
                SelectorKey key = table.key(slot);
                if ((ready & Events.INVALID) != 0) {
                    // poll(2) and select(2) would report a closed descriptor for ever: it is reported once.
                    active.disarm(slot);
                } else if ((key.events() & Events.ONESHOT) != 0) {
                    active.disarmReported(slot, ready);
                }
                events++;
                delivered++;
                ownership.beginHandler();
                DELIVERING.setOpaque(this, slot);
                handler.onReady(key, ready);
                ownership.endHandler();
                if (gate.isClosed()) {
                    break;
                }
            }
        } finally {
            DELIVERING.setOpaque(this, KeyTable.NONE);
            ownership.endHandler();
            batch.endDelivery();
        }
        return delivered;
    }

    /**
     * Returns the part of {@code ready} that was asked for. A hang-up or an error shows as every direction asked for,
     * so that the callback's own read or write meets the cause.
     */
    private static int visible(int ready, int armed) {
        int asked = armed & Events.DIRECTIONS;
        int trouble = ready & Events.REPORTED_ONLY;
        if (asked == 0 || trouble == 0) {
            return ready & asked;
        }
        int implied = asked & (Events.READ | Events.WRITE);
        return (ready & asked) | trouble | (implied == 0 ? asked : implied);
    }

    /** Drops what was collected for a slot that is about to be freed. */
    void forget(int slot) {
        batch.forget(slot);
        spinGuard.freed(slot);
    }

    /** Returns the key whose handler runs, or null. Any thread; out of date by the time it returns. */
    @Nullable
    SelectorKey delivering() {
        int slot = (int) DELIVERING.getOpaque(this);
        return slot == KeyTable.NONE ? null : table.keyOrNull(slot);
    }

    boolean isTimedBy(NanoClock time) {
        return clock == time;
    }

    long events() {
        return events;
    }

    long staleEvents() {
        return batch.staleEvents();
    }
}
