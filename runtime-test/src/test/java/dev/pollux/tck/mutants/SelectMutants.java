package dev.pollux.tck.mutants;

import dev.pollux.Capability;
import dev.pollux.EventSelector;
import dev.pollux.Events;
import dev.pollux.Ready;
import dev.pollux.ReadyHandler;
import dev.pollux.SelectorKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Faults in how a selector waits and in how it reports. */
final class SelectMutants {

    private SelectMutants() {}

    /** Changes what a handler is told. */
    abstract static class Retelling extends MutantSelector {

        Retelling(EventSelector sound) {
            super(sound);
        }

        abstract void tell(SelectorKey key, int ready, ReadyHandler handler) throws IOException;

        @Override
        public int selectNanos(long timeoutNanos, ReadyHandler handler) throws IOException {
            return super.selectNanos(timeoutNanos, (key, ready) -> tell(key, ready, handler));
        }
    }

    /** Reports each direction of a source in an entry of its own. */
    static final class SplitsEntries extends Retelling {

        SplitsEntries(EventSelector sound) {
            super(sound);
        }

        @Override
        void tell(SelectorKey key, int ready, ReadyHandler handler) throws IOException {
            for (int bits = ready; bits != 0; bits &= bits - 1) {
                handler.onReady(key, Integer.lowestOneBit(bits));
            }
        }
    }

    /** Reports everything twice. */
    static final class RepeatsEntries extends Retelling {

        RepeatsEntries(EventSelector sound) {
            super(sound);
        }

        @Override
        void tell(SelectorKey key, int ready, ReadyHandler handler) throws IOException {
            handler.onReady(key, ready);
            handler.onReady(key, ready);
        }
    }

    /** Reports room to write with everything. */
    static final class ReportsTheUnasked extends Retelling {

        ReportsTheUnasked(EventSelector sound) {
            super(sound);
        }

        @Override
        void tell(SelectorKey key, int ready, ReadyHandler handler) throws IOException {
            handler.onReady(key, ready | Events.WRITE);
        }
    }

    /** Reports trouble, but none of the directions that were asked for with it. */
    static final class ReportsBareTrouble extends Retelling {

        ReportsBareTrouble(EventSelector sound) {
            super(sound);
        }

        @Override
        void tell(SelectorKey key, int ready, ReadyHandler handler) throws IOException {
            int trouble = ready & Events.REPORTED_ONLY;
            handler.onReady(key, trouble == 0 ? ready : trouble);
        }
    }

    /** Goes on after a handler that has failed, and keeps the failure to itself. */
    static final class SwallowsFailures extends Retelling {

        SwallowsFailures(EventSelector sound) {
            super(sound);
        }

        @Override
        void tell(SelectorKey key, int ready, ReadyHandler handler) {
            try {
                handler.onReady(key, ready);
            } catch (IOException | RuntimeException | StackOverflowError swallowed) {
                // The fault.
            }
        }
    }

    /** Makes a new object for each event. */
    static final class Allocates extends Retelling {

        private volatile Ready last;

        Allocates(EventSelector sound) {
            super(sound);
        }

        @Override
        void tell(SelectorKey key, int ready, ReadyHandler handler) throws IOException {
            last = new Ready(key, ready);
            handler.onReady(last.key(), last.ready());
        }
    }

    /** Counts one more than it has reported. */
    static final class Miscounts extends MutantSelector {

        Miscounts(EventSelector sound) {
            super(sound);
        }

        @Override
        public int selectNanos(long timeoutNanos, ReadyHandler handler) throws IOException {
            int count = super.selectNanos(timeoutNanos, handler);
            return count == 0 ? 0 : count + 1;
        }
    }

    /** Tells what was ready after the select, when it may not hold any more. */
    static final class TellsLater extends MutantSelector {

        TellsLater(EventSelector sound) {
            super(sound);
        }

        @Override
        public int selectNanos(long timeoutNanos, ReadyHandler handler) throws IOException {
            List<Ready> collected = new ArrayList<>();
            super.selectNanos(timeoutNanos, (key, ready) -> collected.add(new Ready(key, ready)));
            for (Ready ready : collected) {
                handler.onReady(ready.key(), ready.ready());
            }
            return collected.size();
        }
    }

