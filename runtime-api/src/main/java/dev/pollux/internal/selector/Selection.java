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

    /** That a look has found nothing, and the select is to wait. */
    private static final int NOTHING = -1;

    private static final VarHandle DELIVERING;

    static {
        try {
            DELIVERING = MethodHandles.lookup().findVarHandle(Selection.class, "delivering", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final KeyTable table;
    private final SlotStates states;
    private final ActiveBackend active;
    private final WakeupGate gate;
    private final Ownership ownership;
    private final NanoClock clock;
    private final Interrupts interrupts;
    private final ReadyBatch batch;
    private final KernelRequests requests;
    private final SpinGuard spinGuard = new SpinGuard();
    private final ReadyGuess guess = new ReadyGuess();

    private long events;

    /** The slot whose handler runs. A number, because storing a reference for each event costs as much as a short handler. */
    @SuppressWarnings("UnusedVariable") // Read and written by DELIVERING.
    private int delivering = KeyTable.NONE;

    /** @param onInterrupt ends the wait in progress; runs on the interrupting thread */
    Selection(
            KeyTable table,
            ReadyBatch batch,
            KernelRequests requests,
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
        this.batch = batch;
        this.requests = requests;
        this.states = table.states;
    }

    /** Does one select and returns how many keys were delivered. */
    int run(long timeoutNanos, ReadyHandler handler) throws IOException {
        try {
            int delivered = look(timeoutNanos, handler);
            return delivered != NOTHING
                    ? delivered
                    : waitAndDeliver(isTimed(timeoutNanos) ? clock.nanoTime() : 0, timeoutNanos, handler);
        } finally {
            interrupts.show();
        }
    }

    /** Does one select that begins at {@code start}, for a caller who looks by itself if that may find something. */
    int run(long start, long timeoutNanos, ReadyHandler handler) throws IOException {
        try {
            return waitAndDeliver(start, timeoutNanos, handler);
        } finally {
            interrupts.show();
        }
    }

    private static boolean isTimed(long timeoutNanos) {
        return timeoutNanos > 0 && timeoutNanos != Long.MAX_VALUE;
    }

    /** Looks without waiting, if the select is that or may profit. Returns {@link #NOTHING} if it is to wait. */
    private int look(long timeoutNanos, ReadyHandler handler) throws IOException {
        boolean waits = timeoutNanos > 0;
        if (waits && !guess.looksFirst()) {
            return NOTHING;
        }
        active.applyAllPutOff();
        boolean ended = !batch.isEmpty() || !requests.isEmpty();
        ended |= interrupts.take();
        ended |= gate.consume() != 0;
        active.await(0);
        int delivered = finish(!waits || ended, handler);
        if (waits && delivered > 0) {
            guess.wasRight();
        } else if (waits && !ended) {
            guess.wasWrong();
            return NOTHING;
        }
        return delivered;
    }

    /** Keeps the deadline: whatever ends the backend's wait early, except what the caller must learn, waits again. */
    private int waitAndDeliver(long start, long timeoutNanos, ReadyHandler handler) throws IOException {
        boolean timed = isTimed(timeoutNanos);
        long remaining = timeoutNanos;
        while (true) {
            boolean ended = collect(remaining);
            int delivered = finish(ended, handler);
            if (delivered > 0 || ended) {
                return delivered;
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

    /** Delivers what a wait has collected, and returns how many keys that were. */
    private int finish(boolean ended, ReadyHandler handler) throws IOException {
        if (gate.isClosed()) {
            throw new ClosedSelectorException();
        }
        boolean zombieSeen = batch.takeZombieSeen();
        if (zombieSeen) {
            spinGuard.aboutToRebuild(active.name());
            rebuild();
        }
        int delivered = requests.isEmpty() ? 0 : deliverCompletions();
        if (!batch.isEmpty() && !gate.isClosed()) {
            delivered += deliver(handler);
        }
        if (delivered > 0 || (ended && !zombieSeen)) {
            spinGuard.calm();
        }
        return delivered;
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
        active.applyAllPutOff();
        boolean ended = interrupts.take();
        boolean waits = timeoutNanos > 0 && !ended && batch.isEmpty() && requests.isEmpty() && gate.enter() == 0;
        if (!waits) {
            gate.consume();
            active.await(0);
            return true;
        }
        boolean nudged = ownership.isNudged();
        try {
            // The gate first, then the status: an interrupt sets the status first and then looks at the gate.
            active.await(interrupts.beforeWait(nudged) ? timeoutNanos : 0);
        } finally {
            ended = interrupts.afterWait(nudged);
            ended |= gate.leave() != 0;
        }
        return ended;
    }

    private int deliver(ReadyHandler handler) throws IOException {
        interrupts.show();
        int delivered = 0;
        try {
            for (int slot = batch.next(); slot != KeyTable.NONE; slot = batch.next()) {
                int ready = visible(states.takeReady(slot), states.wanted(slot));
                if (ready == 0) {
                    spinGuard.unasked(slot);
                    continue;
                }
                SelectorKey key = table.key(slot);
                if ((ready & Events.INVALID) != 0 || states.hasFailed(slot)) {
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
            batch.endDelivery();
        }
        return delivered;
    }

    /** Ends what the kernel does at present, and delivers what became of it. */
    void endRequests() throws IOException {
        active.drainRequests();
        deliverCompletions();
    }

    /** What completes meanwhile waits for the next select. */
    private int deliverCompletions() {
        interrupts.show();
        int delivered = 0;
        int count = requests.size();
        try {
            while (delivered < count && !gate.isClosed()) {
                delivered++;
                ownership.beginHandler();
                requests.deliverNext(active.operating());
                ownership.endHandler();
            }
        } finally {
            ownership.endHandler();
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

    /** Drops what was noted about a slot that is about to be freed. */
    void forget(int slot) {
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
        return batch.staleEvents() + requests.stale();
    }
}
