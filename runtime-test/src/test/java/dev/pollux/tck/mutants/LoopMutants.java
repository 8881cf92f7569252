package dev.pollux.tck.mutants;

import dev.pollux.EventSelector;
import dev.pollux.Events;
import dev.pollux.NanoClock;
import dev.pollux.Ready;
import dev.pollux.ReadyHandler;
import dev.pollux.SelectorKey;
import dev.pollux.spi.Backend;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Faults of what a loop stands on, its selector and its clock, that show in what the loop does. */
final class LoopMutants {

    private LoopMutants() {}

    /** A clock whose readings go back and forth. */
    static NanoClock wobbling(NanoClock sound) {
        AtomicInteger readings = new AtomicInteger();
        return () -> sound.nanoTime() + (readings.incrementAndGet() % 3 - 1) * TimeUnit.MILLISECONDS.toNanos(2);
    }

    /** A clock that counts too many nanoseconds. */
    static NanoClock fast(NanoClock sound) {
        long start = sound.nanoTime();
        return () -> start + (sound.nanoTime() - start) * 10;
    }

    /** Delivers on a thread of its own. */
    static final class DeliversElsewhere extends MutantSelector {

        DeliversElsewhere(EventSelector sound) {
            super(sound);
        }

        @Override
        public int selectNanos(long timeoutNanos, ReadyHandler handler) throws IOException {
            List<Ready> ready = new ArrayList<>();
            super.selectNanos(timeoutNanos, (key, bits) -> ready.add(new Ready(key, bits)));
            Thread other = new Thread(() -> deliver(ready, handler), "elsewhere");
            other.start();
            boolean interrupted = false;
            while (other.isAlive()) {
                try {
                    other.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            return ready.size();
        }

        private static void deliver(List<Ready> ready, ReadyHandler handler) {
            for (Ready one : ready) {
                try {
                    handler.onReady(one.key(), one.ready());
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            }
        }
    }

    /** Takes a limit for none. */
    static final class Oversleeps extends MutantSelector {

        Oversleeps(EventSelector sound) {
            super(sound);
        }

        @Override
        public int selectNanos(long timeoutNanos, ReadyHandler handler) throws IOException {
            return super.selectNanos(timeoutNanos > 0 ? Long.MAX_VALUE : timeoutNanos, handler);
        }
    }

    /** Returns long before the limit. */
    static final class Naps extends MutantSelector {

        Naps(EventSelector sound) {
            super(sound);
        }

        @Override
        public int selectNanos(long timeoutNanos, ReadyHandler handler) throws IOException {
            return super.selectNanos(Math.min(timeoutNanos, TimeUnit.MILLISECONDS.toNanos(1)), handler);
        }
    }

    /** Delivers every event a second time. */
    static final class DeliversTwice extends MutantSelector {

        DeliversTwice(EventSelector sound) {
            super(sound);
        }

        @Override
        public int selectNanos(long timeoutNanos, ReadyHandler handler) throws IOException {
            return super.selectNanos(timeoutNanos, (key, ready) -> {
                handler.onReady(key, ready);
                handler.onReady(key, ready);
            });
        }
    }

    /** Goes on watching what is to be watched for nothing. */
    static final class IgnoresPauses extends MutantSelector {

        IgnoresPauses(EventSelector sound) {
            super(sound);
        }

        @Override
        public SelectorKey modify(Object fileobj, int events, Object data) throws IOException {
            return events == Events.NONE ? key(fileobj) : super.modify(fileobj, events, data);
        }
    }

    /** Looks for events only if it may wait for them. */
    static final class PollsNothing extends MutantSelector {

        PollsNothing(EventSelector sound) {
            super(sound);
        }

        @Override
        public int selectNanos(long timeoutNanos, ReadyHandler handler) throws IOException {
            return timeoutNanos <= 0 ? 0 : super.selectNanos(timeoutNanos, handler);
        }
    }

    /** Goes on as long as anything is ready; not for ever, so that the test can end. */
    static final class DeliversUntilQuiet extends MutantSelector {

        private static final long FOR_EVER_NANOS = TimeUnit.SECONDS.toNanos(1);

        DeliversUntilQuiet(EventSelector sound) {
            super(sound);
        }

        @Override
        public int selectNanos(long timeoutNanos, ReadyHandler handler) throws IOException {
            long start = System.nanoTime();
            int first = super.selectNanos(timeoutNanos, handler);
            int more = first;
            while (more > 0 && isOpen() && System.nanoTime() - start < FOR_EVER_NANOS) {
                more = super.selectNanos(0, handler);
            }
            return first;
        }
    }

    /** Makes several wakeup calls of each. */
    static final class WakesOften extends Mutant {

        WakesOften(Backend sound) {
            super(sound);
        }

        @Override
        public void wakeup() {
            for (int i = 0; i < 10; i++) {
                super.wakeup();
            }
        }
    }

    /** Forgets one wakeup, and later ones no more. */
    static final class LosesTheFirstWakeup extends MutantSelector {

        private final AtomicBoolean lost = new AtomicBoolean();

        LosesTheFirstWakeup(EventSelector sound) {
            super(sound);
        }

        @Override
        public void wakeup() {
            if (!lost.compareAndSet(false, true)) {
                super.wakeup();
            }
        }
    }

    /** Counts as closed and keeps what it has opened. */
    static final class KeepsItsBackend extends MutantSelector {

        private volatile boolean closed;

        KeepsItsBackend(EventSelector sound) {
            super(sound);
        }

        @Override
        public boolean isOpen() {
            return !closed;
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    /** Pauses every source when one of them is paused. */
    static final class PausesEverything extends MutantSelector {

        PausesEverything(EventSelector sound) {
            super(sound);
        }

        @Override
        public SelectorKey modify(Object fileobj, int events, Object data) throws IOException {
            if (events == Events.NONE) {
                for (SelectorKey other : List.copyOf(keys().values())) {
                    super.modify(other.fileobj(), events, other.data());
                }
            }
            return super.modify(fileobj, events, data);
        }
    }

    /** Watches only what is registered after a swap. */
    static final class SwapDropsWhatIsReady extends MutantSelector {

        private final Map<Object, SelectorKey> before = new HashMap<>();

        SwapDropsWhatIsReady(EventSelector sound) {
            super(sound);
        }

        @Override
        public int selectNanos(long timeoutNanos, ReadyHandler handler) throws IOException {
            return super.selectNanos(timeoutNanos, (key, ready) -> {
                if (!before.containsKey(key.fileobj())) {
                    handler.onReady(key, ready);
                }
            });
        }

        @Override
        public void swap(String backend) throws IOException {
            before.putAll(keys());
            super.swap(backend);
        }
    }
}