    /** Finds nothing when a handler selects, instead of refusing. */
    static final class SelectsInside extends MutantSelector {

        private boolean selecting;

        SelectsInside(EventSelector sound) {
            super(sound);
        }

        @Override
        public int selectNanos(long timeoutNanos, ReadyHandler handler) throws IOException {
            if (selecting) {
                return 0;
            }
            selecting = true;
            try {
                return super.selectNanos(timeoutNanos, handler);
            } finally {
                selecting = false;
            }
        }
    }

    /** Lets no handler register anything. */
    static final class LocksHandlersOut extends MutantSelector {

        private boolean selecting;

        LocksHandlersOut(EventSelector sound) {
            super(sound);
        }

        @Override
        public SelectorKey register(Object fileobj, int events, Object data) throws IOException {
            if (selecting) {
                throw new IllegalStateException("not inside a handler; register before or after the select");
            }
            return super.register(fileobj, events, data);
        }

        @Override
        public int selectNanos(long timeoutNanos, ReadyHandler handler) throws IOException {
            selecting = true;
            try {
                return super.selectNanos(timeoutNanos, handler);
            } finally {
                selecting = false;
            }
        }
    }

    /** Reports a one-shot source for ever. */
    static final class NeverDisarms extends MutantSelector {

        NeverDisarms(EventSelector sound) {
            super(sound);
        }

        @Override
        public SelectorKey register(Object fileobj, int events, Object data) throws IOException {
            return super.register(fileobj, events & ~Events.ONESHOT, data);
        }

        @Override
        public SelectorKey modify(Object fileobj, int events) throws IOException {
            return super.modify(fileobj, events & ~Events.ONESHOT);
        }
    }

    /** Disarms every direction of a one-shot source with the first one. */
    static final class DisarmsAll extends MutantSelector {

        DisarmsAll(EventSelector sound) {
            super(sound);
        }

        @Override
        public int selectNanos(long timeoutNanos, ReadyHandler handler) throws IOException {
            return super.selectNanos(timeoutNanos, (key, ready) -> {
                if ((key.events() & Events.ONESHOT) != 0) {
                    super.modify(key.fileobj(), Events.NONE);
                }
                handler.onReady(key, ready);
            });
        }
    }

    /** Waits if the timeout is negative. */
    static final class WaitsOnNegative extends MutantSelector {

        WaitsOnNegative(EventSelector sound) {
            super(sound);
        }

        @Override
        public int selectNanos(long timeoutNanos, ReadyHandler handler) throws IOException {
            return super.selectNanos(timeoutNanos < 0 ? TimeUnit.MILLISECONDS.toNanos(1) : timeoutNanos, handler);
        }
    }

    /** Sleeps a little where it must not. */
    static final class SleepsOnNow extends MutantSelector {

        SleepsOnNow(EventSelector sound) {
            super(sound);
        }

        @Override
        public int selectNanos(long timeoutNanos, ReadyHandler handler) throws IOException {
            return super.selectNanos(timeoutNanos == 0 ? 1_000 : timeoutNanos, handler);
        }
    }

    /** Waits half the time. */
    static final class EndsEarly extends MutantSelector {

        EndsEarly(EventSelector sound) {
            super(sound);
        }

        @Override
        public int selectNanos(long timeoutNanos, ReadyHandler handler) throws IOException {
            return super.selectNanos(timeoutNanos == Long.MAX_VALUE ? timeoutNanos : timeoutNanos / 2, handler);
        }
    }

    /** Takes a very long timeout for none. */
    static final class OverflowsOnHuge extends MutantSelector {

        OverflowsOnHuge(EventSelector sound) {
            super(sound);
        }

        @Override
        public int selectNanos(long timeoutNanos, ReadyHandler handler) throws IOException {
            return super.selectNanos(timeoutNanos > TimeUnit.DAYS.toNanos(24) ? 0 : timeoutNanos, handler);
        }
    }

