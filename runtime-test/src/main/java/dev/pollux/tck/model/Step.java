package dev.pollux.tck.model;

import dev.pollux.Events;
import dev.pollux.SelectorKey;
import java.io.IOException;

/** One call of a history. May be a mistake: then the exception that the contract has for it is what must come. */
public sealed interface Step {

    /**
     * Makes the call on selector and model and compares.
     *
     * @throws AssertionError if they differ
     * @throws IOException if the world gets in the way
     */
    void apply(Run run) throws IOException;

    /** Registers a source. */
    record Register(int source, int events, int data) implements Step {

        @Override
        public void apply(Run run) throws IOException {
            SelectorModel model = run.model();
            SelectorKey key = run.callOrRefusal(
                    this,
                    model.faultsOfRegister(source, events),
                    () -> run.selector().register(run.fileobj(source), events, data));
            if (key != null) {
                model.register(source, events, data);
                run.checkKey(source, key);
            }
        }

        @Override
        public String toString() {
            return "register(source " + source + ", " + Events.toString(events) + ", data " + data + ")";
        }
    }

    /** Changes a registration. */
    record Modify(int source, int events, int data) implements Step {

        @Override
        public void apply(Run run) throws IOException {
            SelectorModel model = run.model();
            SelectorKey old = run.selector().keys().get(run.fileobj(source));
            SelectorKey key = run.callOrRefusal(
                    this,
                    model.faultsOfModify(source, events),
                    () -> run.selector().modify(run.fileobj(source), events, data));
            if (key != null) {
                boolean same = model.events(source) == events && model.data(source) == data;
                Run.check(same == (key == old), () -> this + " made of " + old + " the key " + key);
                model.modify(source, events, data);
                run.checkKey(source, key);
            }
        }

        @Override
        public String toString() {
            return "modify(source " + source + ", " + Events.toString(events) + ", data " + data + ")";
        }
    }

    /** Ends a registration. */
    record Unregister(int source) implements Step {

        @Override
        public void apply(Run run) throws IOException {
            SelectorModel model = run.model();
            SelectorKey key = run.callOrRefusal(
                    this, model.faultsOfUnregister(source), () -> run.selector().unregister(run.fileobj(source)));
            if (key != null) {
                run.checkKey(source, key);
                model.unregister(source);
            }
        }

        @Override
        public String toString() {
            return "unregister(source " + source + ")";
        }
    }

    /** Sends one more thing to a source that can receive. */
    record MakeReadable(int source) implements Step {

        @Override
        public void apply(Run run) throws IOException {
            if (run.model().canReceive(source)) {
                run.link(source).makeReadable();
                run.model().makeReadable(source);
                run.unsettle(source);
            }
        }

        @Override
        public String toString() {
            return "makeReadable(source " + source + ")";
        }
    }

    /** Takes everything that was sent to a source. */
    record Drain(int source) implements Step {

        @Override
        public void apply(Run run) throws IOException {
            run.drain(source);
        }

        @Override
        public String toString() {
            return "drain(source " + source + ")";
        }
    }

    /** Closes the other end of a source. */
    record ClosePeer(int source) implements Step {

        @Override
        public void apply(Run run) throws IOException {
            run.link(source).closePeer();
            run.model().closePeer(source);
            run.unsettle(source);
        }

        @Override
        public String toString() {
            return "closePeer(source " + source + ")";
        }
    }

    /** Ends the next wait. */
    record Wakeup() implements Step {

        @Override
        public void apply(Run run) {
            run.selector().wakeup();
            run.model().wakeup();
        }

        @Override
        public String toString() {
            return "wakeup()";
        }
    }

    /** Goes on with a fresh backend of the same kind. */
    record Swap() implements Step {

        @Override
        public void apply(Run run) throws IOException {
            run.selector().swap(run.selector().backend());
        }

        @Override
        public String toString() {
            return "swap(same)";
        }
    }

    /**
     * Reports what is ready.
     *
     * @param mayWait whether to give it time, if the model knows that it returns anyway
     */
    record Select(boolean mayWait) implements Step {

        @Override
        public void apply(Run run) throws IOException {
            run.select(mayWait);
        }

        @Override
        public String toString() {
            return mayWait ? "select()" : "selectNow()";
        }
    }
}
