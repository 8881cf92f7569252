package dev.pollux.tck.mutants;

import dev.pollux.AlreadyRegisteredException;
import dev.pollux.EventSelector;
import dev.pollux.Events;
import dev.pollux.NotRegisteredException;
import dev.pollux.ReadyHandler;
import dev.pollux.SelectorKey;
import java.io.IOException;
import java.nio.channels.ClosedSelectorException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Faults in how a selector keeps its registrations. */
final class KeyMutants {

    private KeyMutants() {}

    /** Lets a second registration replace the first. */
    static final class OverwritesSilently extends MutantSelector {

        OverwritesSilently(EventSelector sound) {
            super(sound);
        }

        @Override
        public SelectorKey register(Object fileobj, int events, Object data) throws IOException {
            try {
                return super.register(fileobj, events, data);
            } catch (AlreadyRegisteredException overlooked) {
                return super.modify(fileobj, events, data);
            }
        }
    }

    /** Cuts off event bits that it does not know. */
    static final class IgnoresUnknownBits extends MutantSelector {

        IgnoresUnknownBits(EventSelector sound) {
            super(sound);
        }

        @Override
        public SelectorKey register(Object fileobj, int events, Object data) throws IOException {
            return super.register(fileobj, events & (Events.DIRECTIONS | Events.MODES), data);
        }
    }

    /** Watches for reading what is not to be watched. */
    static final class TakesNoneForRead extends MutantSelector {

        TakesNoneForRead(EventSelector sound) {
            super(sound);
        }

        @Override
        public SelectorKey register(Object fileobj, int events, Object data) throws IOException {
            return super.register(fileobj, events == Events.NONE ? Events.READ : events, data);
        }
    }

    /** Drops the data if it is not given again. */
    static final class ForgetsData extends MutantSelector {

        ForgetsData(EventSelector sound) {
            super(sound);
        }

        @Override
        public SelectorKey modify(Object fileobj, int events) throws IOException {
            return super.modify(fileobj, events, null);
        }
    }

    /** Takes the source out and puts it in again, whatever changes. */
    static final class RegistersAnew extends MutantSelector {

        RegistersAnew(EventSelector sound) {
            super(sound);
        }

        @Override
        public SelectorKey modify(Object fileobj, int events, Object data) throws IOException {
            SelectorKey old = super.key(fileobj);
            if (old.events() == events && old.data() == data) {
                return super.modify(fileobj, events, data);
            }
            super.unregister(fileobj);
            return super.register(old.fileobj(), events, data);
        }
    }

    /** Ends a registration whose change is refused. */
    static final class DropsWhatItCannotChange extends MutantSelector {

        DropsWhatItCannotChange(EventSelector sound) {
            super(sound);
        }

        @Override
        public SelectorKey modify(Object fileobj, int events, Object data) throws IOException {
            try {
                return super.modify(fileobj, events, data);
            } catch (IOException refused) {
                super.unregister(fileobj);
                throw refused;
            }
        }
    }

    /** Is content if what is to be unregistered is not registered. */
    static final class UnregistersAnything extends MutantSelector {

        UnregistersAnything(EventSelector sound) {
            super(sound);
        }

        @Override
        public SelectorKey unregister(Object fileobj) {
            try {
                return super.unregister(fileobj);
            } catch (NotRegisteredException overlooked) {
                return new SelectorKey(fileobj, -1, Events.NONE, null);
            }
        }
    }

    /** Finds a registration by the very object only, not by its number. */
    static final class KnowsNoAliases extends MutantSelector {

        KnowsNoAliases(EventSelector sound) {
            super(sound);
        }

        @Override
        public SelectorKey key(Object fileobj) {
            SelectorKey key = super.key(fileobj);
            if (key.fileobj() != fileobj) {
                throw new NotRegisteredException("not registered: " + fileobj + "; register it first");
            }
            return key;
        }
    }

    /** Hands out its registrations as they are at that moment. */
    static final class CopiesKeys extends MutantSelector {

        CopiesKeys(EventSelector sound) {
            super(sound);
        }

        @Override
        public Map<Object, SelectorKey> keys() {
            return Map.copyOf(new HashMap<>(super.keys()));
        }
    }

    /** Loses one registration in a swap. */
    static final class SwapLosesAKey extends MutantSelector {

        SwapLosesAKey(EventSelector sound) {
            super(sound);
        }

        @Override
        public void swap(String backend) throws IOException {
            super.swap(backend);
            List<Object> sources = new ArrayList<>(super.keys().keySet());
            if (!sources.isEmpty()) {
                super.unregister(sources.get(0));
            }
        }
    }

    /** Arms in a swap what had been disarmed. */
    static final class SwapArmsAgain extends MutantSelector {

        SwapArmsAgain(EventSelector sound) {
            super(sound);
        }

        @Override
        public void swap(String backend) throws IOException {
            super.swap(backend);
            for (SelectorKey key : List.copyOf(super.keys().values())) {
                super.modify(key.fileobj(), key.events());
            }
        }
    }

    /** Uses up in a swap a wakeup that was meant for a select. */
    static final class SwapLosesAWakeup extends MutantSelector {

        private boolean selecting;

        SwapLosesAWakeup(EventSelector sound) {
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
        public void swap(String backend) throws IOException {
            super.swap(backend);
            if (!selecting) {
                super.selectNanos(0, (key, ready) -> {});
            }
        }
    }

    /** Stays where it is if it does not know the other backend. */
    static final class SwapIgnoresTheUnknown extends MutantSelector {

        SwapIgnoresTheUnknown(EventSelector sound) {
            super(sound);
        }

        @Override
        public void swap(String backend) throws IOException {
            try {
                super.swap(backend);
            } catch (IllegalArgumentException overlooked) {
                // The fault.
            }
        }
    }

    /** Has no registrations once it is closed, instead of saying that it is. */
    static final class AnswersAfterClose extends MutantSelector {

        AnswersAfterClose(EventSelector sound) {
            super(sound);
        }

        @Override
        public Map<Object, SelectorKey> keys() {
            try {
                return super.keys();
            } catch (ClosedSelectorException overlooked) {
                return Map.of();
            }
        }
    }

    /** Cannot be closed a second time. */
    static final class ClosesOnce extends MutantSelector {

        ClosesOnce(EventSelector sound) {
            super(sound);
        }

        @Override
        public void close() {
            if (!isOpen()) {
                throw new ClosedSelectorException();
            }
            super.close();
        }
    }

    /** Closes the sources with itself. */
    static final class ClosesItsSources extends MutantSelector {

        ClosesItsSources(EventSelector sound) {
            super(sound);
        }

        @Override
        public void close() {
            if (isOpen()) {
                for (Object source : List.copyOf(super.keys().keySet())) {
                    try {
                        ((AutoCloseable) source).close();
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                }
            }
            super.close();
        }
    }
}
