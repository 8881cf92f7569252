package dev.pollux.tck.nio;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.List;

/** One call of a history. May be a mistake: then the exception is the answer that is compared. */
public sealed interface NioStep {

    /** Makes the call and returns its answer. */
    String apply(NioRun run) throws IOException;

    /** Returns the number of the source that it is about, or −1. */
    default int source() {
        return -1;
    }

    /** How a select waits. */
    enum Wait {
        /** Not at all. */
        NOW,
        /** For a millisecond. */
        BRIEFLY,
        /** Until something ends it. */
        ENDLESSLY
    }

    /** Registers a source, once more if it is registered. */
    record Register(int source, int ops, int attachment) implements NioStep {
        @Override
        public String apply(NioRun run) throws IOException {
            SelectionKey key = run.source(source).channel().register(run.selector(), ops, attachment);
            return run.remember(source, key);
        }
    }

    /** Changes what a key asks for. */
    record Interest(int source, int ops) implements NioStep {
        @Override
        public String apply(NioRun run) {
            return run.withKey(source, key -> key.interestOps(ops));
        }
    }

    /** Adds to what a key asks for, or takes away from it. */
    record ChangeInterest(int source, int ops, boolean add) implements NioStep {
        @Override
        public String apply(NioRun run) {
            return run.withKey(source, key -> add ? key.interestOpsOr(ops) : key.interestOpsAnd(~ops));
        }
    }

    /** Cancels a key. */
    record Cancel(int source) implements NioStep {
        @Override
        public String apply(NioRun run) {
            return run.withKey(source, key -> {
                key.cancel();
                return "";
            });
        }
    }

    /** Closes a channel. */
    record CloseSource(int source) implements NioStep {
        @Override
        public String apply(NioRun run) throws IOException {
            run.source(source).channel().close();
            return "";
        }
    }

    /** Closes a channel and opens another in its place, which may get its descriptor's number as soon as that is free. */
    record Renew(int source) implements NioStep {
        @Override
        public String apply(NioRun run) throws IOException {
            run.renew(source);
            return "";
        }
    }

    /** Sends something to a source; to the end of a pipe that writes: makes space. */
    record Send(int source) implements NioStep {
        @Override
        public String apply(NioRun run) throws IOException {
            run.source(source).receive();
            return "";
        }
    }

    /** Takes all that was sent to a source; from the end of a pipe that writes: space. */
    record Take(int source) implements NioStep {
        @Override
        public String apply(NioRun run) throws IOException {
            run.settle();
            run.source(source).take();
            return "";
        }
    }

    /** Closes the other end of a source. */
    record ClosePeer(int source) implements NioStep {
        @Override
        public String apply(NioRun run) throws IOException {
            run.source(source).endPeer();
            return "";
        }
    }

    /** Looks whether the other end of a closed source sees that it is closed. */
    record LookFromPeer(int source) implements NioStep {
        @Override
        public String apply(NioRun run) throws IOException {
            return run.lookFromPeer(source);
        }
    }

    /** Begins to connect a source, or ends that; connects and disconnects a datagram channel. */
    record Connect(int source) implements NioStep {
        @Override
        public String apply(NioRun run) throws IOException {
            run.settle();
            run.source(source).connect();
            return "";
        }
    }

    /** Changes the mode of a channel. */
    record Blocking(int source, boolean blocking) implements NioStep {
        @Override
        public String apply(NioRun run) throws IOException {
            run.source(source).channel().configureBlocking(blocking);
            return "";
        }
    }

    /** Takes a source out of the set of selected keys; all of them for −1. */
    record Unselect(int source) implements NioStep {
        @Override
        public String apply(NioRun run) {
            if (source < 0) {
                run.selector().selectedKeys().clear();
                return "";
            }
            return run.withKey(source, run.selector().selectedKeys()::remove);
        }
    }

    /** Changes a set of keys in a way that is not allowed. */
    record MisuseSets(int source, boolean selected) implements NioStep {
        @Override
        public String apply(NioRun run) {
            if (selected) {
                return run.withKey(source, run.selector().selectedKeys()::add);
            }
            return run.withKey(source, run.selector().keys()::remove);
        }
    }

    /** Ends the select in progress or the next one. */
    record Wakeup() implements NioStep {
        @Override
        public String apply(NioRun run) {
            run.wakeup();
            return "";
        }
    }

    /** Makes a step in another thread and waits for it. */
    record Elsewhere(NioStep step) implements NioStep {
        @Override
        public String apply(NioRun run) throws IOException {
            return run.elsewhere(step);
        }
    }

    /** Selects, with an action or without one. */
    record Select(Wait how, boolean withAction) implements NioStep {
        @Override
        public String apply(NioRun run) throws IOException {
            return run.selects().select(how, withAction);
        }
    }

    /** Selects in a thread that is interrupted. */
    record SelectInterrupted(Wait how, boolean withAction) implements NioStep {
        @Override
        public String apply(NioRun run) throws IOException {
            return run.selects().selectInterrupted(how, withAction);
        }
    }

    /** Selects while other threads, one for each step, do something and then end it. */
    record SelectMeanwhile(Wait how, boolean withAction, int micros, List<NioStep> steps) implements NioStep {
        @Override
        public String apply(NioRun run) throws IOException {
            return run.selects().selectMeanwhile(how, withAction, micros, steps);
        }
    }

    /** Interrupts the thread of the history; only meanwhile. */
    record Interrupt() implements NioStep {
        @Override
        public String apply(NioRun run) {
            run.interrupt();
            return "";
        }
    }

    /** Selects with an action that makes a step, if just one source is ready; makes it afterwards if not. */
    record SelectAnd(Wait how, NioStep step) implements NioStep {
        @Override
        public String apply(NioRun run) throws IOException {
            return run.selects().selectAnd(how, step);
        }
    }

    /** Fails; only in an action. */
    record Fail() implements NioStep {
        @Override
        public String apply(NioRun run) {
            return "";
        }
    }

    /** Selects with a timeout that is none. */
    record SelectNegative() implements NioStep {
        @Override
        public String apply(NioRun run) throws IOException {
            return "" + run.selector().select(-1);
        }
    }

    /** Has something done to the selector that must make no difference. */
    record Disturb() implements NioStep {
        @Override
        public String apply(NioRun run) throws IOException {
            run.disturb();
            return "";
        }
    }

    /** Closes the selector. */
    record CloseSelector() implements NioStep {
        @Override
        public String apply(NioRun run) throws IOException {
            Selector selector = run.selector();
            selector.close();
            return "";
        }
    }
}
