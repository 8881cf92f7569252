package dev.pollux.tck.model;

import java.io.IOException;

/** One step of a history of operations. What cannot be done at that point, such as to end an output twice, is left out. */
public sealed interface OperationStep {

    /**
     * Makes the step, and compares what came of it.
     *
     * @throws AssertionError if that is not what the model says
     * @throws IOException if the world gets in the way
     */
    void apply(OperationRun run) throws IOException;

    /** What can be begun. */
    enum Kind {
        RECEIVE("receive"),
        RECEIVE_EACH("receiveEach"),
        SEND("send");

        private final String name;

        Kind(String name) {
            this.name = name;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** Returns how a failure names an end of a pair. */
    static String name(int end) {
        return end / 2 + (end % 2 == 0 ? "a" : "b");
    }

    /**
     * Begins an operation.
     *
     * @param end of which pair, and which of its ends
     * @param bytes how many to send, or the room for what is received
     * @param limitMillis how long it may take by the clock of the loop; 0 for no limit
     * @param more how many more its object begins, each in the completion of the one before
     */
    record Begin(Kind kind, int end, int bytes, int limitMillis, int more) implements OperationStep {

        @Override
        public void apply(OperationRun run) {
            run.begin(this);
        }

        /** Returns whether it takes something in. */
        boolean takes() {
            return kind != Kind.SEND;
        }

        @Override
        public String toString() {
            return kind + "(" + name(end) + (kind == Kind.RECEIVE_EACH ? "" : ", " + bytes + " bytes")
                    + (limitMillis == 0 ? "" : ", within " + limitMillis + " ms")
                    + (more == 0 ? "" : ", and in its completion " + more + " more") + ")";
        }
    }

    /** Cancels one of those in flight, or one that is not, if there are none. */
    record Cancel(int which) implements OperationStep {

        @Override
        public void apply(OperationRun run) {
            run.cancel(which);
        }

        @Override
        public String toString() {
            return "cancel(number " + which + " of those in flight)";
        }
    }

    /** Moves the clock of the loop on. */
    record Pass(int millis) implements OperationStep {

        @Override
        public void apply(OperationRun run) {
            run.pass(millis);
        }

        @Override
        public String toString() {
            return "pass(" + millis + " ms)";
        }
    }

    /** Ends what a socket sends, and keeps it able to receive. */
    record EndOutput(int end) implements OperationStep {

        @Override
        public void apply(OperationRun run) throws IOException {
            run.endOutput(end);
        }

        @Override
        public String toString() {
            return "endOutput(" + name(end) + ")";
        }
    }

    /** Closes the operations of an end. */
    record Close(int end) implements OperationStep {

        @Override
        public void apply(OperationRun run) {
            run.close(end);
        }

        @Override
        public String toString() {
            return "close(" + name(end) + ")";
        }
    }

    /** Turns the loop once. */
    record Turn() implements OperationStep {

        @Override
        public void apply(OperationRun run) throws IOException {
            run.turn();
        }

        @Override
        public String toString() {
            return "turn()";
        }
    }

    /** Turns the loop until all is done that can be done. */
    record Settle() implements OperationStep {

        @Override
        public void apply(OperationRun run) throws IOException {
            run.settle();
        }

        @Override
        public String toString() {
            return "settle()";
        }
    }

    /** Swaps to another backend of the same sort, with its operations or as if it had none. */
    record Swap(boolean readinessOnly) implements OperationStep {

        @Override
        public void apply(OperationRun run) {
            run.swap(readinessOnly);
        }

        @Override
        public String toString() {
            return readinessOnly ? "swap(readiness only)" : "swap()";
        }
    }
}
