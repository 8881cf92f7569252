package dev.pollux.internal.loop;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The life of a loop: its phase, and which thread drives it. Both change under one lock, under which nothing else is
 * done: no code of the user's and no call of a backend. Only a thread that runs turns begins and leaves without it, by one
 * word, while there is no reason to look further.
 *
 * <p>At most one thread drives the loop at a time and may use its selector. It runs turns, or it visits: a thread that
 * registers something while none runs the loop does so as a visitor, and who wants to run the loop waits for it. The
 * thread that makes the phase {@link Phase#CLOSING} while none drives becomes the driver, and the driver ends the loop
 * before it leaves. So a loop that is to end has a thread that ends it.
 */
final class Lifecycle {

    /** How far the loop has got. */
    enum Phase {
        /** Takes work. */
        OPEN,
        /** Takes no more work, and runs what it accepted. */
        SHUTDOWN,
        /** Ends with the present turn, or as soon as its driver leaves. */
        CLOSING,
        /** Has released everything. */
        ENDED
    }

    /** What changes the phase. */
    enum Call {
        SHUTDOWN,
        CLOSE,
        /** Nothing that was accepted is left to do. */
        DRAINED,
        /** Something was thrown that the loop does not survive. */
        FAIL,
        /** The end is done. */
        RELEASED
    }

    /** The phase after a call, by the phase before it; null for what cannot happen. */
    private static final @Nullable Phase[][] AFTER = {
        //               SHUTDOWN        CLOSE          DRAINED        FAIL           RELEASED
        /* OPEN     */ {Phase.SHUTDOWN, Phase.CLOSING, null, Phase.CLOSING, null},
        /* SHUTDOWN */ {Phase.SHUTDOWN, Phase.CLOSING, Phase.CLOSING, Phase.CLOSING, null},
        /* CLOSING  */ {Phase.CLOSING, Phase.CLOSING, Phase.CLOSING, Phase.CLOSING, Phase.ENDED},
        /* ENDED    */ {Phase.ENDED, Phase.ENDED, null, null, null},
    };

    /** What a driver that wants to leave has to do. */
    enum Leave {
        /** Nothing: it drives no more. */
        LEFT,
        /** Do what others wait for, and ask again. */
        WANTED,
        /** End the loop. */
        END
    }

    /** The bit of {@link #word} that is set while a thread drives. */
    private static final int DRIVEN = 1;

    /** What {@link #word} has more for each reason to look under the lock. */
    private static final int REASON = 2;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /**
     * {@link #DRIVEN}, and how many reasons there are to look under the lock: a phase other than {@link Phase#OPEN}, a
     * reservation, a thread that waits for a visitor to leave, threads that interrupt the driver, calls that wait for one.
     * With no reason, to begin and to leave is one compare-and-set of this word, and no lock.
     */
    private final AtomicInteger word = new AtomicInteger();

    private volatile Phase phase = Phase.OPEN;

    /**
     * Set just after {@link #DRIVEN} by the thread that has set that, and taken back just before; {@link #word} orders it,
     * so nothing else has to.
     */
    private final AtomicReference<@Nullable Thread> driver = new AtomicReference<>();

    /** Whether the driver is a visitor. Guarded by the lock, like the rest. */
    private boolean visiting;

    /** Whether a thread is being made that is to run the loop, and which one once that is known. */
    private boolean starting;

    private @Nullable Thread started;

    /** Threads that are about to interrupt the driver. It stays until they have. */
    private int interrupters;

    Phase phase() {
        return phase;
    }

    boolean isOpen() {
        return phase == Phase.OPEN;
    }

    boolean isEnding() {
        return phase.compareTo(Phase.CLOSING) >= 0;
    }

    @Nullable
    Thread driver() {
        return driver.get();
    }

    boolean isDriver() {
        return Thread.currentThread() == driver.get();
    }

    private boolean isDriven() {
        return (word.get() & DRIVEN) != 0;
    }

    private void addReason() {
        word.addAndGet(REASON);
    }

    private void removeReason() {
        word.addAndGet(-REASON);
    }

    /** Notes a call that another thread makes and waits for: the driver asks whether it is wanted before it leaves. */
    void beginCall() {
        addReason();
    }

    void endCall() {
        removeReason();
    }

    /**
     * Makes a call that changes the phase.
     *
     * @return whether the caller has become the driver by it, because the loop is to end and none drove it
     */
    @SuppressWarnings("EnumOrdinal") // The table is to be read as one.
    boolean call(Call call) {
        lock.lock();
        try {
            Phase before = phase;
            Phase after = AFTER[before.ordinal()][call.ordinal()];
            if (after == null) {
                throw new AssertionError(call + " in phase " + before);
            }
            phase = after;
            if (before == Phase.OPEN) {
                addReason();
            }
            return after == Phase.CLOSING && drive(true);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Reserves the loop for a thread that is about to be made.
     *
     * @return null, or why the loop cannot be started
     */
    @Nullable
    String reserve() {
        lock.lock();
        try {
            // Before the look: from here on no thread begins to run the loop without the lock.
            addReason();
            String obstacle = obstacle();
            if (obstacle == null) {
                starting = true;
            } else {
                removeReason();
            }
            return obstacle;
        } finally {
            lock.unlock();
        }
    }

    /** Notes the thread that a reservation is for, before it is started; null if there will be none. */
    void reservedFor(@Nullable Thread thread) {
        lock.lock();
        try {
            started = thread;
            if (thread == null) {
                unreserve();
            }
        } finally {
            lock.unlock();
        }
    }

    private void unreserve() {
        started = null;
        if (starting) {
            starting = false;
            removeReason();
        }
    }

    /**
     * Makes the caller the driver, who runs turns. Waits for a visitor to leave.
     *
     * @return null, or why the caller cannot run the loop
     */
    @Nullable
    String begin() {
        if (word.compareAndSet(0, DRIVEN)) {
            driver.lazySet(Thread.currentThread());
            return null;
        }
        lock.lock();
        addReason();
        try {
            while (isDriven() && visiting && !isDriver()) {
                changed.awaitUninterruptibly();
            }
            String obstacle = obstacle();
            if (obstacle == null) {
                unreserve();
                drive(false);
            }
            return obstacle;
        } finally {
            removeReason();
            lock.unlock();
        }
    }

    private @Nullable String obstacle() {
        if (isEnding()) {
            return "is closed";
        }
        Thread running = driver.get();
        if (isDriven() && !visiting) {
            return "runs on thread " + (running == null ? "(just there)" : running.getName())
                    + " already; use execute to reach it";
        }
        if (running == Thread.currentThread()) {
            return "is in use by this thread; return from the call first";
        }
        if (starting && started != Thread.currentThread()) {
            return "is being started on a thread of its own already; use execute to reach it";
        }
        return null;
    }

    /** Makes the caller the driver for one call. Returns false if another thread drives, or the loop has ended. */
    boolean visit() {
        lock.lock();
        try {
            return phase != Phase.ENDED && drive(true);
        } finally {
            lock.unlock();
        }
    }

    /** Makes the caller the driver, unless there is one. */
    private boolean drive(boolean asVisitor) {
        int seen = word.get();
        while ((seen & DRIVEN) == 0) {
            if (word.compareAndSet(seen, seen | DRIVEN)) {
                driver.lazySet(Thread.currentThread());
                visiting = asVisitor;
                return true;
            }
            seen = word.get();
        }
        return false;
    }

    /**
     * Has the driver leave, unless it is wanted or the loop is to end. Both questions are asked under the lock, so no
     * shutdown comes between the answer and the leave.
     *
     * @param wanted whether another thread waits for something that only a driver can do
     * @param unused whether a loop that was shut down has nothing to wait for any more
     */
    Leave leave(BooleanSupplier wanted, BooleanSupplier unused) {
        if (word.get() == DRIVEN && !visiting) {
            driver.lazySet(null);
            if (word.compareAndSet(DRIVEN, 0)) {
                return Leave.LEFT;
            }
            driver.lazySet(Thread.currentThread());
        }
        lock.lock();
        try {
            awaitInterrupters();
            if (phase == Phase.SHUTDOWN && unused.getAsBoolean()) {
                call(Call.DRAINED);
            }
            if (phase == Phase.CLOSING) {
                return Leave.END;
            }
            if (wanted.getAsBoolean()) {
                return Leave.WANTED;
            }
            left();
            return Leave.LEFT;
        } finally {
            lock.unlock();
        }
    }

    /** Ends the loop for good, and the driver's time with it. */
    void released() {
        lock.lock();
        try {
            awaitInterrupters();
            call(Call.RELEASED);
            left();
        } finally {
            lock.unlock();
        }
    }

    /** An interrupt that was meant for the driver must not reach the thread once it is something else. */
    private void awaitInterrupters() {
        while (interrupters > 0) {
            changed.awaitUninterruptibly();
        }
    }

    private void left() {
        visiting = false;
        driver.lazySet(null);
        word.getAndUpdate(seen -> seen & ~DRIVEN);
        changed.signalAll();
    }

    /** Interrupts the thread that runs turns, if there is one and it is not the caller. */
    void interruptDriver() {
        Thread running = prepareInterrupt();
        if (running == null) {
            return;
        }
        try {
            // Not under the lock: an interrupt goes as far as the backend's wakeup.
            running.interrupt();
        } finally {
            interrupted();
        }
    }

    private void interrupted() {
        lock.lock();
        try {
            interrupters--;
            removeReason();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Thread prepareInterrupt() {
        lock.lock();
        try {
            // Before the look: from here on the driver does not leave without the lock.
            addReason();
            Thread running = driver.get();
            if (running == null || visiting || isDriver()) {
                removeReason();
                return null;
            }
            interrupters++;
            return running;
        } finally {
            lock.unlock();
        }
    }
}
