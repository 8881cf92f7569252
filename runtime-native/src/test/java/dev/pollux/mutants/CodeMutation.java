package dev.pollux.mutants;

import java.lang.classfile.CodeTransform;

/** Every fault that is put into one method of the operations, and the rule that must name it. */
enum CodeMutation {
    /** What the kernel does not do is not done by the loop either. */
    FORGETS_WHAT_THE_KERNEL_CANNOT_DO("OP-6", "AbstractOperation.submit", CodeChanges.leavesOut("attemptByLoop")),
    /** What is in flight when the loop has ended never completes. */
    END_LEAVES_OPERATIONS("OP-9", "Operations.endAll", CodeChanges.doesNothing()),
    /** The end of the loop closes sources that no one has closed. */
    END_CLOSES_EVERY_SOURCE("OP-9", "Operations.endAll", CodeChanges.finds("closing", true)),
    /** Operations begin on a loop that has ended. */
    BEGINS_AFTER_THE_END("OP-9", "Operations.checkLoop", CodeChanges.doesNothing()),
    /** What a completion throws is reported to no one. */
    HIDES_WHAT_A_COMPLETION_THROWS("OP-10", "AbstractOperation.callInside", CodeChanges.leavesOut("failed")),
    /** What a completion throws passes through whatever has called it. */
    PASSES_ON_WHAT_A_COMPLETION_THROWS("OP-10", "AbstractOperation.callInside", CodeChanges.catchesNothing()),
    /** The first completion that throws closes the operations of its source. */
    CLOSES_WHEN_A_COMPLETION_THROWS("OP-10", "AbstractOperation.callInside", CodeChanges.closesAfter("failed")),
    /** A buffer on the heap is used. */
    TAKES_HEAP_BUFFERS("OP-11", "Operation.checkDirect", CodeChanges.doesNothing()),
    /** A read-only buffer is written to. */
    TAKES_READ_ONLY_BUFFERS("OP-11", "Operation.checkWritable", CodeChanges.hears("isReadOnly", false)),
    /** A buffer without room is received into. */
    TAKES_FULL_BUFFERS("OP-11", "Operation.checkWritable", CodeChanges.hears("hasRemaining", true)),
    /** A file is read before its beginning. */
    TAKES_NEGATIVE_OFFSETS("OP-11", "Operation.checkOffset", CodeChanges.doesNothing()),
    /** A time limit is over before it begins. */
    TAKES_LIMITS_OF_NOTHING("OP-11", "Operation.checkLimit", CodeChanges.doesNothing()),
    /** Two operations use one buffer. */
    SHARES_BUFFERS("OP-11", "LoopOperations.use", CodeChanges.doesNothing()),
    /** An object in flight says nothing when it is to do something else. */
    IGNORES_A_SECOND_BEGINNING("OP-11", "AbstractOperation.start", CodeChanges.returnsInsteadOfThrowing()),
    /** A stream is taken for a listener and for a file. */
    TAKES_ANY_SOURCE_FOR_ANYTHING("OP-11", "Source.check", CodeChanges.doesNothing()),
    /** A turn calls completions as long as there are any. */
    CALLS_COMPLETIONS_FOR_EVER("OP-16", "LoopOperations.run", CodeChanges.counts(4_096, Integer.MAX_VALUE)),
    /** An operation that follows on another one runs inside of it, and so on. */
    GOES_ON_INSIDE("OP-16", "Operations.attemptFirst", CodeChanges.finds("attempting", false));

    private final String rule;
    private final String method;

    @SuppressWarnings("ImmutableEnumChecker") // It has no state.
    private final CodeTransform change;

    CodeMutation(String rule, String method, CodeTransform change) {
        this.rule = rule;
        this.method = method;
        this.change = change;
    }

    /** Returns the rule that must find the fault. */
    String rule() {
        return rule;
    }

    /** Returns where the fault is: a class of dev.pollux.operation and its method, with a dot between them. */
    String method() {
        return method;
    }

    /** Returns what is done to the method. */
    CodeTransform change() {
        return change;
    }
}