    /** Clears the interrupt that has ended a wait. */
    static final class ClearsInterrupts extends MutantSelector {

        ClearsInterrupts(EventSelector sound) {
            super(sound);
        }

        @Override
        public int selectNanos(long timeoutNanos, ReadyHandler handler) throws IOException {
            try {
                return super.selectNanos(timeoutNanos, handler);
            } finally {
                Thread.interrupted();
            }
        }
    }

    /** Forgets a wakeup that finds nobody waiting. */
    static final class ForgetsWakeups extends MutantSelector {

        private volatile boolean selecting;

        ForgetsWakeups(EventSelector sound) {
            super(sound);
        }

        @Override
        public int selectNanos(long timeoutNanos, ReadyHandler handler) throws IOException {
            selecting = true;
            try {
                return super.selectNanos(timeoutNanos, handler);
            } finally {
                selecting = false;
            }
        }

        @Override
        public void wakeup() {
            if (selecting) {
                super.wakeup();
            }
        }
    }

    /** Ends one select for each wakeup. */
    static final class CountsWakeups extends MutantSelector {

        private final AtomicInteger pending = new AtomicInteger();

        CountsWakeups(EventSelector sound) {
            super(sound);
        }

        @Override
        public int selectNanos(long timeoutNanos, ReadyHandler handler) throws IOException {
            int count = super.selectNanos(timeoutNanos, handler);
            if (pending.updateAndGet(left -> Math.max(0, left - 1)) > 0) {
                super.wakeup();
            }
            return count;
        }

        @Override
        public void wakeup() {
            pending.incrementAndGet();
            super.wakeup();
        }
    }

    /** Keeps a wakeup that a select without time should have used up. */
    static final class SavesWakeups extends MutantSelector {

        private volatile boolean woken;

        SavesWakeups(EventSelector sound) {
            super(sound);
        }

        @Override
        public int selectNanos(long timeoutNanos, ReadyHandler handler) throws IOException {
            int count = super.selectNanos(timeoutNanos, handler);
            if (timeoutNanos > 0) {
                woken = false;
            } else if (woken) {
                super.wakeup();
            }
            return count;
        }

        @Override
        public void wakeup() {
            woken = true;
            super.wakeup();
        }
    }

    /** Reports a wakeup as if a source were ready. */
    static final class ShowsWakeups extends MutantSelector {

        private volatile boolean woken;

        ShowsWakeups(EventSelector sound) {
            super(sound);
        }

        @Override
        public int selectNanos(long timeoutNanos, ReadyHandler handler) throws IOException {
            int count = super.selectNanos(timeoutNanos, handler);
            if (woken) {
                woken = false;
                handler.onReady(new SelectorKey("wakeup", -1, Events.READ, null), Events.READ);
            }
            return count;
        }

        @Override
        public void wakeup() {
            woken = true;
            super.wakeup();
        }
    }

    /** Lets a wait go on that a close should have ended. */
    static final class ClosesWithoutWaking extends MutantSelector {

        private volatile boolean selecting;

        ClosesWithoutWaking(EventSelector sound) {
            super(sound);
        }

        @Override
        public int selectNanos(long timeoutNanos, ReadyHandler handler) throws IOException {
            selecting = true;
            try {
                return super.selectNanos(timeoutNanos, handler);
            } finally {
                selecting = false;
            }
        }

        @Override
        public void close() {
            if (!selecting) {
                super.close();
            }
        }
    }

    /** Tells a second thread that nothing is registered instead of refusing it. */
    static final class ServesASecondThread extends MutantSelector {

        ServesASecondThread(EventSelector sound) {
            super(sound);
        }

        @Override
        public Map<Object, SelectorKey> keys() {
            try {
                return super.keys();
            } catch (IllegalStateException refused) {
                return Map.of();
            }
        }
    }

    /** Says that it can do what its backend cannot. */
    static final class BoastsOfItsBackend extends MutantSelector {

        BoastsOfItsBackend(EventSelector sound) {
            super(sound);
        }

        @Override
        public Set<Capability> capabilities() {
            return EnumSet.allOf(Capability.class);
        }
    }
}
