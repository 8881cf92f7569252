package dev.pollux.tck.model;

import dev.pollux.AlreadyRegisteredException;
import dev.pollux.Events;
import dev.pollux.SelectorKey;
import dev.pollux.tck.source.TestSource;
import java.io.IOException;
import java.util.List;

/** One call of a history. May be a mistake: then the exception that the contract has for it is what must come. */
public sealed interface Step {

    /**
     * Makes the call on selector and model and compares.
     *
     * @throws AssertionError if they differ
     * @throws IOException if the world gets in the way
     */
    void apply(Run run) throws IOException;

    /** Returns the number of the source that it is about, or −1. */
    default int source() {
        return -1;
    }

    /** Registers a source. */
    record Register(int source, int events, int data) implements Step {

        @Override
        public void apply(Run run) throws IOException {
            SelectorModel model = run.model();
            if (model.isGone(source)) {
                return;
            }
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
            run.modify(this, run.fileobj(source), source, events, data);
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
            run.unregister(this, run.fileobj(source), source);
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
            run.closePeer(source);
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

    /** Ends the next wait, from another thread. */
    record WakeupElsewhere() implements Step {

        @Override
        public void apply(Run run) {
            run.wakeupElsewhere();
        }

        @Override
        public String toString() {
            return "inAnotherThread(wakeup())";
        }
    }

    /** Sends from a source until there is no more room, where that lasts. */
    record Fill(int source) implements Step {

        @Override
        public void apply(Run run) throws IOException {
            if (run.link(source).staysFull() && run.model().canSend(source)) {
                run.link(source).fill();
                run.model().fill(source);
            }
        }

        @Override
        public String toString() {
            return "fill(source " + source + ")";
        }
    }

    /** Lets the other end take all that was sent. */
    record Relieve(int source) implements Step {

        @Override
        public void apply(Run run) throws IOException {
            run.relieve(source);
        }

        @Override
        public String toString() {
            return "relieve(source " + source + ")";
        }
    }

    /** Ends what the other end of a connection sends. */
    record EndPeerOutput(int source) implements Step {

        @Override
        public void apply(Run run) throws IOException {
            if (run.link(source).kind() == TestSource.Kind.DUPLEX && run.model().canReceive(source)) {
                run.link(source).endPeerOutput();
                run.model().endInput(source);
                run.unsettle(source);
            }
        }

        @Override
        public String toString() {
            return "endPeerOutput(source " + source + ")";
        }
    }

    /** Closes a source behind the selector's back, registered or not. */
    record CloseSource(int source) implements Step {

        @Override
        public void apply(Run run) throws IOException {
            run.link(source).closeSource();
            run.model().closeSource(source);
        }

        @Override
        public String toString() {
            return "closeSource(source " + source + ")";
        }
    }

    /** Closes a source and gives its number to a stranger that has something to read, where sources are descriptors. */
    record GiveNumberAway(int source) implements Step {

        @Override
        public void apply(Run run) throws IOException {
            run.giveNumberAway(source);
        }

        @Override
        public String toString() {
            return "giveNumberAway(source " + source + ")";
        }
    }

    /** Registers the number of a source that is registered: always a mistake. */
    record RegisterByNumber(int source) implements Step {

        @Override
        public void apply(Run run) throws IOException {
            if (run.hasNumber(source) && run.model().isRegistered(source)) {
                run.callOrRefusal(
                        this,
                        List.of(AlreadyRegisteredException.class),
                        () -> run.selector().register(run.number(source), Events.READ, 0));
            }
        }

        @Override
        public String toString() {
            return "register(number of source " + source + ")";
        }
    }

    /** Changes what a source is watched for, and leaves its data. */
    record ModifyEvents(int source, int events) implements Step {

        @Override
        public void apply(Run run) throws IOException {
            run.modifyEvents(this, source, events);
        }

        @Override
        public String toString() {
            return "modify(source " + source + ", " + Events.toString(events) + ")";
        }
    }

    /** Changes a registration that is named by its number. */
    record ModifyByNumber(int source, int events, int data) implements Step {

        @Override
        public void apply(Run run) throws IOException {
            if (run.hasNumber(source)) {
                run.modify(this, run.number(source), source, events, data);
            }
        }

        @Override
        public String toString() {
            return "modify(number of source " + source + ", " + Events.toString(events) + ", data " + data + ")";
        }
    }

    /** Ends a registration that is named by its number. */
    record UnregisterByNumber(int source) implements Step {

        @Override
        public void apply(Run run) throws IOException {
            if (run.hasNumber(source)) {
                run.unregister(this, run.number(source), source);
            }
        }

        @Override
        public String toString() {
            return "unregister(number of source " + source + ")";
        }
    }

    /** Looks a registration up by its number. */
    record LookUpByNumber(int source) implements Step {

        @Override
        public void apply(Run run) throws IOException {
            if (run.hasNumber(source)) {
                run.lookUp(this, run.number(source), source);
            }
        }

        @Override
        public String toString() {
            return "key(number of source " + source + ")";
        }
    }

    /** Looks a registration up. */
    record LookUp(int source) implements Step {

        @Override
        public void apply(Run run) throws IOException {
            run.lookUp(this, run.fileobj(source), source);
        }

        @Override
        public String toString() {
            return "key(source " + source + ")";
        }
    }

    /** Reports what is ready, and makes another step inside the first handler that is called. */
    record SelectAnd(Step inside) implements Step {

        @Override
        public void apply(Run run) throws IOException {
            run.selectAnd(inside);
        }

        @Override
        public String toString() {
            return "select(first: " + inside + ")";
        }
    }

    /** Reports what is ready, to a handler that fails when it is called first. */
    record SelectAndFail() implements Step {

        @Override
        public void apply(Run run) throws IOException {
            run.selectAndFail();
        }

        @Override
        public String toString() {
            return "select(first: throw)";
        }
    }

    /** Goes on with a fresh backend of the same kind. */
    record Swap() implements Step {

        @Override
        public void apply(Run run) throws IOException {
            run.swap();
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
