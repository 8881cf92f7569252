package dev.pollux.tck.mutants;

import dev.pollux.EventSelector;
import dev.pollux.Events;
import dev.pollux.Fd;
import dev.pollux.ReadyHandler;
import dev.pollux.SelectorKey;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Faults in when the kernel learns of a change of interest, and in what becomes of one that it does not take. */
final class ChangeMutants {

    private ChangeMutants() {}

    /** Knows what has been changed since the last select, and the key from before. */
    abstract static class Changing extends MutantSelector {

        final Map<Object, SelectorKey> changed = new LinkedHashMap<>();

        Changing(EventSelector sound) {
            super(sound);
        }

        @Override
        public final SelectorKey modify(Object fileobj, int events) throws IOException {
            return modify(fileobj, events, super.key(fileobj).data());
        }

        @Override
        public final SelectorKey modify(Object fileobj, int events, Object data) throws IOException {
            SelectorKey old = super.key(fileobj);
            SelectorKey key = change(old, events, data);
            changed.putIfAbsent(old.fileobj(), old);
            return key;
        }

        SelectorKey change(SelectorKey old, int events, Object data) throws IOException {
            return super.modify(old.fileobj(), events, data);
        }

        @Override
        public SelectorKey unregister(Object fileobj) {
            SelectorKey key = super.unregister(fileobj);
            changed.remove(key.fileobj());
            return key;
        }

        @Override
        public int selectNanos(long timeoutNanos, ReadyHandler handler) throws IOException {
            changed.clear();
            return super.selectNanos(timeoutNanos, handler);
        }
    }

    /** Asks the kernel for every change as soon as it is asked for. */
    static final class AppliesAtOnce extends MutantSelector {

        AppliesAtOnce(EventSelector sound) {
            super(sound);
            sound.descriptor();
        }
    }

    /** Keeps the first change of a source until the next select. */
    static final class LosesLaterChanges extends Changing {

        LosesLaterChanges(EventSelector sound) {
            super(sound);
        }

        @Override
        SelectorKey change(SelectorKey old, int events, Object data) throws IOException {
            return changed.containsKey(old.fileobj())
                    ? new SelectorKey(old.fileobj(), old.fd(), events, data)
                    : super.change(old, events, data);
        }
    }

    /** Passes a change on after the next select. */
    static final class AppliesLate extends Changing {

        private final Map<Object, SelectorKey> late = new LinkedHashMap<>();

        AppliesLate(EventSelector sound) {
            super(sound);
        }

        @Override
        SelectorKey change(SelectorKey old, int events, Object data) {
            SelectorKey key = new SelectorKey(old.fileobj(), old.fd(), events, data);
            late.put(old.fileobj(), key);
            return key;
        }

        @Override
        public SelectorKey unregister(Object fileobj) {
            SelectorKey key = super.unregister(fileobj);
            late.remove(key.fileobj());
            return key;
        }

        @Override
        public int selectNanos(long timeoutNanos, ReadyHandler handler) throws IOException {
            int count = super.selectNanos(timeoutNanos, handler);
            for (SelectorKey key : late.values()) {
                super.change(key, key.events(), key.data());
            }
            late.clear();
            return count;
        }
    }

    /** Asks the kernel for each change a second time. */
    static final class AppliesTwice extends Changing {

        AppliesTwice(EventSelector sound) {
            super(sound);
        }

        @Override
        public int selectNanos(long timeoutNanos, ReadyHandler handler) throws IOException {
            for (SelectorKey old : List.copyOf(changed.values())) {
                SelectorKey key = key(old.fileobj());
                if (key.events() != old.events()) {
                    super.change(key, Events.NONE, key.data());
                    passOn();
                    super.change(key, key.events(), key.data());
                }
            }
            return super.selectNanos(timeoutNanos, handler);
        }

        private void passOn() throws IOException {
            super.selectNanos(0, (other, ready) -> {});
        }
    }

    /** Keeps a change for whoever is registered under the number by the next select. */
    static final class ChangesTheNextOwner extends Changing {

        private final Map<Integer, Integer> byNumber = new LinkedHashMap<>();

        ChangesTheNextOwner(EventSelector sound) {
            super(sound);
        }

        @Override
        SelectorKey change(SelectorKey old, int events, Object data) throws IOException {
            byNumber.put(old.fd(), events);
            return super.change(old, events, data);
        }

        @Override
        public int selectNanos(long timeoutNanos, ReadyHandler handler) throws IOException {
            for (Map.Entry<Integer, Integer> change : byNumber.entrySet()) {
                SelectorKey owner = keys().get(Fd.of(change.getKey()));
                if (owner != null) {
                    super.change(owner, change.getValue(), owner.data());
                }
            }
            byNumber.clear();
            return super.selectNanos(timeoutNanos, handler);
        }
    }

    /** Forgets in a swap what the old backend had not been asked for yet. */
    static final class SwapLosesAChange extends Changing {

        SwapLosesAChange(EventSelector sound) {
            super(sound);
        }

        @Override
        public void swap(String backend) throws IOException {
            super.swap(backend);
            for (SelectorKey old : changed.values()) {
                super.change(old, old.events(), old.data());
            }
        }
    }

    private static boolean isTrouble(int ready) {
        return (ready & (Events.ERROR | Events.INVALID)) != 0;
    }

    /** Ends the select when the kernel does not take a change. */
    static final class FailsForOneKey extends MutantSelector {

        FailsForOneKey(EventSelector sound) {
            super(sound);
        }

        @Override
        public int selectNanos(long timeoutNanos, ReadyHandler handler) throws IOException {
            return super.selectNanos(timeoutNanos, (key, ready) -> {
                if (isTrouble(ready)) {
                    throw new IOException(key + " cannot be watched");
                }
                handler.onReady(key, ready);
            });
        }
    }

    /** Does not report that the kernel does not take a change. */
    static final class HidesFailures extends MutantSelector {

        HidesFailures(EventSelector sound) {
            super(sound);
        }

        @Override
        public int selectNanos(long timeoutNanos, ReadyHandler handler) throws IOException {
            int[] hidden = new int[1];
            int count = super.selectNanos(timeoutNanos, (key, ready) -> {
                if (isTrouble(ready)) {
                    hidden[0]++;
                } else {
                    handler.onReady(key, ready);
                }
            });
            return count - hidden[0];
        }
    }

    /** Tries a change that the kernel does not take again and again. */
    static final class RepeatsFailures extends MutantSelector {

        RepeatsFailures(EventSelector sound) {
            super(sound);
        }

        @Override
        public int selectNanos(long timeoutNanos, ReadyHandler handler) throws IOException {
            return super.selectNanos(timeoutNanos, (key, ready) -> {
                handler.onReady(key, ready);
                if (isTrouble(ready)) {
                    super.modify(key.fileobj(), key.events(), key.data());
                }
            });
        }
    }
}
