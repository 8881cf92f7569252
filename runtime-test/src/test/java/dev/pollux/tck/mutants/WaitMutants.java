package dev.pollux.tck.mutants;

import dev.pollux.Events;
import dev.pollux.spi.Backend;
import dev.pollux.spi.EventSink;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Faults in how long a backend waits, and in what ends the wait. */
final class WaitMutants {

    private static final EventSink NOBODY = (token, ready) -> {};

    private WaitMutants() {}

    /** Never waits. */
    static final class Spins extends Mutant {

        Spins(Backend sound) {
            super(sound);
        }

        @Override
        public void await(long timeoutNanos, EventSink sink) throws IOException {
            super.await(0, sink);
        }
    }

    /** Waits a little even if it must not. */
    static final class WaitsOnZero extends Mutant {

        WaitsOnZero(Backend sound) {
            super(sound);
        }

        @Override
        public void await(long timeoutNanos, EventSink sink) throws IOException {
            super.await(timeoutNanos == 0 ? TimeUnit.MILLISECONDS.toNanos(60) : timeoutNanos, sink);
        }
    }

    /** Does not wait if there is nothing to watch. */
    static final class NeedsSomethingToWatch extends Mutant {

        private int watched;

        NeedsSomethingToWatch(Backend sound) {
            super(sound);
        }

        @Override
        public void add(Object fileobj, int fd, int events, long token) throws IOException {
            super.add(fileobj, fd, events, token);
            watched++;
        }

        @Override
        public void remove(Object fileobj, int fd, long token) {
            super.remove(fileobj, fd, token);
            watched--;
        }

        @Override
        public void await(long timeoutNanos, EventSink sink) throws IOException {
            super.await(watched == 0 ? 0 : timeoutNanos, sink);
        }
    }

    /** Forgets a wakeup that comes just before the wait. */
    static final class LosesEarlyWakeups extends Mutant {

        private static final long WINDOW_NANOS = 200_000;

        LosesEarlyWakeups(Backend sound) {
            super(sound);
        }

        @Override
        public void await(long timeoutNanos, EventSink sink) throws IOException {
            if (timeoutNanos > 0) {
                long start = System.nanoTime();
                while (System.nanoTime() - start < WINDOW_NANOS) {
                    Thread.onSpinWait();
                }
                super.await(0, NOBODY);
            }
            super.await(timeoutNanos, sink);
        }
    }

    /** Leaves a wakeup where it is, so that every later wait ends at once. */
    static final class LeavesWakeups extends Mutant {

        private volatile boolean woken;

        LeavesWakeups(Backend sound) {
            super(sound);
        }

        @Override
        public void await(long timeoutNanos, EventSink sink) throws IOException {
            super.await(woken ? 0 : timeoutNanos, sink);
        }

        @Override
        public void wakeup() {
            woken = true;
            super.wakeup();
        }
    }

    /** Reports a wakeup like an event of the first source. */
    static final class ReportsWakeups extends Mutant {

        private volatile boolean woken;

        ReportsWakeups(Backend sound) {
            super(sound);
        }

        @Override
        public void await(long timeoutNanos, EventSink sink) throws IOException {
            super.await(timeoutNanos, sink);
            if (woken) {
                woken = false;
                sink.ready(0, Events.READ);
            }
        }

        @Override
        public void wakeup() {
            woken = true;
            super.wakeup();
        }
    }

    /** Tells waits that a signal has ended from others. */
    abstract static class SeesSignals extends Mutant {

        private volatile boolean woken;

        SeesSignals(Backend sound) {
            super(sound);
        }

        /** Returns whether a signal has ended the wait, or an interrupt. */
        boolean isCutShort(long timeoutNanos, EventSink sink) throws IOException {
            boolean[] told = new boolean[1];
            long start = System.nanoTime();
            super.await(timeoutNanos, (token, ready) -> {
                told[0] = true;
                sink.ready(token, ready);
            });
            boolean wokenUp = woken;
            woken = false;
            return !told[0] && !wokenUp && System.nanoTime() - start < timeoutNanos;
        }

        @Override
        public void wakeup() {
            woken = true;
            super.wakeup();
        }
    }

    /** Takes a signal for a failure. */
    static final class FailsOnSignals extends SeesSignals {

        FailsOnSignals(Backend sound) {
            super(sound);
        }

        @Override
        public void await(long timeoutNanos, EventSink sink) throws IOException {
            if (isCutShort(timeoutNanos, sink)) {
                throw new IOException("EINTR");
            }
        }
    }

    /** Begins the whole wait anew after a signal. */
    static final class RestartsOnSignals extends SeesSignals {

        RestartsOnSignals(Backend sound) {
            super(sound);
        }

        @Override
        public void await(long timeoutNanos, EventSink sink) throws IOException {
            while (isCutShort(timeoutNanos, sink)) {
                if (Thread.currentThread().isInterrupted()) {
                    return;
                }
            }
        }
    }
}
